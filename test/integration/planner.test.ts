/** Calls that are analysed beside the program. */
import { expect, test } from "vitest";
import { analyze } from "../../src/engines/analysis/analyze.ts";
import type { PlannerAnswer } from "../../src/ports/planner.ts";
import type { Analysis } from "../../src/schema/plan.ts";
import { threadedPlanner } from "../../src/platform/threaded-planner.ts";
import { seededRandom } from "../../src/util/seeded-random.ts";
import { handleCall } from "../../src/tools/handle-call.ts";
import { task, valueOf } from "../rig/task-rig.ts";
import { answerOf, refusalOf, toolWorld } from "../rig/tool-world.ts";

const random = seededRandom(5);
const subtasks = Array.from({ length: 400 }, (_, n) =>
  task(
    `t${n}`,
    1 + Math.floor(20 * random.next()),
    n < 5
      ? []
      : [...new Set([n - 1 - Math.floor(5 * random.next()), Math.floor(n * random.next())])].map((need) => `t${need}`),
    { resources: { gpu: 1 + (n % 3) } },
  ),
);
const constraints = { resources: { gpu: 4 } };
const request = {
  taskDescription: "All",
  subtasks,
  maxParallelAgents: 4,
  planningBudgetMs: 100,
  detectImplicit: false,
  constraints,
};
const instant = valueOf(analyze({ ...request, planningBudgetMs: 0 }));
const minutes = (analysis: { readonly schedule: { readonly makespanMinutes: number } | null }): number =>
  analysis.schedule?.makespanMinutes ?? Number.NaN;

function found(answer: PlannerAnswer): Analysis {
  if (typeof answer === "string") throw new Error(answer);
  return answer;
}

const program = (text: string) => () => new URL(`data:text/javascript,${encodeURIComponent(text)}`);

test("a thread searches while the program goes on, and its schedule is at least as short (B5)", async () => {
  expect(instant.schedule?.provenOptimal).toBe(false);
  let turns = 0;
  const count = setInterval(() => (turns += 1), 1);
  const analysis = found(await threadedPlanner().analyze(request));
  clearInterval(count);
  expect(minutes(analysis)).toBeLessThanOrEqual(minutes(instant));
  expect(analysis.dependencyGraph.edges).toEqual(instant.dependencyGraph.edges);
  expect(turns).toBeGreaterThan(5);
});

test("a thread that cannot start or dies costs the search, not the answer", async () => {
  const broken = (): URL => {
    throw new Error("no such place");
  };
  for (const location of [program("syntax error here"), program("process.exit(3)"), broken]) {
    const planner = threadedPlanner({ location });
    expect(await planner.analyze({ ...request, planningBudgetMs: 1 })).toBe("none");
  }
});

test("what takes more time or memory than a thread may take is not begun again in the server: it is refused", async () => {
  const hoard = "const all = []; for (;;) all.push(Array.from({ length: 1e6 }, (_, n) => ({ n })))";
  const late = threadedPlanner({ location: program("setInterval(() => {}, 1000)"), graceMs: 500 });
  expect(await late.analyze({ ...request, planningBudgetMs: 1 })).toBe("too-large");
  const large = threadedPlanner({ location: program(hoard), graceMs: 60_000 });
  const { world } = toolWorld();
  const reply = await handleCall(
    { name: "analyze_task_parallelizability", arguments: { ...request } },
    { ...world, context: { ...world.context, planner: large } },
  );
  expect(refusalOf(reply)).toMatchObject({ code: "ANALYSIS_TOO_LARGE" });
}, 60_000);

test("calls that come while two are analysed wait for their turn, and all are answered by threads", async () => {
  const planner = threadedPlanner();
  const answers = await Promise.all(Array.from({ length: 5 }, () => planner.analyze(request)));
  for (const answer of answers) expect(minutes(found(answer))).toBeLessThanOrEqual(minutes(instant));
});

test("the tool has large calls analysed by the thread, and analyses them itself without one", async () => {
  const { world } = toolWorld();
  const asked: number[] = [];
  const planner = {
    analyze: async ({ subtasks: tasks = [] }: { readonly subtasks?: readonly unknown[] | undefined }) => {
      asked.push(tasks.length);
      return "none" as const;
    },
  };
  const withPlanner = { ...world, context: { ...world.context, planner } };
  const call = async (args: object): Promise<Record<string, unknown>> =>
    answerOf(await handleCall({ name: "analyze_task_parallelizability", arguments: { ...args } }, withPlanner));
  const { planningBudgetMs: _budget, ...usual } = request;
  await call({ ...usual, subtasks: subtasks.slice(0, 50) });
  expect(asked).toEqual([]);
  await call({ ...usual, subtasks: subtasks.slice(0, 50), planningBudgetMs: 200 });
  expect(asked).toEqual([50]);
  const answer = await call(request);
  expect(asked).toEqual([50, 400]);
  expect(minutes(answer as never)).toBe(minutes(instant));
  const said = { description: expect.stringContaining("a shorter schedule was not looked for") };
  expect(answer["risks"]).toContainEqual(expect.objectContaining(said));
});

test("an answer is the same whether the thread or the tool itself has found it", async () => {
  const tasks = subtasks.slice(0, 150).map((each) => ({ ...each, resources: {} }));
  const args = { taskDescription: "All", subtasks: tasks, maxParallelAgents: 4, planningBudgetMs: 0 };
  const answers: unknown[] = [];
  for (const planner of [threadedPlanner(), { analyze: async () => "none" as const }]) {
    const { world } = toolWorld();
    const reply = await handleCall(
      { name: "analyze_task_parallelizability", arguments: args },
      { ...world, context: { ...world.context, planner } },
    );
    answers.push(answerOf(reply));
  }
  expect(answers[0]).toEqual(answers[1]);
});

test("what is refused is refused the same way when it is large", async () => {
  const { world } = toolWorld();
  const twice = [...subtasks.slice(0, 200), ...subtasks.slice(0, 1)];
  const reply = await handleCall(
    { name: "analyze_task_parallelizability", arguments: { taskDescription: "All", subtasks: twice } },
    { ...world, context: { ...world.context, planner: threadedPlanner() } },
  );
  expect(refusalOf(reply)).toMatchObject({ code: "DUPLICATE_TASK_ID", field: "subtasks[200].id" });
});
