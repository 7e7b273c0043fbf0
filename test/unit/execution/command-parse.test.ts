import { describe, expect, it } from "vitest";
import {
  COMMAND_CHARACTERS,
  parseCommand,
  posixShell,
  shellOf,
  splitWords,
  windowsShell,
} from "../../../src/engines/execution/program-command.ts";
import { problemOf, valueOf } from "../../rig/task-rig.ts";

describe("a command", () => {
  it("that is an array is taken as it is, whatever its words hold", () => {
    const argv = ["echo", "a b", "", "$(id)", "* | ; '\"", "line\nbreak"];
    expect(valueOf(parseCommand(argv, "command"))).toEqual({ argv });
  });

  it("gets a shell only where one is asked for", () => {
    const text = "a | b > 'c d' && $HOME";
    expect(valueOf(parseCommand({ shell: text }, "command"))).toEqual({ argv: ["/bin/sh", "-c", text], shell: text });
    expect(valueOf(parseCommand({ shell: text }, "command", windowsShell)).argv).toEqual([
      ...["cmd.exe", "/d", "/s", "/c"],
      text,
    ]);
    expect(shellOf({ OS: "Windows_NT" })).toEqual(windowsShell);
    expect(shellOf({ PATH: "/bin" })).toEqual(posixShell);
  });

  it.each([
    ["npm test", ["npm", "test"]],
    ["  npm \t run   build \n", ["npm", "run", "build"]],
    [`echo 'a b' "c d" e\\ f`, ["echo", "a b", "c d", "e f"]],
    [`echo '' ""`, ["echo", "", ""]],
    [`echo a'b'"c"d`, ["echo", "abcd"]],
    [`echo 'it'\\''s'`, ["echo", "it's"]],
    [`echo "say \\"hi\\" \\\\ \\n \\$5"`, ["echo", `say "hi" \\ \\n $5`]],
    [`echo '$HOME \`id\` * ; | & < > ( ) [a]'`, ["echo", "$HOME `id` * ; | & < > ( ) [a]"]],
    [`grep "a*b?" 'x|y'`, ["grep", "a*b?", "x|y"]],
    ["find . -name \\*.ts", ["find", ".", "-name", "*.ts"]],
    ["echo a \\\n  b", ["echo", "a", "b"]],
    ["env CI=1 npm test --x=y", ["env", "CI=1", "npm", "test", "--x=y"]],
    ["curl http://x/#top user@host:~/a c#", ["curl", "http://x/#top", "user@host:~/a", "c#"]],
    ["echo {a,b} %x% !x ^ é 漢字 😀", ["echo", "{a,b}", "%x%", "!x", "^", "é", "漢字", "😀"]],
  ])("%j is split without a shell", (line, argv) => {
    expect(valueOf(parseCommand(line, "command")).argv).toEqual(argv);
  });

  it.each([
    ["a | b", "|"],
    ["a & b", "&"],
    ["a; b", ";"],
    ["a < b", "<"],
    ["a > b", ">"],
    ["(a)", "("],
    ["echo $HOME", "$"],
    ["echo `id`", "`"],
    ["ls *.ts", "*"],
    ["ls a?", "?"],
    ["ls [ab]", "["],
    ['echo "$HOME"', "$ inside double quotes"],
    ['echo "`id`"', "` inside double quotes"],
    ["a\nb", "line break"],
    ["cd ~", "~"],
    ["npm test # all", "#"],
    ["CI=1 npm test", "CI="],
    ["echo 'a", "single quote is not closed"],
    ['echo "a', "double quote is not closed"],
    ['echo "a\\', "double quote is not closed"],
    ["echo a\\", "backslash"],
    ["   ", "name of a program"],
    ["''", "name of a program"],
  ])("%j is refused: nobody expands anything", (line, reason) => {
    const problem = problemOf(parseCommand(line, "subtasks[2].verify"));
    expect(problem).toMatchObject({ code: "INVALID_ARGUMENT", field: "subtasks[2].verify" });
    expect(problem.error).toContain(reason);
    expect(problem.advice).toContain('{"shell":"…"}');
  });

  it("is refused when it names no program, holds a NUL character, or is too long for any system", () => {
    expect(problemOf(parseCommand(["", "a"], "c")).error).toContain("name of a program");
    expect(problemOf(parseCommand({ shell: " " }, "c")).error).toContain("nothing for the shell");
    expect(problemOf(parseCommand(["a", "b\0"], "c")).error).toContain("NUL");
    expect(problemOf(parseCommand({ shell: "a\0" }, "c")).error).toContain("NUL");
    const long = "x".repeat(COMMAND_CHARACTERS + 1);
    for (const command of [long, [long], { shell: long }, Array.from({ length: 20_000 }, () => "ab")])
      expect(problemOf(parseCommand(command, "c"))).toMatchObject({ code: "TEXT_TOO_LONG", field: "c" });
  });

  it("of the longest length is split at once", () => {
    expect(valueOf(splitWords("a ".repeat(COMMAND_CHARACTERS / 2)))).toHaveLength(COMMAND_CHARACTERS / 2);
  });
});
