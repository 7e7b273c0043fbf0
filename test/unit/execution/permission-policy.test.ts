import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultTools } from "../../../src/engines/execution/claude-code/launch-arguments.ts";
import {
  commandMatches,
  judgeCall,
  pathsToResolve,
} from "../../../src/engines/execution/claude-code/permission-policy.ts";
import { absolutePath, pathInside, resolveLinks } from "../../../src/engines/execution/claude-code/workspace-path.ts";

const folder = "/work/task";

/** Judges a call in a folder whose links are given by absolute path; everything else is what it seems. */
function judge(
  name: string,
  input: Record<string, unknown>,
  changes: { readonly tools?: readonly string[]; readonly links?: Record<string, string | undefined> } = {},
): true | string {
  const call = { id: "c1", name, input };
  const { tools = defaultTools, links = {} } = changes;
  const realPaths = new Map(pathsToResolve(call, folder).map((path) => [path, path in links ? links[path] : path]));
  const verdict = judgeCall(call, { folder, tools }, realPaths);
  return verdict.allowed || verdict.message;
}

describe("what an agent may do", () => {
  it.each([
    ["Write", { file_path: "/work/task/a/b.txt" }],
    ["Write", { file_path: "a.txt" }],
    ["Write", { file_path: "/work/task/x/../y.txt" }],
    ["Write", { file_path: "/work/task/..hidden" }],
    ["Write", { file_path: "docs/.github/x" }],
    ["Read", { file_path: "/work/task/.git/HEAD" }],
    ["Edit", { file_path: "/work/task/.claude/agents/a.md" }],
    ["NotebookEdit", { notebook_path: "/work/task/n.ipynb" }],
    ["Grep", { pattern: "root", path: "/work/task" }],
    ["Grep", { pattern: "/etc/.." }],
    ["Glob", { pattern: "**/*.ts" }],
    ["Glob", { pattern: "/work/task/**/*.ts" }],
    ["Glob", { pattern: "/work/task/*" }],
    ["Glob", { pattern: "{a,b}/*.ts" }],
    ["TodoWrite", { todos: [] }],
    ["AskUserQuestion", { questions: [] }],
  ])("%s %j inside its folder (C8)", (name, input) => {
    expect(judge(name, input)).toBe(true);
  });

  it.each([
    ["Write", { file_path: "/etc/passwd" }],
    ["Write", { file_path: " /etc/passwd" }],
    ["Write", { file_path: "/work/task/../other/a" }],
    ["Write", { file_path: "../a" }],
    ["Write", { file_path: "/work/task2/a" }],
    ["Write", { file_path: "/work" }],
    ["Write", { file_path: "~/a" }],
    ["Write", { file_path: "a\0b" }],
    ["Read", { file_path: "/home/user/.ssh/id" }],
    ["NotebookEdit", { notebook_path: "/n.ipynb" }],
    ["Grep", { pattern: "root", path: "/etc" }],
    ["Edit", { file_path: "a", path: "/etc/x" }],
  ])("not %s %j, which is outside", (name, input) => {
    expect(judge(name, input)).toMatch(/outside your folder\. Only paths inside \/work\/task are allowed/);
  });

  it.each(["/etc/*", "../*", "a/../../*", "{..,a}/*", "{/etc,a}/*", "~/*", "/work/tas*/x", "/*/task"])(
    "not Glob %s",
    (pattern) => {
      expect(judge("Glob", { pattern })).toContain("leads out of your folder");
    },
  );

  it("not a path whose links lead outside, or cannot be told", () => {
    const file_path = "/work/task/way-out/x";
    expect(judge("Write", { file_path }, { links: { [file_path]: "/etc/x" } })).toContain("outside");
    expect(judge("Write", { file_path }, { links: { [file_path]: undefined } })).toContain("outside");
    expect(judge("Write", { file_path }, { links: { [file_path]: "/work/task/in/x" } })).toBe(true);
    expect(judge("Write", { file_path }, { links: { [file_path]: "/work/task/.git/hooks/x" } })).toContain(
      "which commands run",
    );
  });

  it.each([
    "/work/task/.git/hooks/pre-commit",
    "sub/.git/config",
    ".GIT/config",
    ".git",
    ".claude/settings.json",
    ".claude/settings.local.json",
  ])("not write %s, which decides what runs", (file_path) => {
    for (const name of ["Write", "Edit"])
      expect(judge(name, { file_path })).toContain("which commands run on this machine");
  });

  it.each(["Bash", "WebFetch", "Task", "Agent", "mcp__other__tool", "", "write", "Write(x)"])(
    "not use %s, which is not on its list",
    (name) => {
      expect(judge(name, { command: "ls" })).toMatch(/is not allowed for this task\. You may use: Read, Write,/);
    },
  );

  it("uses other tools, and no more than those, where the task lists them", () => {
    expect(judge("WebFetch", { url: "https://example.org" }, { tools: ["WebFetch"] })).toBe(true);
    expect(judge("Write", { file_path: "a" }, { tools: ["Read"] })).toContain("You may use: Read, AskUserQuestion.");
    expect(judge("Bash", { command: "rm -rf / ; anything" }, { tools: ["Bash"] })).toBe(true);
    expect(judge("Bash", { command: "npm run build" }, { tools: ["Bash(npm test *)", "Bash(npm run *)"] })).toBe(true);
    expect(judge("Bash", { command: "npm publish" }, { tools: ["Bash(npm test *)"] })).toContain(
      "Only these are, one at a time",
    );
    expect(judge("Bash", {}, { tools: ["Bash(npm test *)"] })).toContain("not allowed");
  });
});

describe("a command", () => {
  it.each([
    ["npm test", "npm test", true],
    ["npm test", "npm test *", true],
    ["npm  test -- -t 'a b'", "npm test *", true],
    ["npm test:unit", "npm test:*", false],
    ["npm test x", "npm test:*", true],
    ["npm run test:unit", "npm run test:*", false],
    ["npm run test:unit", "npm run test*", true],
    ["anything at all", "*", true],
    ["", "*", true],
    ["npm testing", "npm test *", false],
    ["npm", "npm test", false],
    ["npm test now", "npm test", false],
    ["x npm test", "npm test", false],
    ["npm.test", "npm-test", false],
    ["NPM test", "npm test", false],
  ])("%j is matched word by word with %j: %s", (command, pattern, matches) => {
    expect(commandMatches(command, pattern)).toBe(matches);
  });

  it("that needs a shell is never matched", () => {
    for (const end of [
      "; rm x",
      "&& x",
      "| x",
      "> x",
      "< x",
      "$(x)",
      "`x`",
      "$HOME",
      "{a,b}",
      "\nrm x",
      "\\x",
      "(x)",
      "& x",
    ]) {
      expect(commandMatches(`npm test ${end}`, "npm test *")).toBe(false);
    }
  });
});

describe("paths of a workspace", () => {
  it("never lead out, however they are written", () => {
    const part = fc.constantFrom("..", ".", "", "a", "b c", "...", "~");
    fc.assert(
      fc.property(fc.array(part), fc.constantFrom("", "/", "/work/task/", "/work/"), (parts, start) => {
        const path = start + parts.join("/");
        const inside = pathInside(folder, path);
        if (inside === undefined) return;
        expect(`${absolutePath(folder, path)}/`.startsWith(`${folder}/`)).toBe(true);
        expect(inside.split("/")).not.toContain("..");
        expect(absolutePath(folder, inside === "" ? "." : `./${inside}`)).toBe(absolutePath(folder, path));
      }),
    );
  });

  it("are understood on Windows too", () => {
    const root = "C:\\work\\task";
    expect(pathInside(root, "a\\b.txt")).toBe("a/b.txt");
    expect(pathInside(root, "C:/work/task/x")).toBe("x");
    expect(pathInside(root, "D:\\work\\task\\x")).toBeUndefined();
    expect(pathInside(root, "..\\x")).toBeUndefined();
  });

  it("are resolved as deep as they exist", async () => {
    const links: Record<string, string> = { "/": "/", "/work": "/work", "/work/out": "/etc" };
    const realPath = (path: string): Promise<string | undefined> => Promise.resolve(links[path]);
    expect(await resolveLinks("/work/out", realPath)).toBe("/etc");
    expect(await resolveLinks("/work/out/a/b", realPath)).toBe("/etc/a/b");
    expect(await resolveLinks("/new/a", (path) => Promise.resolve(path === "/" ? "/" : undefined))).toBe("/new/a");
    expect(await resolveLinks("/new", () => Promise.resolve(undefined))).toBeUndefined();
  });
});
