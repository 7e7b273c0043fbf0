/** What an answer costs the model that reads it. */
import { describe, expect, test } from "vitest";
import type { TaskInput } from "../../../src/schema/task.ts";
import { answerLimitBytes } from "../../../src/tools/fit-size.ts";
import { succeeded, started } from "../../rig/run-story.ts";
import { answerOf, toolWorld } from "../../rig/tool-world.ts";

/** Above this Claude Code puts an answer into a file and shows the model the beginning. */
const claudeCodeInlineCharacters = 60_000;

const work = (count: number): TaskInput[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `task-${index}`,
    description: `Write module ${index} of the service with its tests and its documentation, in src/module-${index}.ts`,
    estimatedMinutes: 10 + (index % 7) * 5,
    ...(index >= 10 && index % 3 === 0 ? { dependsOn: [`task-${index - 10}`, `task-${index - 7}`] } : {}),
  }));

interface Sized {
  readonly answer: Record<string, unknown>;
  readonly bytes: number;
}

/** Asks every tool about that many tasks; the run has ended, and every agent has said a lot. */
async function answers(count: number): Promise<Readonly<Record<string, Sized>>> {
  const { call, runs } = toolWorld();
  const tasks = work(count);
  const ask = async (name: string, args: Record<string, unknown>): Promise<Sized> => {
    const reply = await call(name, args);
    return { answer: answerOf(reply), bytes: Buffer.byteLength(reply.content[0].text) };
  };
  answerOf(await call("execute_parallel_workflow", { tasks }));
  const summary = "I wrote the module and its tests. ".repeat(20);
  const done = tasks.flatMap(({ id }) => [
    started(id, "agent-1"),
    succeeded(id, "agent-1", { durationMs: 5, summary }),
  ]);
  runs.happen("run-1", ...done, { type: "run.finished", status: "completed" });
  const { results } = (await ask("aggregate_progress", { executionId: "run-1", detail: "full" })).answer;
  return {
    analyze: await ask("analyze_task_parallelizability", { taskDescription: "Build it", subtasks: tasks }),
    graph: await ask("create_dependency_graph", { tasks }),
    optimize: await ask("optimize_batch_distribution", { tasks, maxParallelAgents: 5 }),
    progress: await ask("aggregate_progress", { executionId: "run-1" }),
    given: await ask("aggregate_progress", { agentProgresses: results }),
    conflicts: await ask("detect_conflicts", { agentResults: results }),
    recent: await ask("aggregate_progress", {}),
  };
}

describe("ten tasks", () => {
  test("no answer is cut, and each is small", async () => {
    for (const [name, { answer, bytes }] of Object.entries(await answers(10))) {
      expect({ name, truncated: answer["truncated"] }).toEqual({ name, truncated: undefined });
      expect({ name, isSmall: bytes < 8_000 }).toEqual({ name, isSmall: true });
    }
  });
});

describe("a hundred tasks", () => {
  test("every answer is read at once, without a file in between (C29)", async () => {
    for (const [name, { bytes }] of Object.entries(await answers(100)))
      expect({ name, isInline: bytes < claudeCodeInlineCharacters }).toEqual({ name, isInline: true });
  });

  test("progress alone stays within the limit of an answer", async () => {
    const { progress, given, conflicts } = await answers(100);
    for (const sized of [progress, given, conflicts]) expect(sized?.bytes).toBeLessThanOrEqual(answerLimitBytes);
  });
});

describe("two thousand tasks", () => {
  test("tasks, batches and results are all there; what else could go is gone, and the answer says how to get it", async () => {
    const { analyze, progress } = await answers(2_000);
    const analysis = analyze?.answer as {
      readonly suggestedBatches: { readonly tasks: TaskInput[] }[];
      readonly dependencyGraph: object;
      readonly schedule: object;
    };
    expect(analyze?.answer).toMatchObject({
      truncated: true,
      more: {
        leftOut: [
          "schedule slots",
          "descriptions in the graph's nodes, which the batches have too",
          "the graph's nodes, which are the tasks of the batches",
          "the graph's explicit edges, which the tasks of the batches state in dependsOn",
        ],
        how: 'Call analyze_task_parallelizability again with the same arguments and detail: "full".',
      },
    });
    expect(analysis.suggestedBatches.flatMap(({ tasks }) => tasks).toSorted(byNumber)).toEqual(work(2_000));
    expect(analysis.dependencyGraph).toEqual({ nodes: {}, edges: [] });
    expect(analyze?.bytes).toBeLessThan(JSON.stringify(analysis.suggestedBatches).length + answerLimitBytes);
    expect(analysis.schedule).not.toHaveProperty("slots");
    expect(progress?.answer["tasks"]).toHaveLength(2_000);
    expect(progress?.answer).toMatchObject({ truncated: true, more: { leftOut: ["the timeline of the report"] } });
  });

  test("a graph that came without its texts still knows the minutes of its tasks (C5)", async () => {
    const { call } = toolWorld();
    const subtasks = work(140);
    const analysis = answerOf(await call("analyze_task_parallelizability", { taskDescription: "Build it", subtasks }));
    expect(analysis["truncated"]).toBe(true);
    const agentProgresses = [{ agentId: "a", currentTask: "task-0", percentComplete: 0, status: "working" }];
    const path = async (dependencyGraph: unknown): Promise<unknown> =>
      answerOf(await call("aggregate_progress", { agentProgresses, dependencyGraph }))["criticalPath"];
    const whole = answerOf(await call("create_dependency_graph", { tasks: subtasks, detail: "full" }));
    expect(await path(analysis["dependencyGraph"])).toEqual(await path(whole["graph"]));
  });
});

function byNumber(left: TaskInput, right: TaskInput): number {
  return Number(left.id.slice("task-".length)) - Number(right.id.slice("task-".length));
}
