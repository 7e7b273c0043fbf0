/** Several agents write one file: apart from one another, one after the other where asked, and never for ever. */
import { mkdir, utimes, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { openIsolation } from "../../src/engines/isolation/isolation.ts";
import { advisoryLocks } from "../../src/platform/advisory-lock.ts";
import { gitCli } from "../../src/platform/git-cli.ts";
import { nodeFiles } from "../../src/platform/node-files.ts";
import { mostAtOnce, runBoth, servicesBeside, working } from "../rig/both-kinds.ts";
import { makeRepository, type TestRepository } from "../rig/git-rig.ts";

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

  test("do not wait for a lock that somebody else has: the run ends and says so, and is applied later (C18)", async () => {
    await using repository = await makeRepository({ "a.txt": lines(20) });
    const gitDir = await shadowOf(repository);
    const lock = await advisoryLocks().acquire(`${gitDir}/apply`, { onLost: () => undefined });
    if (!lock.ok) throw new Error(lock.error);
    const services = servicesBeside(repository);
    const { view, id } = await runBoth(kind, repository, { tasks: [working(kind, "one", [change(3)])] }, services);
    expect(view).toMatchObject({
      status: "partial",
      apply: { applied: false, reason: `process ${process.pid} is writing to this workspace right now` },
    });
    expect(await repository.read("a.txt")).toBe(lines(20));
    await lock.value();
    await services.runs.apply(id);
    expect(await repository.read("a.txt")).toContain("LINE 3\n");
  });
});

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
