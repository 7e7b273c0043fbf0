/** Tasks that declare to write the same file, without an order between them: one at a time, each on top of the other's work. */
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunEvent } from "../../src/schema/event.ts";
import type { ExecuteInput } from "../../src/schema/workflow.ts";
import { createServices } from "../../src/services.ts";
import { makeRepository, type TestRepository } from "../rig/git-rig.ts";

const change = (id: string, find: string, replace: string, more: object = {}) => ({
  id,
  description: `task ${id}`,
  estimatedMinutes: 10,
  simulate: { minutes: 10, edits: [{ file: "a.txt", type: "modify" as const, find, replace }] },
  ...more,
});

async function run(repository: TestRepository, tasks: ExecuteInput["tasks"]) {
  const services = createServices({ stateFolder: join(repository.scratch, "state") });
  const events: RunEvent[] = [];
  const input = { tasks, workspace: repository.root, maxParallelAgents: 3, simulation: { failureRate: 0 } };
  const id = await services.runs.start(input, {}, { onEvent: (event) => events.push(event) });
  const view = await services.runs.wait(id, { waitMs: 60_000 });
  await services.runs.apply(id);
  return { events, view };
}

const files = { writes: ["a.txt"] };

test("tasks that declare the same file run one after another, each on what the others made of it, and all is merged", async () => {
  await using repository = await makeRepository({ "a.txt": "one\ntwo\nthree\n" });
  const tasks = [
    change("up", "two", "TWO", files),
    change("down", "three", "THREE", files),
    change("again", "one", "ONE", files),
    { id: "beside", description: "task beside", estimatedMinutes: 10, simulate: { minutes: 10 } },
  ];
  const { view, events } = await run(repository, tasks);
  expect(view).toMatchObject({ status: "completed", merge: { held: [] }, maxParallel: 2 });
  expect(events.filter((event) => event.type === "overlap.warned")).toEqual([]);
  expect(view.tasks.get("up")?.builtOn).toBeUndefined();
  expect(view.tasks.get("again")?.builtOn).toHaveLength(1);
  expect(await repository.read("a.txt")).toBe("ONE\nTWO\nTHREE\n");
});

test("it is no order: when the first of them fails, the other starts from the files as they were", async () => {
  await using repository = await makeRepository({ "a.txt": "one\ntwo\n" });
  const failing = { minutes: 10, fail: true as const };
  const tasks = [
    { ...change("up", "one", "ONE", { ...files, priority: 9 }), simulate: failing },
    change("down", "two", "TWO", files),
  ];
  const services = createServices({ stateFolder: join(repository.scratch, "state") });
  const input = { tasks, workspace: repository.root, executionStrategy: "aggressive" as const };
  const id = await services.runs.start(input, {});
  const view = await services.runs.wait(id, { waitMs: 60_000 });
  expect(view.tasks.get("up")?.state).toBe("failed");
  expect(view.tasks.get("down")).toMatchObject({ state: "succeeded" });
  expect(view.tasks.get("down")?.builtOn).toBeUndefined();
  expect(view.merge?.merged).toEqual(["down"]);
});

test("results that do not go together keep nobody from working who needs none of them", async () => {
  await using repository = await makeRepository({ "a.txt": "one\n1\n2\n3\n4\ntwo\n", "b.txt": "b\n", "c.txt": "c\n" });
  const also = (id: string, replace: string, writes: string[]) => change(id, "two", replace, { writes, priority: 9 });
  const tasks = [
    also("left", "LEFT", ["b.txt"]),
    also("right", "RIGHT", ["c.txt"]),
    { ...change("both", "one", "ONE"), writes: ["b.txt", "c.txt"] },
  ];
  const { view } = await run(repository, tasks);
  expect(view.tasks.get("both")).toMatchObject({ state: "succeeded" });
  expect(view.tasks.get("both")?.builtOn).toBeUndefined();
  expect(view.merge?.held).toHaveLength(1);
});
