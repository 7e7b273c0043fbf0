/**
 * What every executor keeps, whatever its agents are: the coordinator relies on each of these and checks none.
 * A new executor's test calls `keepsExecutorContract` and is held to all of it.
 */
import { describe, expect, test } from "vitest";
import type {
  AgentAssignment,
  AgentEnd,
  AgentReport,
  Executor,
  RunningAgent,
} from "../../src/engines/execution/executor.ts";
import { agentErrorNames } from "../../src/schema/outcome.ts";
import { plannedTask } from "./planned-run.ts";

/** The same executor in a world of its own, and tasks that bring its agents to their different ends. */
export interface ContractSubject extends AsyncDisposable {
  readonly executor: Executor;
  readonly executionId: string;
  /** Folder for the agents; undefined when they need none. */
  readonly folder: string | undefined;
  /** An agent of this ends well, by itself. */
  readonly succeeding: Partial<AgentAssignment["task"]>;
  /** An agent of this never ends by itself. */
  readonly endless: Partial<AgentAssignment["task"]>;
  /** An agent of this fails or cannot even start. */
  readonly failing: Partial<AgentAssignment["task"]>;
  /** An agent of this asks, and ends well once it is answered; absent where agents of this kind never ask. */
  readonly asking?: Partial<AgentAssignment["task"]>;
  /** Resolves when an endless agent is really at work. */
  atWork?(agent: ContractAgent): Promise<void>;
  /** Lets the time pass that agents are given to end by themselves. */
  passGrace?(): void;
}

/** An agent at work, and all it said. */
export interface ContractAgent {
  readonly running: RunningAgent;
  readonly reports: readonly AgentReport[];
  /** Resolves with the first report of that type, past or future. */
  said(type: AgentReport["type"]): Promise<AgentReport>;
}

/** Holds an executor to the contract: one test a promise. `asks`: its agents can be brought to ask. */
export function keepsExecutorContract(of: {
  readonly name: string;
  readonly asks: boolean;
  readonly open: () => Promise<ContractSubject>;
}): void {
  const { name, asks, open } = of;
  describe(`agents of the executor ${name}`, () => {
    test("can be asked for without one being started", async () => {
      await using subject = await open();
      const status = await subject.executor.probe();
      expect(subject.executor.kind).not.toBe("");
      expect(status.available || (status.reason ?? "") !== "").toBe(true);
    });

    test("end well once, without an error, and say nothing afterwards", async () => {
      await using subject = await open();
      const agent = start(subject, subject.succeeding);
      const end = await agent.running.ended;
      expect(end).toMatchObject({ success: true, partial: false });
      expect(end.error).toBeUndefined();
      await isSettled(agent, end);
    });

    test("fail with a reason that can be acted on, and never throw at whoever starts them", async () => {
      await using subject = await open();
      const agent = start(subject, subject.failing);
      const end = await agent.running.ended;
      expect(end.success).toBe(false);
      expectFailure(end);
      await isSettled(agent, end);
    });

    test.each([
      ["cancelled", "Cancelled"],
      ["shutdown", "Cancelled"],
      ["timeout", "Timeout"],
    ] as const)("that are stopped because of %s end with %s, however often they are told", async (reason, error) => {
      await using subject = await open();
      const agent = start(subject, subject.endless);
      await subject.atWork?.(agent);
      agent.running.stop(reason);
      agent.running.stop(reason);
      subject.passGrace?.();
      const end = await agent.running.ended;
      expectFailure(end);
      expect(end.error?.name).toBe(error);
      await isSettled(agent, end);
    });

    test("can be stopped before they have begun", async () => {
      await using subject = await open();
      const agent = start(subject, subject.endless);
      agent.running.stop("cancelled");
      subject.passGrace?.();
      expect((await agent.running.ended).error?.name).toBe("Cancelled");
    });

    test("let answers pass that nobody waits for", async () => {
      await using subject = await open();
      const agent = start(subject, subject.succeeding);
      agent.running.answer("no such question", "yes");
      expect((await agent.running.ended).success).toBe(true);
    });

    test("take messages while they work, and none once they have ended, or say beforehand that they take none (C12)", async () => {
      await using subject = await open();
      const agent = start(subject, subject.endless);
      await subject.atWork?.(agent);
      const takes = subject.executor.takesMessages === true;
      expect(agent.running.steer !== undefined).toBe(takes);
      expect(agent.running.steer?.("keep the old route") ?? false).toBe(takes);
      agent.running.stop("cancelled");
      subject.passGrace?.();
      const end = await agent.running.ended;
      expect(agent.running.steer?.("too late") ?? false).toBe(false);
      await isSettled(agent, end);
    });

    test("work at the same time without mixing up what they say", async () => {
      await using subject = await open();
      const first = start(subject, subject.succeeding);
      // Tasks are what tells the processes of two agents apart.
      const second = start(subject, { id: "another", ...subject.failing });
      const ends = await Promise.all([first.running.ended, second.running.ended]);
      expect(ends.map(({ success }) => success)).toEqual([true, false]);
    });

    if (!asks) return;
    test("that ask offer answers, name the one taken when nobody answers, and go on when they are told", async () => {
      await using subject = await open();
      const agent = start(subject, subject.asking ?? {});
      const question = await agent.said("question");
      if (question.type !== "question") throw new Error("not a question");
      expect(question.text).not.toBe("");
      expect(question.options).toContain(question.fallback);
      agent.running.answer("another question", question.fallback);
      expect(await endsSoon(agent)).toBe(false);
      agent.running.answer(question.questionId, question.fallback);
      expect((await agent.running.ended).success).toBe(true);
    });
  });
}

function start(subject: ContractSubject, task: Partial<AgentAssignment["task"]>): ContractAgent {
  const { executor, executionId, folder } = subject;
  const reports: AgentReport[] = [];
  const listeners = new Set<() => void>();
  const running = executor.start(
    {
      executionId,
      agentId: `agent-${task.id ?? 1}`,
      task: plannedTask({ id: "t1", executorKind: executor.kind, ...task }),
      order: 0,
      attempt: 1,
      goal: "keep the contract",
      strategy: "conservative",
      folder,
      dependencies: [],
      previousError: undefined,
    },
    (said) => {
      reports.push(said);
      for (const look of listeners) look();
    },
  );
  const said: ContractAgent["said"] = (type) =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = reports.find((each) => each.type === type);
        if (found) resolve(found);
      };
      listeners.add(look);
      look();
      void running.ended.then((end) => reject(new Error(`it ended before: ${JSON.stringify(end)}`)));
    });
  return { running, reports, said };
}

/** Whether it ends within a hundred turns of the event loop, which is far more than an agent that waits for nothing takes. */
async function endsSoon({ running }: ContractAgent): Promise<boolean> {
  let ended = false;
  void running.ended.then(() => (ended = true));
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
  return ended;
}

/** The end stands, whatever comes after it, and so does what was said until then. */
async function isSettled({ running, reports }: ContractAgent, end: AgentEnd): Promise<void> {
  const said = reports.length;
  running.stop("cancelled");
  running.answer("late", "answer");
  expect(await running.ended).toBe(end);
  expect(reports).toHaveLength(said);
  for (const report of reports) {
    if (report.type !== "progress" || report.percent === undefined) continue;
    expect(report.percent).toBeGreaterThanOrEqual(0);
    expect(report.percent).toBeLessThanOrEqual(100);
  }
}

function expectFailure(end: AgentEnd): void {
  expect(agentErrorNames).toContain(end.error?.name);
  expect(end.error?.message).not.toBe("");
  expect(end.error?.options.length).toBeGreaterThan(0);
}
