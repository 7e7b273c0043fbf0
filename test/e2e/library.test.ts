/** The published package as a stranger's project uses it: unpacked, without any other package beside it. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const fixtures = fileURLToPath(new URL("../fixtures/library/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "library-test-"));
const project = join(folder, "project");
const packaged = join(project, "node_modules", "parallelization-mcp");

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, argv: readonly string[], cwd: string): Ended {
  const env = {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: join(folder, "home"),
    TMPDIR: folder,
    PARALLELIZATION_STATE_DIR: join(folder, "state"),
    npm_config_cache: join(folder, "npm-cache"),
  };
  return spawnSync(program, argv, { cwd, env, encoding: "utf8", timeout: 60_000 });
}

function mustWork(program: string, argv: readonly string[], cwd: string): void {
  const { status, stderr } = run(program, argv, cwd);
  if (status !== 0) throw new Error(`${program} ${argv[0]} failed: ${stderr}`);
}

beforeAll(() => {
  for (const each of [project, packaged, join(folder, "home")]) mkdirSync(each, { recursive: true });
  mustWork("npm", ["pack", "--ignore-scripts", "--offline", "--pack-destination", folder], root);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "";
  mustWork("tar", ["-xzf", join(folder, tarball), "-C", packaged, "--strip-components=1"], folder);
  // They are no part of this project, whose own checks would look for the package before it is built.
  for (const name of ["stranger.ts", "wrong.ts", "coordinator.mjs"]) {
    cpSync(join(fixtures, `${name}.txt`), join(project, name));
  }
  const { code } = transformSync(readFileSync(join(project, "stranger.ts"), "utf8"), { loader: "ts", format: "esm" });
  writeFileSync(join(project, "stranger.mjs"), code);
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "stranger", type: "module", private: true }));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("nothing but the package itself lies in the project", () => {
  expect(readdirSync(join(project, "node_modules"))).toEqual(["parallelization-mcp"]);
  expect(readdirSync(packaged)).toEqual(expect.arrayContaining(["README.md", "LICENSE", "dist", "docs"]));
});

test("a stranger's program analyses, plans, executes, follows the events, reads the result, and ends by itself (B4)", () => {
  const ended = run(process.execPath, [join(project, "stranger.mjs")], project);
  expect(ended).toMatchObject({ status: 0, stderr: "" });
  expect(JSON.parse(ended.stdout)).toMatchObject({
    parallelizable: true,
    planned: ["api", "form", "check"],
    batches: [["api", "form"], ["check"]],
    agents: 2,
    makespanMinutes: 30,
    firstEvent: "run.created",
    lastEvent: "run.finished",
    summary: expect.stringMatching(/^SIMULATED, nothing was really done · DONE · 3 of 3 tasks/),
    status: "completed",
    success: true,
    tasks: ["api", "form", "check"],
    refused: "SELF_DEPENDENCY",
    conflicts: ["file-level"],
    overallProgress: 40,
  });
});

test("a program keeps its runs in a folder of its own, looks at them, stops them, and is told why something is refused", () => {
  const ended = run(process.execPath, [join(project, "coordinator.mjs"), join(folder, "own-state")], project);
  expect(ended).toMatchObject({ status: 0, stderr: "" });
  expect(JSON.parse(ended.stdout)).toEqual({
    nothingBeforeTheFirstRun: true,
    cancelled: "cancelled",
    aborted: "cancelled",
    answered: "completed",
    answeredBy: "person",
    sameRun: true,
    found: true,
    removed: "UNKNOWN_RUN",
    unknownOption: "UNKNOWN_ARGUMENT",
    refusedInEvents: "NO_TASKS",
    notAllowed: "COMMAND_NOT_ALLOWED",
    relativeFolder: "INVALID_ARGUMENT",
    afterShutdown: "RUN_NOT_ACTIVE",
  });
});

describe("the types stand on their own", () => {
  const compile = (file: string): Ended => {
    const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
    const strict = [
      ["--strict", "--noEmit", "--noUncheckedIndexedAccess", "--exactOptionalPropertyTypes"],
      ["--skipLibCheck", "false", "--verbatimModuleSyntax", "--module", "nodenext", "--target", "es2023"],
      ["--types", "node", "--typeRoots", join(folder, "types")],
    ].flat();
    return run(process.execPath, [tsc, ...strict, join(project, file)], project);
  };

  beforeAll(() => {
    // A project for Node has its types; no other package's are there.
    mkdirSync(join(folder, "types"));
    symlinkSync(join(root, "node_modules", "@types", "node"), join(folder, "types", "node"));
  });

  test("a stranger's TypeScript passes the strictest checks, the package's declarations included", () => {
    expect(compile("stranger.ts")).toMatchObject({ status: 0, stdout: "" });
  });

  test("a field of the wrong type is found before anything runs", () => {
    const { status, stdout } = compile("wrong.ts");
    expect(status).not.toBe(0);
    expect(stdout.match(/^wrong\.ts\(\d+/gm)).toEqual(["wrong.ts(3", "wrong.ts(4", "wrong.ts(6", "wrong.ts(8"]);
  });
});
