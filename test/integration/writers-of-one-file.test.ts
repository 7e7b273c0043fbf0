/** Several agents write one file: apart from one another, one after the other where asked, and never for ever. */
import { mkdir, utimes, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { openIsolation } from "../../src/engines/isolation/isolation.ts";
import { advisoryLocks } from "../../src/platform/advisory-lock.ts";
import { gitCli } from "../../src/platform/git-cli.ts";
import { nodeFiles } from "../../src/platform/node-files.ts";
import { progressLine } from "../../src/report/progress-line.ts";
import type { RunEvent } from "../../src/schema/event.ts";
import type { Services } from "../../src/services.ts";
import { mostAtOnce, runBoth, servicesBeside, working } from "../rig/both-kinds.ts";
import { makeRepository, type TestRepository } from "../rig/git-rig.ts";
import { manualClock, type ManualClock } from "../rig/manual-clock.ts";

const lines = (count: number): string => Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join("");
const change = (line: number) => ({ file: "a.txt", find: `line ${line}\n`, replace: `LINE ${line}\n` });
const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `writer-${index + 1}`);

/** The git folder in which a repository's results lie; its lock is the right to write to the user's files. */
async function shadowOf({ root, scratch }: TestRepository): Promise<string> {
  const [git, files, stateFolder] = [gitCli(), nodeFiles(), `${scratch}/state`];
  const homeFolder = `${scratch}/home`;
  const cacheFolder = `${stateFolder}/cache`;
  const isolation = openIsolation({
    git,
    files,
    homeFolder,
    stateFolder,
    cacheFolder,
    userGitConfigFolder: homeFolder,
  });
  const place = await isolation.checkWorkspace(root);
  if (!place.ok) throw new Error(place.error.error);
  return (await isolation.openShadow(place.value)).gitDir;
}

/** Has the right to write to the repository's files until the function is called that it gives. */
async function holdTurn(repository: TestRepository): Promise<() => Promise<void>> {
  const lock = await advisoryLocks().acquire(`${await shadowOf(repository)}/apply`, { onLost: () => undefined });
  if (!lock.ok) throw new Error(lock.error);
  return lock.value;
}

/** A clock that stands until `start` is called; from then on short pauses are over at once. */
function hastyClock(): ManualClock & { start(): void } {
  const clock = manualClock();
  let runs = false;
  return {
    ...clock,
    setTimer(ms, callback, order) {
      if (runs && ms <= 500) setImmediate(() => clock.advance(ms));
      return clock.setTimer(ms, callback, order);
    },
    start: () => void (runs = true),
  };
}

describe.each(["simulated", "command"] as const)("%s agents that write one file", (kind) => {
  test("work apart at the same time, and what each wrote is in the file in the end (C18)", async () => {
    await using repository = await makeRepository({ "a.txt": lines(40) });
    const ids = names(4);
    const tasks = ids.map((id, index) => working(kind, id, [change(1 + index * 10)]));
    const { view, events } = await runBoth(kind, repository, { tasks });
    expect(mostAtOnce(events, ids)).toBe(4);
    expect(view).toMatchObject({ status: "completed", merge: { merged: ids, held: [] } });
    const written = [1, 11, 21, 31].reduce((text, line) => text.replace(`line ${line}\n`, `LINE ${line}\n`), lines(40));
    expect(await repository.read("a.txt")).toBe(written);
    // Each worked on the file as it was: none has seen another's line.
    for (const id of ids) {
      const [changed] = view.tasks.get(id)?.changes ?? [];
      expect(changed).toMatchObject({ file: "a.txt", type: "modify", addedLines: 1, removedLines: 1 });
    }
  });

  test("queue where they name the file as exclusive, and all of them get their turn (C18)", async () => {
    await using repository = await makeRepository({ "a.txt": lines(60), "b.txt": "b\n" });
    const ids = names(5);
    const exclusive = ["file:a.txt"];
    const tasks = [
      ...ids.map((id, index) => working(kind, id, [change(1 + index * 10)], { exclusive, writes: ["a.txt"] })),
      working(kind, "apart", [{ file: "b.txt", find: "b", replace: "B" }]),
    ];
    const { view, events } = await runBoth(kind, repository, { tasks });
    expect(mostAtOnce(events, ids)).toBe(1);
    expect(mostAtOnce(events, [...ids, "apart"])).toBe(2);
    expect(view).toMatchObject({ status: "completed", merge: { held: [] } });
    expect((await repository.read("a.txt"))?.match(/LINE/g)).toHaveLength(5);
  });

  test("that need several files each, in a ring, cannot wait for one another for ever (C18)", async () => {
    const ring = names(6);
    const content = Object.fromEntries(ring.map((_, index) => [`${index}.txt`, "free\n\n\n\n\n\nfree\n"]));
    await using repository = await makeRepository(content);
    const tasks = ring.map((id, index) => {
      const [left, right] = [index, (index + 1) % ring.length];
      // Whoever took one file after the other, as they are named, would end with one of them each.
      return working(kind, id, [{ file: `${id}.md`, content: `${id}\n` }], {
        exclusive: [`file:${left}.txt`, `file:${right}.txt`],
        writes: [`${left}.txt`, `${right}.txt`],
      });
    });
    const { view, events } = await runBoth(kind, repository, { tasks, maxParallelAgents: 6 });
    expect(view.status).toBe("completed");
    for (const [index, id] of ring.entries())
      expect(mostAtOnce(events, [id, ring[(index + 1) % ring.length] ?? ""])).toBe(1);
    expect(mostAtOnce(events, ring)).toBeGreaterThan(1);
  });

  test("wait for somebody else who writes, and say who it is: once he has left, both have been written (C18)", async () => {
    await using repository = await makeRepository({ "a.txt": lines(20) });
    const release = await holdTurn(repository);
    const clock = manualClock();
    const onEvent = async (event: RunEvent): Promise<void> => {
      if (event.type !== "apply.started") return;
      await repository.write({ "a.txt": lines(20).replace("line 17\n", "the other's\n") });
      await release();
      clock.advance(500);
    };
    const { view, events } = await runBoth(
      kind,
      repository,
      { tasks: [working(kind, "one", [change(3)])] },
      servicesBeside(repository, { clock }),
      (event) => void onEvent(event),
    );
    expect(events.filter(({ type }) => type === "apply.started")).toMatchObject([
      { waitsFor: `process ${process.pid}`, commit: view.merge?.commit },
    ]);
    expect(view).toMatchObject({ status: "completed", apply: { applied: true, files: ["a.txt"] } });
    expect(view.waitsFor).toBeUndefined();
    const both = lines(20).replace("line 3\n", "LINE 3\n").replace("line 17\n", "the other's\n");
    expect(await repository.read("a.txt")).toBe(both);
  });

  test("give up after 75 s where somebody else keeps the right to write, say so, and are applied later (C18)", async () => {
    await using repository = await makeRepository({ "a.txt": lines(20) });
    const release = await holdTurn(repository);
    const clock = hastyClock();
    const services = servicesBeside(repository, { clock });
    const { id } = await runBoth(
      kind,
      repository,
      { tasks: [working(kind, "one", [change(3)])] },
      services,
      ({ type }) => type === "merge.finished" && clock.start(),
    );
    const view = await services.runs.wait(id, { waitMs: 10 ** 9 });
    expect(view).toMatchObject({
      status: "partial",
      apply: {
        applied: false,
        reason: `process ${process.pid} is writing to this workspace right now; it was waited for 75 s`,
      },
    });
    expect(await repository.read("a.txt")).toBe(lines(20));
    await release();
    await services.runs.apply(id);
    expect(await repository.read("a.txt")).toContain("LINE 3\n");
  });

  test("stop waiting for the right to write when their run is cancelled (C18)", async () => {
    await using repository = await makeRepository({ "a.txt": lines(20) });
    const release = await holdTurn(repository);
    const services = servicesBeside(repository, { clock: manualClock() });
    let message = "";
    const cancel = async (event: RunEvent): Promise<void> => {
      if (event.type !== "apply.started") return;
      const [waiting] = await services.runs.recent(1);
      message = waiting ? progressLine(waiting, 0).message : "";
      await services.runs.cancel(waiting?.spec.executionId ?? "", "enough");
    };
    const tasks = [working(kind, "one", [change(3)])];
    const { view } = await runBoth(kind, repository, { tasks }, services, (event) => void cancel(event));
    expect(message).toContain(`waits to write: process ${process.pid} is writing here`);
    expect(view).toMatchObject({ status: "cancelled", apply: { applied: false } });
    expect(view.apply?.reason).toContain(", and the run was cancelled");
    await release();
    expect(await repository.read("a.txt")).toBe(lines(20));
  });
});

test("a decision about a conflict waits for whoever writes, and is carried out once he has left (C18, C20)", async () => {
  await using repository = await makeRepository({ "a.txt": lines(20) });
  const clock = hastyClock();
  const services = servicesBeside(repository, { clock });
  const tasks = ["one", "two"].map((id) =>
    working("simulated", id, [{ file: "a.txt", find: "line 3\n", replace: `${id}\n` }]),
  );
  const { id, view } = await runBoth("simulated", repository, { tasks }, services);
  expect(view).toMatchObject({ status: "partial", merge: { merged: ["one"], held: [{ taskId: "two" }] } });
  const release = await holdTurn(repository);
  const deciding = services.runs.resolve(id, { conflictId: "c1", option: "prefer-agent", taskId: "two" }, 10 ** 9);
  const waits = await untilSomebody(services, id);
  expect(waits).toBe(`process ${process.pid}`);
  await release();
  clock.start();
  clock.advance(500);
  expect(await deciding).toMatchObject({ done: true });
  expect(await repository.read("a.txt")).toContain("two\n");
});

/** Who is waited for, as soon as the run waits for anybody. */
async function untilSomebody(services: Services, id: string): Promise<string> {
  for (;;) {
    const { waitsFor } = await services.runs.view(id);
    if (waitsFor !== undefined) return waitsFor;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("a lock whose holder has not moved for a minute is taken over, and so at once is that of one that has ended (C18)", async () => {
  await using repository = await makeRepository({ "a.txt": "a\n" });
  const options = { onLost: () => undefined };
  const aMinuteAgo = new Date(Date.now() - 61_000);
  const stands = `${repository.scratch}/stands`;
  await mkdir(`${stands}.lock`);
  // Process 1 is always there.
  await writeFile(`${stands}.owner`, "1\n");
  expect(await advisoryLocks().acquire(stands, options)).toEqual({ ok: false, error: "process 1" });
  await utimes(`${stands}.lock`, aMinuteAgo, aMinuteAgo);
  expect(await advisoryLocks().acquire(stands, options)).toMatchObject({ ok: true });
  const ended = `${repository.scratch}/ended`;
  await mkdir(`${ended}.lock`);
  await writeFile(`${ended}.owner`, "999999999\n");
  expect(await advisoryLocks().acquire(ended, options)).toMatchObject({ ok: true });
});
