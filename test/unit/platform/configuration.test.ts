import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfiguration } from "../../../src/platform/read-configuration.ts";
import type { Configuration } from "../../../src/schema/config.ts";
import type { Problem } from "../../../src/schema/problem.ts";
import type { Result } from "../../../src/util/result.ts";
import { problemOf, valueOf } from "../../rig/task-rig.ts";

let root: string;
let userFile: string;
let workspaceFile: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "configuration-"));
  userFile = join(root, "user", "config.yaml");
  workspaceFile = join(root, "work", ".parallelization", "config.yaml");
  for (const file of [userFile, workspaceFile]) await mkdir(dirname(file), { recursive: true });
});

afterEach(() => rm(root, { recursive: true }));

function read(environment: Readonly<Record<string, string>> = {}): Promise<Result<Configuration, Problem>> {
  return readConfiguration({ environment, configFolder: dirname(userFile), workspace: join(root, "work") });
}

const byDefault = { source: "default", name: "default" };

describe("the configuration", () => {
  it("has a default for everything and allows no command", async () => {
    const nothing = { environment: {}, configFolder: join(root, "not", "there") };
    expect(valueOf(await readConfiguration(nothing))).toEqual({
      executor: { value: "simulated", origin: byDefault },
      maxAgents: { value: 100, origin: byDefault },
      claude: { value: "claude", origin: byDefault },
      log: { value: "warn", origin: byDefault },
      allowCommands: [],
      regenerate: { value: [], origin: byDefault },
      userFile: join(root, "not", "there", "config.yaml"),
    });
    expect(valueOf(await read())).toMatchObject({ executor: { value: "simulated" }, userFile });
  });

  it("is the user's, under the workspace's, under the environment's; every value knows whose it is", async () => {
    await writeFile(userFile, "# mine\nexecutor: claude-code\nmaxAgents: 4\nlog: debug\nclaude: /opt/claude\n");
    await writeFile(workspaceFile, "{ maxAgents: 8, executor: command }\n");
    const configuration = valueOf(await read({ PARALLELIZATION_EXECUTOR: "acp:gemini", PARALLELIZATION_LOG: " " }));
    expect(configuration).toMatchObject({
      executor: { value: "acp:gemini", origin: { source: "environment", name: "PARALLELIZATION_EXECUTOR" } },
      maxAgents: { value: 8, origin: { source: "workspace", name: `${workspaceFile}:1:3` } },
      log: { value: "debug", origin: { source: "user", name: `${userFile}:4:1` } },
      claude: { value: "/opt/claude", origin: { source: "user", name: `${userFile}:5:1` } },
    });
  });

  it("allows what the user's file and the environment allow, together", async () => {
    await writeFile(userFile, 'allowCommands:\n  - npm test\n  - "make a, b"\n');
    const { allowCommands } = valueOf(await read({ PARALLELIZATION_ALLOW_COMMANDS: " npm run *,, cargo test ," }));
    expect(allowCommands.map(({ value, origin }) => [value, origin.name])).toEqual([
      ["npm test", `${userFile}:1:1`],
      ["make a, b", `${userFile}:1:1`],
      ["npm run *", "PARALLELIZATION_ALLOW_COMMANDS"],
      ["cargo test", "PARALLELIZATION_ALLOW_COMMANDS"],
    ]);
  });

  it("names the commands that make files anew, in the user's own file alone", async () => {
    const rule = { files: ["package-lock.json"], command: ["npm", "install", "--package-lock-only"] };
    await writeFile(userFile, `regenerate: [${JSON.stringify(rule)}]\n`);
    expect(valueOf(await read()).regenerate).toEqual({
      value: [rule],
      origin: { source: "user", name: `${userFile}:1:1` },
    });
  });

  it("takes every variable", async () => {
    const environment = {
      PARALLELIZATION_EXECUTOR: "command",
      PARALLELIZATION_ALLOW_COMMANDS: "*",
      PARALLELIZATION_MAX_AGENTS: "7",
      PARALLELIZATION_CLAUDE: "claude-next",
      PARALLELIZATION_LOG: "silent",
    };
    const { executor, allowCommands, maxAgents, claude, log } = valueOf(await read(environment));
    const all = [executor, ...allowCommands, maxAgents, claude, log];
    expect(all.map(({ value }) => value)).toEqual(["command", "*", 7, "claude-next", "silent"]);
    expect(all.map(({ origin }) => origin.name)).toEqual(Object.keys(environment));
  });

  it.each(["", "# nothing but a comment\n", "---\n", "{}", "null"])("may be empty: %j", async (text) => {
    await writeFile(userFile, text);
    await writeFile(workspaceFile, text);
    expect(valueOf(await read()).executor.origin).toEqual(byDefault);
  });
});

describe("a workspace's own file", () => {
  it.each([
    ["allowCommands: ['*']", "allowCommands"],
    ["executor: command\ncommands: {test: rm -rf /}", "commands"],
    ["claude: /tmp/evil", "claude"],
    ["setup: ./evil.sh", "setup"],
    ["verify: ./evil.sh", "verify"],
    ["regenerate: [{files: [a], command: [./evil.sh]}]", "regenerate"],
    ["allowCommands: &a [*a]", "allowCommands"],
    ["? allowCommands\n: ['*']", "allowCommands"],
  ])("can never allow or name a program: %j", async (text, key) => {
    await writeFile(workspaceFile, text);
    const problem = problemOf(await read());
    expect(problem).toMatchObject({ code: "COMMAND_NOT_ALLOWED", field: key, allowed: ["executor", "maxAgents"] });
    expect(problem.error).toMatch(new RegExp(`^${workspaceFile}:\\d+:\\d+: "${key}"`));
    expect(problem.advice).toContain(userFile);
  });

  it("cannot lead to another file, whose content its messages would tell", async () => {
    await writeFile(join(root, "secret"), "secret: word\n");
    await symlink(join(root, "secret"), workspaceFile);
    expect(problemOf(await read())).toMatchObject({ code: "FILE_NOT_READABLE" });
    expect(JSON.stringify(problemOf(await read()))).not.toContain("word");
  });

  it("of the user may be a link", async () => {
    await writeFile(join(root, "elsewhere"), "maxAgents: 3\n");
    await symlink(join(root, "elsewhere"), userFile);
    expect(valueOf(await read()).maxAgents.value).toBe(3);
  });
});

describe("a file that makes no sense is refused with file, line and column", () => {
  it.each([
    ["executor: [claude-code\n", ":2:1: this is no YAML"],
    ["executor: a\nexecutor: b\n", ":2:1: this is no YAML: Map keys must be unique"],
    ["- executor\n", ":1:1: the file is not right: Invalid input: expected object"],
    ["executor: robot\n", ":1:1: executor must be simulated, claude-code, command or acp:<agent>."],
    ["\nmaxAgents: 0\n", ":2:1: maxAgents must be at least 1."],
    ["maxAgents: 101\n", ":1:1: maxAgents must be at most 100."],
    ["maxAgents: 2.5\n", ":1:1: maxAgents must be a whole number from 1 to 100."],
    ["regenerate: [{ files: [/etc/passwd], command: [x] }]\n", ":1:24: regenerate[0].files[0] must be a path from"],
    ["regenerate: [{ files: [a], command: npm install }]\n", ":1:28: regenerate[0].command must be a list of words"],
    ["regenerate: [{ files: [], command: [x] }]\n", ":1:16: regenerate[0].files must name at least one file"],
    ["maxAgents: many\n", ":1:1: maxAgents must be a whole number"],
    ["executor:\n", ":1:1: executor is not right"],
    ["max_agents: 3\n", ':1:1: "max_agents" means nothing here. Is "maxAgents" meant?'],
    ["x: 3\n", ':1:1: "x" means nothing here.'],
    ["allowCommands: npm test\n", ":1:1: allowCommands is not right"],
    ["allowCommands:\n- npm test\n- 3\n", ":3:3: allowCommands[1] is not right"],
    ["allowCommands: [' ']\n", ":1:17: allowCommands[0] must not be empty."],
    ["claude: ./bin/claude\n", ":1:1: claude must be an absolute path, or a name that is found on PATH."],
    ["log: loud\n", ":1:1: log must be one of silent, error, warn, info, debug."],
    ["a: 1\n---\nb: 2\n", ":2:1: this is no YAML"],
  ])("%j", async (text, words) => {
    await writeFile(userFile, text);
    const problem = problemOf(await read());
    expect(problem.code).toBe("INVALID_ARGUMENT");
    expect(problem.error).toContain(userFile + words);
    expect(problem.advice).toContain("Correct the file");
  });

  it("and so is one that grows without bound, is too large, or is no file", async () => {
    const bomb = ["a: &a [x,x,x,x,x,x,x,x,x]"];
    for (let level = 0; level < 9; level++) {
      const [name, before] = ["bcdefghij"[level], "abcdefghij"[level]];
      bomb.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join()}]`);
    }
    await writeFile(userFile, bomb.join("\n"));
    expect(problemOf(await read()).error).toContain("alias");
    await writeFile(userFile, "#".repeat(300_000));
    expect(problemOf(await read())).toMatchObject({ code: "FILE_NOT_READABLE" });
    await rm(userFile);
    await mkdir(userFile);
    expect(problemOf(await read()).error).toContain("is no ordinary file");
  });
});

describe("a variable that makes no sense is refused by its name", () => {
  it.each([
    ["PARALLELIZATION_EXECUTOR", "robot"],
    ["PARALLELIZATION_MAX_AGENTS", "many"],
    ["PARALLELIZATION_MAX_AGENTS", "0"],
    ["PARALLELIZATION_MAX_AGENTS", "1000"],
    ["PARALLELIZATION_MAX_AGENTS", "1e1"],
    ["PARALLELIZATION_CLAUDE", "bin/claude"],
    ["PARALLELIZATION_LOG", "loud"],
    ["PARALLELIZATION_ALLOW_COMMANDS", "x".repeat(2_000)],
  ])("%s=%s", async (name, value) => {
    const problem = problemOf(await read({ [name]: value }));
    expect(problem).toMatchObject({ code: "INVALID_ARGUMENT", field: name });
    expect(problem.error).toMatch(new RegExp(`^The environment variable ${name} must `));
    expect(problem.advice).toContain(name);
  });
});
