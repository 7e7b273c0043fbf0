import { describe, expect, test, vi } from "vitest";
import { acceptSource } from "../../../src/engines/planning/accept-source.ts";
import { arrangePhases } from "../../../src/engines/planning/arrange-phases.ts";
import { planRun } from "../../../src/engines/planning/plan-run.ts";
import { phasesSchema } from "../../../src/schema/phases.ts";
import type { TaskInput } from "../../../src/schema/task.ts";
import { problemOf, task, valueOf } from "../../rig/task-rig.ts";

const executors = ["simulated", "command"];
const arrange = (phases: unknown, tasks?: readonly TaskInput[]) =>
  arrangePhases({ phases: phasesSchema.parse(phases), tasks, executors });
const needs = (arranged: { readonly tasks: readonly TaskInput[] }) =>
  Object.fromEntries(arranged.tasks.map(({ id, dependsOn = [] }) => [id, dependsOn]));

describe("phases of one's own", () => {
  test("wait for one another, and name tasks by id or role (B6)", () => {
    const tasks = [
      task("plan"),
      task("a", 3, [], { role: "builder" }),
      task("b", 4, [], { role: "builder" }),
      task("end"),
    ];
    const arranged = valueOf(arrange([["plan"], { name: "build", tasks: ["builder"] }, ["end"]], tasks));
    expect(arranged.phases).toEqual([["plan"], ["a", "b"], ["end"]]);
    expect(needs(arranged)).toEqual({ plan: [], a: ["plan"], b: ["plan"], end: ["a", "b"] });
    expect(arranged.warnings).toEqual([]);
  });

  test("hold tasks themselves, whose dependencies may name roles (B6)", () => {
    const phases = [
      { tasks: [{ role: "architect", description: "Decide" }] },
      {
        tasks: [
          { id: "api", role: "backend", description: "Write the API" },
          { id: "ui", description: "Draw it", dependsOn: ["backend"] },
        ],
      },
    ];
    const arranged = valueOf(arrange(phases));
    expect(needs(arranged)).toEqual({ architect: [], api: ["architect"], ui: ["api", "architect"] });
  });

  test("skip a long chain written backwards by looking at each task a few times only", () => {
    const lookups = [500, 1_000].map((length) => {
      const chain = Array.from({ length }, (_, place) => ({
        ...{ id: `t${place}`, description: "x" },
        ...(place === length - 1 ? { executor: "acp:gemini" } : { dependsOn: [`t${place + 1}`] }),
      }));
      const counted = [
        vi.spyOn(Map.prototype, "has"),
        vi.spyOn(Map.prototype, "get"),
        vi.spyOn(Map.prototype, "delete"),
      ];
      const arranged = valueOf(arrange([[{ id: "other", description: "x" }, ...chain]]));
      const count = counted.reduce((sum, { mock }) => sum + mock.calls.length, 0);
      vi.restoreAllMocks();
      expect(arranged.phases).toEqual([["other"]]);
      expect(arranged.warnings).toHaveLength(length);
      return count;
    });
    expect(lookups[1]).toBeLessThan(1_000 * 20);
    expect(lookups[1]).toBeLessThan(2.1 * (lookups[0] ?? 0));
  });

  test("skip whoever is unknown with a warning, and say what becomes of those that wait for it (D2)", () => {
    const phases = [
      [{ id: "a", description: "x" }, "ghost"],
      [
        { id: "b", description: "x", executor: "acp:gemini" },
        { id: "c", description: "x" },
        { id: "d", description: "x", dependsOn: ["painter"] },
      ],
      [
        { id: "e", description: "x", dependsOn: ["b"] },
        { id: "f", description: "x" },
      ],
    ];
    const arranged = valueOf(arrange(phases));
    expect(needs(arranged)).toEqual({ a: [], c: ["a"], f: ["c"] });
    expect(arranged.warnings.map(({ reason }) => reason)).toEqual([
      "'ghost' in phase 1 is no task and no role of this plan: skipped",
      "task 'b' names the unknown executor 'acp:gemini': skipped; its phase goes on without it",
      "task 'd' depends on 'painter', which is no task and no role of this plan: skipped; its phase goes on without it",
      "task 'e' is skipped as well, because it depends on 'b'",
    ]);
  });

  test("leave out what is in none of them, and say so", () => {
    const arranged = valueOf(arrange([["a"]], [task("a"), task("b")]));
    expect(arranged.tasks.map(({ id }) => id)).toEqual(["a"]);
    expect(arranged.warnings[0]?.reason).toBe("task 'b' is in no phase: it does not run");
  });

  test("are refused where nothing is left, a task has no name, or comes twice", () => {
    expect(problemOf(arrange([["ghost"]]))).toMatchObject({ code: "NO_TASKS" });
    expect(problemOf(arrange([[{ description: "x" }]]))).toMatchObject({ field: "phases[0][0].id" });
    expect(problemOf(arrange([["a"], { tasks: ["a"] }], [task("a")]))).toMatchObject({
      code: "DUPLICATE_TASK_ID",
      field: "phases[1].tasks[0]",
    });
  });

  test("that wait for a later phase form a cycle, which is an error before anything runs (D2)", () => {
    const phases = phasesSchema.parse([
      [{ id: "a", description: "x", dependsOn: ["b"] }],
      [{ id: "b", description: "x" }],
    ]);
    const { accepted } = valueOf(acceptSource({ phases, executors, field: "phases" }));
    const plan = planRun({ ...accepted, executor: "simulated", realExecutors: [], constraints: {} });
    expect(problemOf(plan)).toMatchObject({ code: "DEPENDENCY_CYCLE" });
  });
});
