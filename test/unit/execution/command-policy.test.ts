import { describe, expect, it } from "vitest";
import {
  commandAllowed,
  commandText,
  matchesGlob,
  refuseCommand,
} from "../../../src/engines/execution/command-policy.ts";
import { parseCommand } from "../../../src/engines/execution/program-command.ts";
import type { CommandInput } from "../../../src/engines/execution/program-command.ts";
import { valueOf } from "../../rig/task-rig.ts";

const parsed = (command: CommandInput) => valueOf(parseCommand(command, "command"));

describe("a command is allowed", () => {
  it.each([
    [["npm", "test"], "npm test"],
    [["npm", "test"], " npm test "],
    [["npm", "run", "build"], "npm run *"],
    [["npm", "run", "build"], "npm run b?ild"],
    [["npm"], "npm*"],
    [["anything", "at all"], "*"],
    [["git", "commit", "-m", "a b"], "git commit -m *"],
    [["git", "commit", "-m", "a b"], "git commit -m 'a b'"],
    [["echo", ""], "echo ''"],
    [["echo", "😀"], "echo ?"],
    [{ shell: "npm test && npm run lint" }, "shell: npm test && npm run lint"],
    [{ shell: "npm test" }, "shell: *"],
    [{ shell: "npm test" }, "*"],
  ] as const)("%j by %j", (command, pattern) => {
    expect(commandAllowed(parsed(command as never), ["never", pattern])).toBe(true);
  });
});

describe("a command is not allowed", () => {
  it.each([
    [["npm", "test"], "npm"],
    [["npm", "test"], "npm run *"],
    [["npm", "test", "--", "x"], "npm test"],
    [["rm", "-rf", "/"], "npm *"],
    [["NPM", "test"], "npm *"],
    // One word that looks like two is another program.
    [["npm test"], "npm test"],
    [["npm run x/../../../bin/evil"], "npm *"],
    [["echo", "a b"], "echo a b"],
    // A shell is never opened by a pattern that was written for programs, nor the other way round.
    [{ shell: "npm test" }, "npm *"],
    [{ shell: "rm -rf / ; npm test" }, "*npm test"],
    [{ shell: "npm test" }, "?*"],
    [{ shell: "npm test" }, "**"],
    [["shell:", "npm"], "shell: *"],
    [["sh", "-c", "npm test"], "shell: *"],
    [["npm"], ""],
  ] as const)("%j by %j", (command, pattern) => {
    expect(commandAllowed(parsed(command as never), [pattern])).toBe(false);
  });

  it("where there is no pattern", () => {
    expect(commandAllowed(parsed(["true"]), [])).toBe(false);
  });
});

describe("the refusal of a command", () => {
  it("says who can allow it, where, and by which pattern", () => {
    const problem = refuseCommand({ command: parsed(["npm", "test"]), field: "verify", userFile: "/u/config.yaml" });
    expect(problem).toMatchObject({
      code: "COMMAND_NOT_ALLOWED",
      field: "verify",
      error: 'The command "npm test" is not allowed to run here.',
      example: { allowCommands: ["npm test"] },
    });
    expect(problem.advice).toContain('"npm test" to allowCommands in the user\'s configuration file /u/config.yaml');
    expect(problem.advice).toContain("npm test to PARALLELIZATION_ALLOW_COMMANDS");
  });

  it.each<CommandInput>([
    ["npm", "test"],
    ["node", "-e", "f(a, b) * 2"],
    ["printf", "a\nb\u001b[31m"],
    { shell: "a && b, c > *.txt" },
    { shell: "x".repeat(5_000) },
    ["echo", "it's", "", "😀"],
  ])("of %j names a pattern that does allow it, also in a list with commas", (command) => {
    const { example } = refuseCommand({ command: parsed(command), field: "command" });
    const [pattern = ""] = (example as { readonly allowCommands: readonly string[] }).allowCommands;
    expect(commandAllowed(parsed(command), [pattern])).toBe(true);
    expect(pattern).not.toMatch(/,|\p{C}/u);
    expect(commandAllowed(parsed(["rm", "-rf", "/"]), [pattern])).toBe(false);
    expect(pattern.length).toBeLessThanOrEqual(201);
  });

  it("names the narrowest pattern: what would widen it stands for one character", () => {
    const { example } = refuseCommand({ command: parsed(["find", ".", "-name", "*.{a,b}"]), field: "command" });
    expect(example).toEqual({ allowCommands: ["find . -name ?.{a?b}"] });
  });

  it("shows the command as one plain line", () => {
    const { error } = refuseCommand({ command: parsed(["echo", "a\n\u001b[31mb\u202e"]), field: "command" });
    expect(error).toBe(`The command "echo 'a b'" is not allowed to run here.`);
  });
});

describe("a glob", () => {
  it.each([
    ["", "", true],
    ["", "*", true],
    ["", "?", false],
    ["abc", "a*c", true],
    ["abcbc", "a*bc", true],
    ["abc", "a*d", false],
    ["abc", "***", true],
    ["a.c", "a.c", true],
    ["abc", "a.c", false],
    ["a*c", "a?c", true],
    ["[x]", "[x]", true],
    ["(a|b)+", "(a|b)+", true],
  ])("fits %j as %j: %s", (text, glob, fits) => {
    expect(matchesGlob(text, glob)).toBe(fits);
  });

  it("of the nastiest kind comes to an end", () => {
    expect(matchesGlob("a".repeat(30_000), `${"*a".repeat(400)}b`)).toBe(false);
  });

  it("compares texts whose words cannot be confused", () => {
    const texts = [["a b"], ["a", "b"], ["'a", "b'"], ["'a b'"], ["a", "", "b"], ["a\\ b"]].map((argv) =>
      commandText({ argv }),
    );
    expect(new Set(texts).size).toBe(texts.length);
  });
});
