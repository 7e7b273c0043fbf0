import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runConflicts } from "../../src/engines/coordination/runs/run-conflicts.ts";
import type { RunEvent } from "../../src/schema/event.ts";
import type { ExecuteInput } from "../../src/schema/workflow.ts";
import { createServices } from "../../src/services.ts";
import { fingerprint, makeRepository, type TestRepository } from "../rig/git-rig.ts";

const text = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n";
const change = (id: string, find: string, replace: string, atPercent: number, more: object = {}) => ({
  id,
  description: `task ${id}`,
  estimatedMinutes: 10,
  simulate: { minutes: 10, edits: [{ file: "a.txt", type: "modify" as const, find, replace, atPercent }] },
  ...more,
});

async function watchRun(repository: TestRepository, tasks: ExecuteInput["tasks"]) {
  const services = createServices({ stateFolder: join(repository.scratch, "state") });
  const events: RunEvent[] = [];
  const seen: unknown[] = [];
  const input = { tasks, workspace: repository.root, maxParallelAgents: 2, simulation: { failureRate: 0 } };
  const id = await services.runs.start(input, {}, { onEvent: (event) => events.push(event) });
  services.runs.watch(id, (event) => {
    if (event.type !== "overlap.warned") return;
    void services.runs.view(id).then((view) => seen.push(runConflicts(view)));
  });
  const view = await services.runs.wait(id, { waitMs: 60_000 });
  return { events, view, seen };
}

describe("agents at work", () => {
  test("who come together over the same lines are told of long before they end, with files and lines (C20)", async () => {
    await using repository = await makeRepository({ "a.txt": text });
    const before = await fingerprint(repository.root);
    const tasks = [change("up", "two", "TWO", 10), change("down", "three", "THREE", 20)];
    const { events, view, seen } = await watchRun(repository, tasks);
    const warned = events.filter((event) => event.type === "overlap.warned");
    expect(warned).toMatchObject([
      {
        conflict: {
          id: "l1",
          detectionMethod: "live",
          tasks: ["up", "down"],
          affectedResources: ["a.txt"],
          locations: [
            { file: "a.txt", startLine: 2, endLine: 2, agentId: "agent-1" },
            { file: "a.txt", startLine: 3, endLine: 3, agentId: "agent-2" },
          ],
        },
      },
    ]);
    expect(warned[0]?.at).toBeLessThan(5 * 60_000);
    expect(seen).toMatchObject([{ value: { hasConflicts: true, conflicts: [{ id: "l1" }] } }]);
    expect(view.conflicts).toMatchObject([{ id: "c1", detectionMethod: "git merge" }]);
    expect((await fingerprint(repository.root)).filter((line) => !line.includes(".parallelization"))).toEqual(before);
  });

  test("keep what would write the same file from starting while they work, and nothing else (C18)", async () => {
    await using repository = await makeRepository({ "a.txt": text });
    const quick = { id: "quick", description: "task quick", estimatedMinutes: 5, simulate: { minutes: 5 } };
    const tasks = [
      change("up", "two", "TWO", 10, { priority: 9 }),
      {
        ...change("down", "three", "THREE", 20, { priority: 9, estimatedMinutes: 20 }),
        simulate: { minutes: 20, edits: change("", "three", "THREE", 10, {}).simulate.edits },
      },
      change("after", "eight", "EIGHT", 100, { writes: ["*.txt"], priority: 5 }),
      quick,
    ];
    const { events, view } = await watchRun(repository, tasks);
    const startOf = (id: string) => events.find((event) => event.type === "task.started" && event.taskId === id)?.at;
    const endOf = (id: string) => events.find((event) => event.type === "task.finished" && event.taskId === id)?.at;
    expect(startOf("quick")).toBe(endOf("up"));
    expect(startOf("after")).toBe(endOf("down"));
    expect([...view.tasks.values()].every(({ state }) => state === "succeeded")).toBe(true);
  });

  test("are told of too when they are real programs, while both still wait to go on (C20)", async () => {
    await using repository = await makeRepository({ "a.txt": text });
    const { runs } = createServices({ stateFolder: join(repository.scratch, "state") });
    const flag = join(repository.scratch, "told");
    const program = (find: string, replace: string): string[] => [
      "sh",
      "-c",
      `sed -i s/${find}/${replace}/ a.txt; while [ ! -e '${flag}' ]; do sleep 0.02; done`,
    ];
    const tasks = [
      { id: "up", description: "up", command: program("two", "TWO") },
      { id: "down", description: "down", command: program("three", "THREE") },
    ];
    const working: string[][] = [];
    const told = (event: RunEvent): void => {
      if (event.type !== "overlap.warned") return;
      working.push(event.conflict.tasks);
      writeFileSync(flag, "");
    };
    const input = { tasks, workspace: repository.root, maxParallelAgents: 2, executor: "command" };
    const id = await runs.start(input, {}, { onEvent: told, commandsApproved: true });
    const view = await runs.wait(id, { waitMs: 60_000 });
    expect(working).toEqual([["up", "down"]]);
    expect(view).toMatchObject({ status: "partial", merge: { merged: ["up"], held: [{ taskId: "down" }] } });
  });

  test("who change different lines of one file are told nothing", async () => {
    await using repository = await makeRepository({ "a.txt": text });
    const { events, view } = await watchRun(repository, [
      change("up", "one", "ONE", 10),
      change("down", "eight", "EIGHT", 10),
    ]);
    expect(events.filter((event) => event.type === "overlap.warned")).toEqual([]);
    expect(view.status).toBe("completed");
  });
});
