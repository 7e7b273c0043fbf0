import { describe, expect, test } from "vitest";
import { aggregateProgress, type AggregateRequest } from "../../../src/engines/progress/aggregate.ts";
import type { AgentProgress, ProgressReport } from "../../../src/schema/progress.ts";
import { problemOf, task, valueOf } from "../../rig/task-rig.ts";

const nowMs = 1_767_225_600_000; // 2026-01-01T00:00:00Z
const agent = (agentId: string, percentComplete: number, more: Partial<AgentProgress> = {}): AgentProgress => ({
  agentId,
  currentTask: `task of ${agentId}`,
  percentComplete,
  status: "working",
  ...more,
});
const report = (agentProgresses: AgentProgress[], more: Partial<AggregateRequest> = {}): ProgressReport =>
  valueOf(aggregateProgress({ agentProgresses, nowMs, ...more }));
const done = { status: "complete" } as const;
const critical = { aggregationStrategy: "critical-path" } as const;

describe("one number for several agents (P1)", () => {
  test("the simple average", () => {
    expect(report([agent("a", 50), agent("b", 75)])).toMatchObject({ overallProgress: 62.5, method: "simple-average" });
  });

  test("the weighted average", () => {
    const agents = [agent("a", 100, { taskWeight: 10, ...done }), agent("b", 0, { taskWeight: 90 })];
    expect(report(agents, { aggregationStrategy: "weighted" }).overallProgress).toBe(10);
  });

  test("a weight of 0 counts nothing, and only zeros mean the simple average, which is said", () => {
    const zero = [agent("a", 100, { taskWeight: 0, ...done }), agent("b", 20, { taskWeight: 5 })];
    expect(report(zero, { aggregationStrategy: "weighted" }).overallProgress).toBe(20);
    const zeros = [agent("a", 20, { taskWeight: 0 }), agent("b", 40, { taskWeight: 0 })];
    const answer = report(zeros, { aggregationStrategy: "weighted" });
    expect(answer.overallProgress).toBe(30);
    expect(answer.note).toContain("All weights are 0");
  });

  test("the critical path: along the longest remaining chain of the graph", () => {
    const nodes = [task("a", 10), task("b", 20, ["a"]), task("c", 30, ["b"]), task("x", 15)];
    const agents = [agent("1", 50, { currentTask: "b" }), agent("2", 10, { currentTask: "x" })];
    const answer = report(agents, { ...critical, dependencyGraph: { nodes } });
    expect(answer.criticalPath).toEqual(["a", "b", "c"]);
    // a is done, because b has begun: 10 + 10 of 60 minutes.
    expect(answer.overallProgress).toBe(33.33);
    expect(answer.estimatedCompletion).toBe("2026-01-01T00:40:00.000Z");
  });

  test("without a graph the agent with the most time left decides, which is said", () => {
    const agents = [agent("a", 90, { estimatedTimeRemaining: 5 }), agent("b", 20, { estimatedTimeRemaining: 40 })];
    const answer = report(agents, critical);
    expect(answer).toMatchObject({
      overallProgress: 20,
      criticalPath: ["task of b"],
      estimatedCompletion: "2026-01-01T00:40:00.000Z",
    });
    expect(answer.note).toContain("No dependencyGraph was given");
  });
});

describe("100 % means that everything is done", () => {
  test("all complete, whatever the last report said", () => {
    expect(report([agent("a", 97, done), agent("b", 100, done)]).overallProgress).toBe(100);
    expect(report([agent("a", 97, done)], critical)).toMatchObject({
      overallProgress: 100,
      estimatedCompletion: "2026-01-01T00:00:00.000Z",
    });
  });

  test.each(["simple-average", "weighted", "critical-path"] as const)(
    "%s: not with a failed agent, nor with one that only says 100",
    (aggregationStrategy) => {
      const weight = { taskWeight: 50 };
      for (const status of ["failed", "working", "idle", "blocked"] as const) {
        const agents = [agent("a", 100, { ...done, ...weight }), agent("b", 100, { status, ...weight })];
        expect(report(agents, { aggregationStrategy }).overallProgress).toBeLessThan(100);
      }
    },
  );
});

describe("bottlenecks", () => {
  test("failed agents come first, with high impact", () => {
    const { bottlenecks } = report([
      agent("a", 30, { status: "blocked" }),
      agent("b", 60, { status: "failed" }),
      agent("c", 60),
    ]);
    expect(bottlenecks.map(({ agentId, impact }) => [agentId, impact])).toEqual([
      ["b", "high"],
      ["a", "medium"],
    ]);
  });

  test("a blocked agent that others wait for has high impact", () => {
    const dependencyGraph = { edges: [{ from: "task of a", to: "later" }] };
    expect(report([agent("a", 30, { status: "blocked" })], { dependencyGraph }).bottlenecks[0]?.impact).toBe("high");
  });

  test("a slow agent is relieved, never given more", () => {
    const { bottlenecks } = report([agent("a", 90), agent("b", 10), agent("c", 80)]);
    expect(bottlenecks).toMatchObject([{ agentId: "b", taskId: "task of b", impact: "medium" }]);
    expect(bottlenecks[0]?.suggestion).toContain("nothing further");
  });

  test("an agent that needs far longer than the others is one even if its percentage is high", () => {
    const agents = [agent("a", 80, { estimatedTimeRemaining: 60 }), agent("b", 80, { estimatedTimeRemaining: 5 })];
    expect(report(agents).bottlenecks.map(({ agentId }) => agentId)).toEqual(["a"]);
  });

  test("agents at an even pace are none", () => {
    expect(
      report([agent("a", 50), agent("b", 60), agent("c", 100, done), agent("d", 0, { status: "idle" })]).bottlenecks,
    ).toEqual([]);
  });
});

test("the statuses are a plain object by agent, also for odd ids (C5)", () => {
  const { agentStatuses } = report([agent("agent-1", 50), agent("__proto__", 20)]);
  const sent = JSON.parse(JSON.stringify(agentStatuses)) as typeof agentStatuses;
  expect(Object.keys(sent)).toEqual(["agent-1", "__proto__"]);
  expect(sent["agent-1"]).toEqual(agent("agent-1", 50));
});

test("a failed agent's work is counted again for the completion, which is said", () => {
  const answer = report([agent("a", 90, { status: "failed" })]);
  expect(answer.estimatedCompletion).toBe("2026-01-01T00:10:00.000Z");
  expect(answer.note).toContain("1 failed agent is repeated");
});

test("tasks that the graph does not know are counted on their own and named", () => {
  const answer = report([agent("a", 50)], { ...critical, dependencyGraph: { nodes: { x: task("x", 60) } } });
  expect(answer.criticalPath).toEqual(["x"]);
  expect(answer.note).toContain("task of a");
});

describe("what cannot be aggregated is refused (C6)", () => {
  const cases: [string, AgentProgress[], Partial<AggregateRequest>, string, string][] = [
    ["no agents", [], {}, "1 to 2000 agents", "agentProgresses"],
    ["one agent twice", [agent("a", 1), agent("a", 2)], {}, "Duplicate agentId", "agentProgresses[1].agentId"],
    [
      "a missing weight",
      [agent("a", 1, { taskWeight: 1 }), agent("b", 1)],
      { aggregationStrategy: "weighted" },
      "taskWeight is required",
      "agentProgresses[1].taskWeight",
    ],
    [
      "a graph in a circle",
      [agent("a", 1)],
      {
        dependencyGraph: {
          edges: [
            { from: "x", to: "y" },
            { from: "y", to: "x" },
          ],
        },
      },
      "Circular dependencies",
      "dependencyGraph",
    ],
  ];
  test.each(cases)("%s", (_name, agentProgresses, more, phrase, field) => {
    const problem = problemOf(aggregateProgress({ agentProgresses, nowMs, ...more }));
    expect(problem.error).toContain(phrase);
    expect(problem.field).toBe(field);
  });
});
