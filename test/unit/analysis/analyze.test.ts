import { describe, expect, test } from "vitest";
import { analyze, type AnalyzeRequest } from "../../../src/engines/analysis/analyze.ts";
import type { Analysis } from "../../../src/schema/plan.ts";
import type { TaskInput } from "../../../src/schema/task.ts";
import { problemOf, task, valueOf } from "../../rig/task-rig.ts";

const ask = (subtasks: readonly TaskInput[], more: Partial<AnalyzeRequest> = {}): Analysis =>
  valueOf(analyze({ taskDescription: "Build the shop", subtasks, ...more }));

describe("what needs no plan is answered at once (P1)", () => {
  test("no subtasks", () => {
    expect(valueOf(analyze({ taskDescription: "Build" }))).toMatchObject({
      parallelizable: false,
      confidence: 0,
      reasoning: "No subtasks provided - cannot parallelize",
      suggestedBatches: [],
      schedule: null,
    });
  });

  test("one subtask", () => {
    const answer = ask([task("a", 5)]);
    expect(answer).toMatchObject({
      parallelizable: false,
      confidence: 100,
      reasoning: "Only one subtask - parallelization not beneficial",
      estimatedSpeedup: 1,
      recommendedAgents: 1,
      parallelEfficiency: 0,
    });
    expect(answer.suggestedBatches.map((batch) => batch.tasks.map(({ id }) => id))).toEqual([["a"]]);
  });

  test("a cycle", () => {
    const answer = ask([task("1", 5, ["2"]), task("2", 5, ["1"])]);
    expect(answer).toMatchObject({
      parallelizable: false,
      confidence: 100,
      reasoning: "Circular dependencies detected: 1 → 2 → 1",
      hasCycles: true,
      cycles: [["1", "2", "1"]],
      suggestedBatches: [],
    });
    expect(answer.risks).toMatchObject([{ severity: "critical" }]);
    expect(Object.keys(answer.dependencyGraph.nodes)).toEqual(["1", "2"]);
  });
});

test("a wrong call is refused before anything is computed (C6)", () => {
  const refusal = (request: Partial<AnalyzeRequest>): string =>
    problemOf(analyze({ taskDescription: "x", ...request })).error;
  expect(refusal({ taskDescription: "" })).toContain("taskDescription is required");
  expect(refusal({ taskDescription: "x".repeat(5_001) })).toContain("exceeds maximum length");
  expect(refusal({ maxParallelAgents: 0 })).toContain("maxParallelAgents must be at least 1");
  expect(refusal({ subtasks: [task("a"), task("a")] })).toContain("Duplicate task ID");
  expect(
    refusal({ subtasks: [task("a", 1, [], { resources: { gpu: 2 } })], constraints: { resources: { gpu: 1 } } }),
  ).toContain("could never start");
});

test("three independent tasks of 0.5, 0.3 and 0.4 minutes are 2.4 times as fast together (D5, P1)", () => {
  const answer = ask([task("a", 0.5), task("b", 0.3), task("c", 0.4)]);
  expect(answer).toMatchObject({
    parallelizable: true,
    estimatedSpeedup: 2.4,
    sequentialMinutes: 1.2,
    recommendedAgents: 3,
  });
  expect(answer.schedule).toMatchObject({
    makespanMinutes: 0.5,
    lowerBoundMinutes: 0.5,
    provenOptimal: true,
    gapPercent: 0,
  });
});

test("two independent tasks and one that needs both take 1.5 of 2.2 minutes (D5)", () => {
  const answer = ask([task("a", 0.8), task("b", 0.7), task("c", 0.7, ["a", "b"])]);
  expect(answer.schedule?.makespanMinutes).toBe(1.5);
  expect(answer.sequentialMinutes).toBe(2.2);
});

test("ten tasks in two phases have a parallel efficiency of 88.9 % (E6)", () => {
  const first = ["a", "b", "c", "d", "e"].map((id) => task(id));
  const second = ["f", "g", "h", "i", "j"].map((id) => task(id, 10, ["a"]));
  const { parallelEfficiency } = ask([...first, ...second]);
  expect(`${(100 * parallelEfficiency).toFixed(1)} %`).toBe("88.9 %");
});

test("the speed-up is that of a schedule without barriers: 1.92, where levels would give 1.04", () => {
  const answer = ask([task("a", 60), task("b", 5), task("c", 60, ["b"])]);
  expect(answer.estimatedSpeedup).toBeCloseTo(125 / 65, 3);
  expect(answer.criticalPath).toEqual(["b", "c"]);
  expect(answer.suggestedBatches.map(({ id, dependsOnBatches }) => [id, dependsOnBatches])).toEqual([
    ["batch-1", []],
    ["batch-2", ["batch-1"]],
  ]);
});

test("the speed-up, the schedule and the batches are those for the agents allowed", () => {
  const tasks = Array.from({ length: 6 }, (_, n) => task(`t${n}`, 10));
  const answer = ask(tasks, { maxParallelAgents: 2 });
  expect(answer).toMatchObject({ estimatedSpeedup: 2, recommendedAgents: 2 });
  expect(answer.schedule).toMatchObject({ agents: 2, makespanMinutes: 30 });
  expect(answer.suggestedBatches[0]?.estimatedMinutes).toBe(30);
  expect(answer.speedupByAgents).toHaveLength(6);
  expect(ask(tasks)).toMatchObject({ estimatedSpeedup: 6, recommendedAgents: 6 });
});

describe("the verdict is honest and names what decided (P1)", () => {
  const lock = { exclusive: ["lockfile"] };
  const sameFile = { writes: ["src/app.ts"] };
  const sameFolder = { writes: ["src/app/**"] };
  const cases: [string, readonly TaskInput[], boolean, string][] = [
    [
      "a chain",
      [task("1", 5), task("2", 5, ["1"]), task("3", 5, ["2"])],
      false,
      "each task waits for the one before it (1 → 2 → 3)",
    ],
    ["one file for all", [task("1", 5, [], sameFile), task("2", 5, [], sameFile)], false, "share files, mutexes"],
    ["one mutex for all", [task("1", 5, [], lock), task("2", 5, [], lock)], false, "share files, mutexes or resources"],
    [
      "one task that is nearly all",
      [task("big", 100), task("small", 5)],
      false,
      "the critical path big takes 100 of 105 minutes",
    ],
    [
      "conflicts that eat the gain",
      [task("big", 100, [], sameFolder), task("b", 7, [], sameFolder), task("c", 10, ["b"], sameFolder)],
      false,
      "because of conflicts",
    ],
    ["two equal tasks", [task("a", 10), task("b", 10)], true, "2x"],
    [
      "one folder, and enough gain all the same",
      ["a", "b", "c"].map((id) => task(id, 10, [], sameFolder)),
      true,
      "Conflicts are expected to cost about",
    ],
  ];
  test.each(cases)("%s", (_name, tasks, parallelizable, phrase) => {
    const answer = ask(tasks);
    expect(answer.parallelizable).toBe(parallelizable);
    expect(answer.reasoning).toContain(phrase);
    expect(answer.reasoning).toMatch(parallelizable ? /^Parallel is better/ : /^Serial is better/);
  });

  test("one agent alone", () => {
    expect(ask([task("a", 10), task("b", 10)], { maxParallelAgents: 1 })).toMatchObject({ parallelizable: false });
  });
});

test("estimates, stated dependencies and declared files make the verdict surer", () => {
  const bare = ask([task("a"), task("b"), task("c")]).confidence;
  const estimated = ask([task("a", 10), task("b", 10), task("c", 10)]).confidence;
  const declared = ask([
    task("a", 10, [], { writes: ["a"] }),
    task("b", 10, [], { writes: ["b"] }),
    task("c", 10, [], { writes: ["c"] }),
  ]).confidence;
  expect(bare).toBeGreaterThan(40);
  expect(estimated).toBeGreaterThan(bare);
  expect(declared).toBeGreaterThan(estimated);
});

test("risks name conflicts, repeated descriptions, bottlenecks, one long task, unstated order and missing estimates", () => {
  const tasks: TaskInput[] = [
    task("root", 100),
    task("x", 5, ["root"], { writes: ["a.ts"] }),
    task("y", 5, ["root"], { writes: ["a.ts"] }),
    task("z", 5, ["root"], { description: "Do the work called x" }),
    { id: "w", description: "Tidy up after root or y." },
  ];
  const { risks, bottlenecks } = ask(tasks);
  const text = risks.map((risk) => risk.description).join("\n");
  expect(text).toContain("declare to write a.ts, so that only one of them runs at a time: x, y");
  expect(text).toContain("Tasks x, z have the same description");
  expect(text).toContain('Task "root" is a bottleneck');
  expect(text).toContain('Task "root" alone is 80 % of the work');
  expect(text).toContain("The texts state 2 dependencies that the plan does not keep: root → w");
  expect(text).toContain("1 of 5 tasks have no estimate; 10 minutes each are assumed");
  expect(risks.every((risk) => risk.mitigation.length > 0)).toBe(true);
  expect(bottlenecks).toMatchObject([{ taskId: "root", blocks: 3, slackMinutes: 0 }]);
});

describe("order that the texts state and the plan does not keep", () => {
  const minutes = (tasks: readonly (readonly [string, string])[]): TaskInput[] =>
    tasks.map(([id, description]) => ({ id, description, estimatedMinutes: 10 }));
  const parsers = [
    ["p1", "Write the query parser"],
    ["p2", "Write the config parser"],
  ] as const;

  test("is a medium risk, makes the verdict less sure, and the reasoning says what the plan would be with it", () => {
    const unclear = ask(minutes([...parsers, ["x", "Write the linter. Needs the parser."]]));
    const silent = ask(minutes([...parsers, ["x", "Write the linter."]]));
    expect(unclear.confidence).toBeLessThan(silent.confidence - 10);
    expect(unclear.reasoning).toContain("with them the speed-up is 1.5x instead of 3x");
    expect(silent.reasoning).not.toContain("The texts state");
    expect(unclear.risks).toContainEqual({
      description: `The texts state 2 dependencies that the plan does not keep: p1 → x ("Needs the parser"), p2 → x ("Needs the parser")`,
      severity: "medium",
      mitigation: "State those that are meant in dependsOn; with all of them the plan takes 20 instead of 10 minutes.",
    });
  });

  test("is told apart from order that contradicts other dependencies", () => {
    const tasks = minutes([
      ["a", "Write the parser after the lexer"],
      ["b", "Write the lexer after the parser"],
      ["c", "Write the manual"],
    ]);
    expect(ask(tasks).reasoning).toContain(
      'The texts state a dependency that is not applied, because it contradicts others (a → b ("after the parser"))',
    );
  });

  test("is nothing that is merely usual or alike: that is a low risk and leaves the verdict as sure as it was", () => {
    const usual = minutes([
      ["e", "Expose the order endpoint for accounts"],
      ["m", "Write the order migration for accounts"],
      ["s", "Scaffold the monorepo"],
    ]);
    const other = minutes([
      ["e", "Do one thing in code"],
      ["m", "Do another thing in code"],
      ["s", "Do a third thing in code"],
    ]);
    const analysis = ask(usual);
    expect(analysis.implicitDependencies.length).toBeGreaterThan(0);
    expect(analysis.confidence).toBe(ask(other).confidence);
    expect(analysis.risks.filter((risk) => risk.severity !== "low")).toEqual([]);
  });
});

test("equal independent tasks are nobody's bottleneck", () => {
  expect(ask([task("a", 10), task("b", 10), task("c", 10)]).bottlenecks).toEqual([]);
});

test("with the goal of few conflicts the tasks that would meet are planned apart", () => {
  const tasks = [task("a", 10, [], { writes: ["x.ts"] }), task("b", 10, [], { writes: ["x.ts"] }), task("c", 10)];
  const answer = ask(tasks, { optimizationGoal: "minimize-conflicts" });
  expect(answer.suggestedBatches.map((batch) => batch.tasks.map(({ id }) => id))).toEqual([["a", "c"], ["b"]]);
  expect(answer.schedule?.makespanMinutes).toBe(20);
});

test("every number of an answer is finite, and the answer survives JSON unchanged", () => {
  const answer = ask([task("a", 0.001), task("b", 1_440, ["a"]), task("c")]);
  expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
  expect(JSON.stringify(answer)).not.toContain("null");
});
