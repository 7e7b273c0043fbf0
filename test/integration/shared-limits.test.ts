import { spawn, type ChildProcess } from "node:child_process";
import { readdir, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { freshLimits, reserve } from "../../src/engines/limits/limit-state.ts";
import { sharedLimitStore } from "../../src/engines/limits/limit-store.ts";
import { sharedText } from "../../src/platform/shared-text.ts";
import { temporaryFolder } from "../rig/git-rig.ts";

interface Started {
  readonly child: ChildProcess;
  /** The lines it printed so far. */
  readonly lines: () => readonly string[];
  readonly ended: Promise<unknown>;
}

/** Starts a program of the fixtures; Node runs no TypeScript by itself, so it is bundled first. */
async function start(folder: string, script: string, ...args: readonly string[]): Promise<Started> {
  const program = join(folder, script);
  const entry = fileURLToPath(new URL(`../fixtures/${script}`, import.meta.url));
  const banner = { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' };
  await build({ entryPoints: [entry], outfile: program, bundle: true, platform: "node", format: "esm", banner });
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => (text += piece));
  const lines = (): readonly string[] => text.split("\n").filter((line) => line !== "");
  return { child, lines, ended: new Promise((resolve) => void child.once("close", resolve)) };
}

test("no change of a text that processes share is lost or made twice, even when they are killed in the middle (C16)", async () => {
  await using folder = await temporaryFolder();
  const shared = join(folder.path, "shared");
  const counting = (times: string): Promise<Started> =>
    start(folder.path, "counts-in-a-shared-text.mjs", shared, times);
  const killed = [await counting("1000000"), await counting("1000000")];
  const finishing = [await counting("300"), await counting("300")];
  for (const [index, { child, lines }] of killed.entries()) {
    await expect.poll(() => lines().length, { timeout: 20_000, interval: 1 }).toBeGreaterThan(50 + 40 * index);
    child.kill("SIGKILL");
  }
  await Promise.all([...killed, ...finishing].map(({ ended }) => ended));
  const made = [...killed, ...finishing].flatMap(({ lines }) => lines().map(Number));
  expect(new Set(made).size).toBe(made.length);
  const final = sharedText(shared).update((text) => [text ?? "", Number(text)]);
  // A process that was killed may have made one change more than it could tell of.
  expect(final - made.length).toBeGreaterThanOrEqual(0);
  expect(final - made.length).toBeLessThanOrEqual(killed.length);
});

test("the limit holds for all processes of the machine together (C16)", async () => {
  await using folder = await temporaryFolder();
  const limits = join(folder.path, "limits");
  const taking = (): Promise<Started> => start(folder.path, "takes-permits.mjs", limits, "1200", "2500");
  const takers = [await taking(), await taking(), await taking()];
  await Promise.all(takers.map(({ ended }) => ended));
  const times = takers.flatMap(({ lines }) => lines().map(Number)).toSorted((left, right) => left - right);
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  // 1,200 a minute are one every 50 ms; the clocks of two processes differ by a few milliseconds.
  expect(times.length).toBeLessThanOrEqual((last - first) / 50 + 2);
  expect(times.length).toBeGreaterThanOrEqual(0.7 * ((last - first) / 50));
  const shares = takers.map(({ lines }) => lines().length);
  expect(Math.min(...shares)).toBeGreaterThan(0);
});

test("a shared text that somebody has spoilt, or that cannot be kept, leaves the limit to the process alone", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "limits");
  const shared = sharedText(path);
  shared.update(() => ["no json", undefined]);
  const troubles: unknown[] = [];
  const store = sharedLimitStore(shared, (error) => void troubles.push(error));
  const ask = (now: number): boolean =>
    store.update((state) => reserve(state, { claim: "run", limits: { requestsPerMinute: 60 }, tokens: 1, now }))
      .granted;
  expect([ask(1e12), ask(1e12)]).toEqual([true, false]);
  await rm(path, { recursive: true });
  await writeFile(path, "a file in the way");
  expect([ask(1e12 + 500), ask(1e12 + 1_000), ask(1e12 + 1_001)]).toEqual([false, true, false]);
  expect(troubles).toHaveLength(1);
  expect(store.update((state) => [state, state])).not.toEqual(freshLimits);
});

test("few files are left behind, and what a killed process left half-written goes", async () => {
  await using folder = await temporaryFolder();
  const shared = sharedText(folder.path);
  for (let change = 0; change < 50; change++) shared.update((text) => [`${text ?? ""}x`, undefined]);
  const [old, young] = [join(folder.path, "draft-of-a-killed-process"), join(folder.path, "draft-of-another")];
  for (const path of [old, young]) await writeFile(path, "half of it");
  for (const name of await readdir(folder.path)) {
    if (name !== "draft-of-another") await utimes(join(folder.path, name), new Date(0), new Date(0));
  }
  for (let change = 0; change < 5; change++) shared.update((text) => [`${text ?? ""}x`, undefined]);
  const left = await readdir(folder.path);
  expect(left.length).toBeLessThanOrEqual(14);
  expect(left.filter((name) => name.startsWith("draft"))).toEqual(["draft-of-another"]);
});
