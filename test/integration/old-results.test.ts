/** The results of runs are kept for 30 days; what somebody may still need is kept longer. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { pruneResults } from "../../src/engines/coordination/runs/prune-results.ts";
import { openRunIndex } from "../../src/engines/journal/run-index.ts";
import { advisoryLocks } from "../../src/platform/advisory-lock.ts";
import { gitCli } from "../../src/platform/git-cli.ts";
import { linuxMachine } from "../../src/platform/linux-machine.ts";
import { nodeFiles } from "../../src/platform/node-files.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { runBoth, servicesBeside, working } from "../rig/both-kinds.ts";
import { makeRepository, type TestRepository } from "../rig/git-rig.ts";

const text = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n";
const edit = (find: string) => [{ file: "a.txt", find, replace: find.toUpperCase() }];

/** What the start of a server does so many days from now. */
async function startAfter(repository: TestRepository, days: number): Promise<void> {
  const [files, stateFolder] = [nodeFiles(), join(repository.scratch, "state")];
  const clock = { ...systemClock(), now: () => Date.now() + days * 86_400_000 };
  const world = { files, clock, locks: advisoryLocks(), machine: linuxMachine(), stateFolder, log: () => undefined };
  await pruneResults(world, gitCli(), openRunIndex(files, stateFolder));
}

async function keptRefs(repository: TestRepository, id: string): Promise<number> {
  const files = nodeFiles();
  const folder = join(repository.scratch, "state", "shadows");
  const [name = ""] = await files.list(folder);
  const gitDir = join(folder, name, "shadow.git");
  const { text: refs } = await gitCli().run(["for-each-ref", "--format=%(refname)"], { gitDir });
  return refs.split("\n").filter((ref) => ref.startsWith(`refs/runs/${id}/`)).length;
}

test("results that nobody has taken go 30 days after the last was made; the report stays, and apply says so", async () => {
  await using repository = await makeRepository({ "a.txt": text });
  const services = servicesBeside(repository);
  const tasks = [working("command", "up", edit("two"))];
  const { id } = await runBoth("command", repository, { tasks, apply: "none" }, services);
  await startAfter(repository, 29);
  expect(await keptRefs(repository, id)).toBeGreaterThan(0);
  await startAfter(repository, 31);
  expect(await keptRefs(repository, id)).toBe(0);
  expect(await services.runs.view(id)).toMatchObject({ status: "completed" });
  expect((await nodeFiles().list(join(repository.root, ".parallelization", "runs", id))).join()).toContain("report.md");
  await expect(services.runs.apply(id)).rejects.toMatchObject({
    problem: {
      code: "NOTHING_TO_APPLY",
      error: `The results of run '${id}' are kept no longer; results that nobody has taken are kept for 30 days.`,
    },
  });
});

test("results that wait for a decision stay until it is made, and can be taken after years", async () => {
  await using repository = await makeRepository({ "a.txt": text });
  const services = servicesBeside(repository);
  const tasks = [working("simulated", "up", edit("two")), working("simulated", "down", edit("three"))];
  const { id, view } = await runBoth("simulated", repository, { tasks }, services);
  expect(view.merge?.held).toMatchObject([{ taskId: "down" }]);
  const ends = [working("simulated", "end", edit("seven"))];
  const other = await runBoth("simulated", repository, { tasks: ends, apply: "none" }, services);
  expect(await keptRefs(repository, other.id)).toBeGreaterThan(0);
  await startAfter(repository, 1_000);
  expect(await keptRefs(repository, other.id)).toBe(0);
  const choice = { conflictId: "c1", option: "prefer-agent", taskId: "down" };
  expect(await services.runs.resolve(id, choice, 60_000)).toMatchObject({ done: true });
  expect(await repository.read("a.txt")).toBe("one\ntwo\nTHREE\nfour\nfive\nsix\nseven\n");
});

test("what a removed run has left goes after 30 days, a folder with another name stays, and one process does it once a day", async () => {
  await using repository = await makeRepository({ "a.txt": text });
  const services = servicesBeside(repository);
  const tasks = [working("simulated", "up", edit("two"))];
  const { id } = await runBoth("simulated", repository, { tasks, apply: "none" }, services);
  const [files, stateFolder] = [nodeFiles(), join(repository.scratch, "state")];
  await openRunIndex(files, stateFolder).remove(id);
  const [name = ""] = await files.list(`${stateFolder}/shadows`);
  const gitDir = `${stateFolder}/shadows/${name}/shadow.git`;
  const kept = (await gitCli().run(["rev-parse", `refs/runs/${id}/base`], { gitDir })).text.trim();
  await gitCli().run(["update-ref", "refs/runs/_h_unknown/base", kept], { gitDir });
  const held = await advisoryLocks().acquire(`${stateFolder}/pruned`, { onLost: () => undefined });
  if (!held.ok) throw new Error(held.error);
  await startAfter(repository, 40);
  expect(await keptRefs(repository, id)).toBeGreaterThan(0);
  await held.value();
  await startAfter(repository, 40);
  expect(await keptRefs(repository, id)).toBe(0);
  expect(await keptRefs(repository, "_h_unknown")).toBe(1);
  await gitCli().run(["update-ref", `refs/runs/${id}/base`, kept], { gitDir });
  await startAfter(repository, 40);
  expect(await keptRefs(repository, id)).toBe(1);
});
