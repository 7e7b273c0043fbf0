/** Programs as agents: the real executor, real programs, and what is left of them. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commandExecutor } from "../../src/engines/execution/command/executor.ts";
import { nodeFiles } from "../../src/platform/node-files.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { fixture, markedProcesses, programRig } from "../rig/program-rig.ts";
import type { ProgramRig } from "../rig/program-rig.ts";

const node = process.execPath;
const processes = markedProcesses();

let rig: ProgramRig;

beforeEach(async () => {
  rig = await programRig();
});

afterEach(() => rig[Symbol.asyncDispose]());

const written = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(rig.folder, name), "utf8"));

const nasty = `it's "quoted" $(touch pwned-1) \`touch pwned-2\`; touch pwned-3\n& touch pwned-4 | * \u0000 %PATH% \\`;

describe("a program as an agent", () => {
  it("gets its task on its input and in its environment, and reports in JSON lines (P3, C8, C9)", async () => {
    const agent = rig.start(
      { description: nasty, context: { issue: 7 }, command: [node, fixture("command-obeys"), nasty.replace("\0", "")] },
      { attempt: 2, previousError: "it broke", strategy: "aggressive" },
    );
    expect(await agent.running.ended).toEqual({
      success: true,
      partial: false,
      summary: "did it",
      usage: { tokens: 12, costUsd: 0.5 },
    });
    expect(agent.reports[0]).toEqual({ type: "progress", percent: 40, source: "reported", operation: "halfway" });
    expect(await written("task.json")).toEqual({
      taskId: "t1",
      description: nasty,
      context: { issue: 7 },
      attempt: 2,
      fallback: false,
      strategy: "aggressive",
      dependencies: [],
      previousError: "it broke",
    });
    expect(await written("arguments.json")).toEqual([nasty.replace("\0", "")]);
    expect(await written("environment.json")).toEqual({
      PATH: process.env["PATH"],
      HOME: rig.folder,
      ...((await processes.containment()).driver === "pid-namespace" && { PWD: rig.folder }),
      PARALLELIZATION_RUN: rig.executionId,
      PARALLELIZATION_TASK: "t1",
      PARALLELIZATION_DEPTH: "1",
      PARALLELIZATION_TASK_ID: "t1",
      PARALLELIZATION_ATTEMPT: "2",
      PARALLELIZATION_DESCRIPTION: nasty.replace("\0", ""),
    });
    expect((await readdir(rig.folder)).filter((name) => name.startsWith("pwned"))).toEqual([]);
  });

  it("may be a line that is split without a shell", async () => {
    const command = `'${node}' "${fixture("command-obeys")}" 'a b' c\\ d '$HOME' ''`;
    expect((await rig.start({ command }).running.ended).success).toBe(true);
    expect(await written("arguments.json")).toEqual(["a b", "c d", "$HOME", ""]);
  });

  it("may be a shell's text where a shell is asked for, and the description is still only data", async () => {
    const shell =
      'cd / && cd "$OLDPWD" && printf %s "$PARALLELIZATION_DESCRIPTION" > out.txt; pwd; read -r t; printf "%s\\n" "$t" | wc -l';
    const agent = rig.start({ description: nasty, command: { shell } });
    expect(await agent.running.ended).toMatchObject({ success: true, summary: "1" });
    expect(agent.reports[0]).toMatchObject({ operation: rig.folder });
    expect(await readFile(join(rig.folder, "out.txt"), "utf8")).toBe(nasty.replace("\0", ""));
    expect(await readdir(rig.folder)).toEqual(["out.txt"]);
  });

  it.each([
    ["exit 3", "/bin/sh ended with exit code 3.\nIts last output:\nworking\nIts last error output:\nit broke", true],
    ["exit 127", "/bin/sh ended with exit code 127.", false],
    ["kill -SEGV $$", /^\/bin\/sh ended with (signal SIGSEGV|exit code 139 \(signal 11\))\./, true],
  ])("has failed when it ends with %s, and its last words are told (C12)", async (end, words, retryable) => {
    const shell = `echo working; echo it broke >&2; ${end}`;
    const { error, success, partial, summary } = await rig.start({ command: { shell } }).running.ended;
    expect({ success, partial, summary }).toEqual({ success: false, partial: true, summary: "working" });
    expect(error).toMatchObject({ name: "AgentError", retryable });
    expect(error?.message).toMatch(words);
  });

  it.each(["pid-namespace", "process-group"] as const)(
    "leaves nothing behind, whatever it hid: in a %s (C9)",
    async (strongest) => {
      const by = markedProcesses(strongest);
      const shell = "sleep 1000 & setsid sleep 1000 & (setsid sleep 1000 &) ; echo left three";
      const end = await rig.start({ command: { shell } }, { by }).running.ended;
      expect(end).toMatchObject({ success: true, summary: "left three" });
      expect(await rig.marked()).toEqual([]);
    },
  );

  it("may close its output early and never read its input: its end is what counts", async () => {
    const description = "x".repeat(5_000);
    const agent = rig.start({
      description,
      context: "y".repeat(1_000_000),
      command: [node, fixture("command-closes-output")],
    });
    await agent.doing("closing");
    expect(await rig.marked()).not.toEqual([]);
    await writeFile(join(rig.folder, "go-on"), "");
    expect(await agent.running.ended).toMatchObject({ success: true, summary: "closing" });
    expect(await readdir(rig.folder)).toContain("done.txt");
  });

  it("may print 200 MB: they are read, reported four times a second, and not kept", { timeout: 120_000 }, async () => {
    const before = process.resourceUsage().maxRSS;
    const started = performance.now();
    const agent = rig.start({ command: [node, fixture("command-floods"), "200"] });
    expect(await agent.running.ended).toEqual({ success: true, partial: false, summary: "the end" });
    const seconds = (performance.now() - started) / 1_000;
    expect(agent.reports.length).toBeLessThanOrEqual(4 * seconds + 1);
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(150 * 1_024);
    for (const said of agent.reports) expect(JSON.stringify(said).length).toBeLessThan(400);
  });
});

describe("a program that cannot start", () => {
  it.each([
    ["is not there", { command: ["no-such-program-here"] }, {}, "no-such-program-here was not found"],
    ["is no program", { command: ["./plain.txt"] }, {}, "plain.txt was not found or cannot be run"],
    ["has no folder", { command: ["true"] }, { folder: undefined }, "needs a folder"],
    ["has a folder that is gone", { command: ["true"] }, { folder: "/no/such/folder" }, "/no/such/folder does not"],
    ["is not named", {}, {}, 'task "t1" has no command'],
    ["is a shell's text as one word", { command: ["touch a; touch b"] }, {}, "touch a; touch b was not found"],
    ["needs a shell that nobody asked for", { command: "a | b" }, {}, "needs a shell"],
    ["has an id that no environment can hold", { id: "a\0b", command: ["true"] }, {}, "null bytes"],
    [
      "is started by an agent's server",
      { command: ["true"] },
      { env: { PARALLELIZATION_DEPTH: "1" } },
      "no programs of its own",
    ],
  ])("because it %s says so (C12)", async (_, task, changes, words) => {
    await writeFile(join(rig.folder, "plain.txt"), "");
    const end = await rig.start(task, changes).running.ended;
    expect(end).toMatchObject({ success: false, partial: false, error: { name: "SpawnFailed", retryable: false } });
    expect(end.error?.message).toContain(words);
  });

  it("is known beforehand only where no program may start at all", async () => {
    const options = { processes, clock: systemClock(), files: nodeFiles() };
    expect(await commandExecutor({ ...options, environment: {} }).probe()).toEqual({ available: true });
    const nested = commandExecutor({ ...options, environment: { PARALLELIZATION_DEPTH: "1" } });
    expect(await nested.probe()).toEqual({ available: false, reason: expect.stringContaining("of its own") });
  });

  it("because its interpreter is missing has failed", async () => {
    await writeFile(join(rig.folder, "tool"), "#!/no/such/interpreter\n", { mode: 0o755 });
    expect((await rig.start({ command: ["./tool"] }).running.ended).success).toBe(false);
  });
});
