import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { childProcesses } from "../../src/platform/processes/child-processes.ts";
import { linuxMachine } from "../../src/platform/linux-machine.ts";
import { findByEnvironment } from "../../src/platform/processes/process-table.ts";
import type { ChildProcess, Processes, ProcessSpec } from "../../src/ports/processes.ts";

const onLinux = process.platform === "linux";
const machine = linuxMachine();
const PATH = process.env["PATH"] ?? "";
const processes = childProcesses();
const canIsolate = onLinux && (await processes.containment()).driver === "pid-namespace";

const cleanUp: (() => Promise<unknown>)[] = [];

/** A number of seconds that no other sleeper on this machine has. */
function sleepSeconds(): string {
  const seconds = String(randomInt(1_000_000, 9_000_000));
  cleanUp.push(async () => (await sleepers(seconds)).forEach((pid) => process.kill(pid, "SIGKILL")));
  return seconds;
}

function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
}

function start(
  argv: readonly string[],
  changes: Partial<ProcessSpec> & { readonly by?: Processes } = {},
): Promise<ChildProcess> {
  const { by = processes, ...spec } = changes;
  return by.start({ argv, cwd: tmpdir(), env: { PATH }, maxLineBytes: 1_000, contained: false, ...spec });
}

/** Resolves when the program has printed the line. */
function said(child: ChildProcess, wanted: string): Promise<void> {
  return new Promise((resolve) => child.onLine((line) => void (line === wanted && resolve())));
}

async function sleepers(seconds: string): Promise<readonly number[]> {
  const found = await Promise.all(
    (await readdir("/proc")).map(async (pid) => {
      const argv = /^\d+$/.test(pid) ? await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "") : "";
      return argv === `sleep\0${seconds}\0` ? [Number(pid)] : [];
    }),
  );
  return found.flat();
}

afterEach(async () => {
  for (const clean of cleanUp.splice(0)) await clean();
});

describe("a child process", () => {
  it("is started without a shell and with exactly the environment given", async () => {
    const child = await start(["env"], { env: { PATH, ONLY: "$(id) `id`; * | x" } });
    const lines: string[] = [];
    child.onLine((line) => lines.push(line));
    expect(await child.exited).toEqual({ exitCode: 0, signal: null });
    expect(lines.toSorted()).toEqual(["ONLY=$(id) `id`; * | x", `PATH=${PATH}`]);
  });

  it("gets its input, and leads a process group and a session of its own", async () => {
    const child = await start(["sh", "-c", "read -r word; echo got $word; ps -o pgid=,sess= -p $$"]);
    const lines: string[] = [];
    child.onLine((line) => lines.push(line.trim()));
    child.write("it\n");
    child.endInput();
    await child.exited;
    expect(lines[0]).toBe("got it");
    expect(lines[1]?.split(/\s+/)).toEqual([String(child.pid), String(child.pid)]);
  });

  it("may print lines that are too long: they are cut and counted, and the next is whole", async () => {
    const child = await start([process.execPath, "-e", "process.stdout.write('x'.repeat(5e6) + '\\nnext\\nlast')"]);
    const lines: string[] = [];
    child.onLine((line) => lines.push(line));
    await child.exited;
    expect(lines).toEqual(["x".repeat(1_000), "next", "last"]);
    expect(child.cutLines()).toBe(1);
  });

  it("keeps only the end of its error output", async () => {
    const child = await start([process.execPath, "-e", "process.stderr.write('a'.repeat(1e6) + 'the end')"]);
    await child.exited;
    expect(child.stderrTail()).toHaveLength(8 * 1024);
    expect(child.stderrTail().endsWith("athe end")).toBe(true);
  });

  it("has ended when it has ended, although a program it left behind holds its output open", async () => {
    const seconds = sleepSeconds();
    const child = await start(["sh", "-c", `sleep ${seconds} & echo done`]);
    const lines: string[] = [];
    child.onLine((line) => lines.push(line));
    const before = performance.now();
    expect(await child.exited).toEqual({ exitCode: 0, signal: null });
    expect(performance.now() - before).toBeLessThan(5_000);
    expect(lines).toEqual(["done"]);
    await child.killTree();
    expect(await sleepers(seconds)).toEqual([]);
  });

  it.each([
    ["a program that is not there", { argv: ["no-such-program-here"] }, /no-such-program-here was not found/],
    ["a folder that is not there", { argv: ["env"], cwd: "/no/such/folder" }, /\/no\/such\/folder does not exist/],
    ["a file that cannot be run", { argv: [fixture("scatter-descendants.mjs")] }, /was not found or cannot be run/],
    ["an argument with a NUL byte", { argv: ["env", "a\0b"] }, /null bytes/],
    ["no program at all", { argv: [] }, /was not found/],
  ])("that cannot start because of %s says so and is over", async (_, spec, reason) => {
    for (const contained of [false, true]) {
      const child = await start(spec.argv, { ...spec, contained });
      const exit = await child.exited;
      expect(exit).toMatchObject({ exitCode: null, signal: null });
      expect(exit.spawnError).toMatch(reason);
      await child.killTree();
    }
  });

  it("can be asked to end, and tells by which signal it did", async () => {
    const child = await start(["sh", "-c", "echo up; exec sleep 1000"]);
    await said(child, "up");
    child.signal("SIGTERM");
    expect(await child.exited).toEqual({ exitCode: null, signal: "SIGTERM" });
    child.signal("SIGINT");
    child.write("nobody reads this\n");
    await child.killTree();
  });
});

describe.skipIf(!onLinux)("ending a tree", () => {
  it.each([
    ["in a PID namespace", "pid-namespace", "stay"],
    ["in a PID namespace, after its leader has left", "pid-namespace", "leave"],
    ["tied by a death signal", "death-signal", "stay"],
    ["in a process group", "process-group", "stay"],
    ["in a process group, after its leader has left", "process-group", "leave"],
  ] as const)("leaves no descendant, however it hid: %s (C9)", async (_, strongest, then) => {
    const seconds = sleepSeconds();
    const by = childProcesses({ strongest, marks: ["MARK"] });
    const env = { PATH, MARK: machine.newId("tree-") };
    const child = await start([process.execPath, fixture("scatter-descendants.mjs"), seconds, then], {
      by,
      env,
      contained: true,
    });
    await said(child, "ready");
    if (then === "leave") await child.exited;
    await child.killTree();
    expect(await sleepers(seconds)).toEqual([]);
    expect(await findByEnvironment({ MARK: env.MARK })).toEqual([]);
  });

  it.skipIf(!canIsolate)(
    "leaves not even a daemon that has nothing in common with its ancestors, in a PID namespace",
    async () => {
      const seconds = sleepSeconds();
      const child = await start([process.execPath, fixture("become-invisible-daemon.mjs"), seconds], {
        contained: true,
      });
      await said(child, "ready");
      await expect.poll(() => sleepers(seconds), { timeout: 5_000, interval: 5 }).not.toEqual([]);
      await child.killTree();
      expect(await sleepers(seconds)).toEqual([]);
    },
  );

  it("spares whoever does not belong to it", async () => {
    const seconds = sleepSeconds();
    const other = await start(["sh", "-c", `echo up; exec sleep ${seconds}`]);
    await said(other, "up");
    const child = await start(["sh", "-c", "echo up; exec sleep 1000"]);
    await said(child, "up");
    await Promise.all([child.killTree(), child.killTree()]);
    expect(await sleepers(seconds)).toHaveLength(1);
    await other.killTree();
  });
});

describe.skipIf(!onLinux)("when the server is killed outright", () => {
  async function killedServer(
    strongest: string,
    program: string,
    seconds: string,
  ): Promise<{ readonly mark: string; readonly diedAt: number }> {
    const mark = machine.newId("server-");
    cleanUp.push(() => processes.sweep("MARK", mark));
    const script = fixture("server-that-is-killed.mjs");
    const argv = ["--import", "tsx", script, strongest, `MARK=${mark}`, process.execPath, fixture(program), seconds];
    const server = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"], env: { PATH } });
    cleanUp.push(() => Promise.resolve(server.kill("SIGKILL")));
    for await (const line of createInterface({ input: server.stdout })) if (line === "ready") break;
    await expect.poll(() => sleepers(seconds), { timeout: 5_000, interval: 5 }).not.toEqual([]);
    server.kill("SIGKILL");
    const diedAt = performance.now();
    await once(server, "exit");
    return { mark, diedAt };
  }

  it.skipIf(!canIsolate).each(["scatter-descendants.mjs", "become-invisible-daemon.mjs"])(
    "nothing that its agents started is left a second later: %s (C9)",
    async (program) => {
      const seconds = sleepSeconds();
      const { mark, diedAt } = await killedServer("pid-namespace", program, seconds);
      await expect.poll(() => sleepers(seconds), { timeout: 5_000, interval: 5 }).toEqual([]);
      expect(performance.now() - diedAt).toBeLessThan(1_000);
      expect(await findByEnvironment({ MARK: mark })).toEqual([]);
    },
  );

  it("its agents themselves end where there are no PID namespaces, and a later sweep ends the rest", async () => {
    const seconds = sleepSeconds();
    const { mark } = await killedServer("death-signal", "scatter-descendants.mjs", seconds);
    const leaders = async (): Promise<number> => {
      const argvs = await Promise.all(
        (await findByEnvironment({ MARK: mark })).map((pid) =>
          readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""),
        ),
      );
      return argvs.filter((argv) => argv.includes("scatter-descendants")).length;
    };
    await expect.poll(leaders, { timeout: 5_000, interval: 5 }).toBe(0);
    expect(await sleepers(seconds)).toHaveLength(5);
    expect(await processes.sweep("MARK", mark)).toBeGreaterThanOrEqual(5);
    expect(await sleepers(seconds)).toEqual([]);
    expect(await processes.sweep("MARK", mark)).toBe(0);
  });
});

describe("containment", () => {
  it("says in one sentence what it is worth, and is found by trying", async () => {
    const plain = await childProcesses({ strongest: "process-group" }).containment();
    expect(plain).toMatchObject({ driver: "process-group", guarantee: expect.stringContaining("may go on") });
  });

  it.skipIf(!canIsolate)("promises most where PID namespaces can be made", async () => {
    expect((await processes.containment()).guarantee).toContain("the kernel ends everything");
  });
});
