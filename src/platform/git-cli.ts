import { spawn } from "node:child_process";
import { availableParallelism, tmpdir } from "node:os";
import { GitFailure, type Git, type GitAnswer, type GitCall } from "../ports/git.ts";

/** Most output one command may give; a longer answer is a failure. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;
const MAX_STDERR_BYTES = 64 * 1024;
/** No git command of ours takes this long unless the disk or the network under it is gone. */
const MAX_RUN_MS = 15 * 60_000;
/** More at once only makes each of them slower. */
const MAX_AT_ONCE = 8;

/** Name and address that stand in the commits this program makes. */
const IDENTITY_NAME = "parallelization-mcp";
const IDENTITY_MAIL = "parallelization-mcp@localhost";

const SAFE_CONFIG = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.quotePath=off",
  "core.pager=cat",
  "core.editor=false",
  "commit.gpgSign=false",
  "tag.gpgSign=false",
  "gc.auto=0",
  "maintenance.auto=false",
  "advice.detachedHead=false",
  // Kept results must survive a power cut; 3,000 new objects cost about a second more than without.
  "core.fsync=objects,reference",
  "core.fsyncMethod=batch",
].flatMap((setting) => ["-c", setting]);

/** What the environment of every git command is built from; nothing else is inherited. */
const INHERITED = ["PATH", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "COMSPEC"];
const INHERITED_WITH_USER_CONFIG = ["HOME", "USERPROFILE", "XDG_CONFIG_HOME"];

/** Which git is used, and whose configuration counts as the user's. */
export interface GitCliOptions {
  readonly programPath?: string;
  /** Instead of the home folder of whoever runs this process. */
  readonly homeFolder?: string;
}

/** Opens the git of this machine, or the program at `programPath`. */
export function gitCli(options: GitCliOptions = {}): Git {
  const gate = makeGate(MAX_AT_ONCE);
  const run = (argv: readonly string[], call: GitCall): Promise<GitAnswer> => gate(() => runGit(options, argv, call));
  let version: Promise<readonly [number, number, number] | undefined> | undefined;
  return {
    parallel: Math.min(availableParallelism(), MAX_AT_ONCE / 2),
    run,
    version() {
      version ??= run(["--version"], {}).then(
        (answer) => parseVersion(answer.text),
        (failure: unknown) => {
          if (failure instanceof GitFailure) return undefined;
          throw failure;
        },
      );
      return version;
    },
  };
}

function parseVersion(text: string): readonly [number, number, number] | undefined {
  const found = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return found ? [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)] : undefined;
}

function makeGate(width: number): <Value>(work: () => Promise<Value>) => Promise<Value> {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return async (work) => {
    if (inside >= width) await new Promise<void>((enter) => waiting.push(enter));
    else inside += 1;
    try {
      return await work();
    } finally {
      // Whoever waits takes over the place, so that `inside` stays as it is.
      const next = waiting.shift();
      if (next) next();
      else inside -= 1;
    }
  };
}

function environmentOf(call: GitCall, homeFolder: string | undefined): Record<string, string> {
  const env: Record<string, string> = {
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_PAGER: "cat",
    GIT_AUTHOR_NAME: IDENTITY_NAME,
    GIT_AUTHOR_EMAIL: IDENTITY_MAIL,
    GIT_COMMITTER_NAME: IDENTITY_NAME,
    GIT_COMMITTER_EMAIL: IDENTITY_MAIL,
  };
  const inherited = call.userConfig ? [...INHERITED, ...INHERITED_WITH_USER_CONFIG] : INHERITED;
  for (const name of inherited) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  if (!call.userConfig) {
    env["GIT_CONFIG_NOSYSTEM"] = "1";
    env["GIT_ATTR_NOSYSTEM"] = "1";
    env["GIT_CONFIG_GLOBAL"] = "/dev/null";
  }
  if (call.userConfig && homeFolder !== undefined) {
    env["HOME"] = homeFolder;
    delete env["USERPROFILE"];
    delete env["XDG_CONFIG_HOME"];
  }
  if (call.gitDir !== undefined) env["GIT_DIR"] = call.gitDir;
  if (call.workTree !== undefined) env["GIT_WORK_TREE"] = call.workTree;
  if (call.indexFile !== undefined) env["GIT_INDEX_FILE"] = call.indexFile;
  if (call.newObjects !== undefined) {
    env["GIT_OBJECT_DIRECTORY"] = call.newObjects;
    // Quoted, because a path may hold what separates paths.
    const objects = `${call.gitDir ?? ""}/objects`.replace(/["\\]/g, "\\$&");
    env["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = `"${objects}"`;
  }
  return env;
}

function runGit(options: GitCliOptions, argv: readonly string[], call: GitCall): Promise<GitAnswer> {
  const config = (call.config ?? []).flatMap((setting) => ["-c", setting]);
  return new Promise((resolve, reject) => {
    const child = spawn(options.programPath ?? "git", [...SAFE_CONFIG, ...config, ...argv], {
      cwd: call.cwd ?? call.workTree ?? call.gitDir ?? tmpdir(),
      env: environmentOf(call, options.homeFolder),
      stdio: ["pipe", "pipe", "pipe"],
      windowsHide: true,
    });
    const output: Buffer[] = [];
    let outputBytes = 0;
    let stderr = "";
    let stopped: string | undefined;
    const stop = (reason: string): void => {
      stopped ??= reason;
      child.kill("SIGKILL");
    };
    const timer = setTimeout(() => stop(`no answer within ${MAX_RUN_MS / 60_000} minutes`), MAX_RUN_MS);
    const fail = (exitCode: number, reason: string): void => {
      clearTimeout(timer);
      reject(new GitFailure({ argv, exitCode, stderr: reason }));
    };
    child.on("error", (error) => fail(127, `git could not be started: ${error.message}`));
    child.stdout.on("data", (chunk: Buffer) => {
      outputBytes += chunk.length;
      if (outputBytes > MAX_OUTPUT_BYTES) stop(`more than ${MAX_OUTPUT_BYTES / 1024 / 1024} MB of output`);
      else output.push(chunk);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (stderr.length < MAX_STDERR_BYTES) stderr += text;
    });
    // A command that ends without reading its input is judged by its exit code.
    child.stdin.on("error", () => {});
    child.stdin.end(call.input ?? "");
    child.on("close", (code, signal) => {
      if (stopped !== undefined) return fail(128, stopped);
      if (code === null) return fail(128, `ended by ${signal ?? "a signal"}`);
      if (code !== 0 && !call.answers?.includes(code)) return fail(code, stderr);
      clearTimeout(timer);
      const bytes = Buffer.concat(output);
      let text: string | undefined;
      resolve({
        exitCode: code,
        bytes,
        stderr,
        get text() {
          text ??= bytes.toString("utf8");
          return text;
        },
      });
    });
  });
}
