import type { AgentProgress, ProgressBottleneck } from "../../schema/progress.ts";
import { roundTo } from "../../util/round-to.ts";

/** What is known about the agents besides their own words. */
export interface BottleneckContext {
  /** The longest remaining chain, where there is a graph. */
  readonly criticalPath: readonly string[];
  /** Tasks that others wait for. */
  readonly hasDependents: ReadonlySet<string>;
}

const farBehindPercent = 25;
const muchLonger = 2;
const order = { high: 0, medium: 1, low: 2 } as const;

/** Finds the agents that hold the whole up: failed ones, blocked ones, and those far behind the others; worst first. */
export function progressBottlenecks(
  agents: readonly AgentProgress[],
  context: BottleneckContext,
): ProgressBottleneck[] {
  const found = agents.flatMap((agent): ProgressBottleneck[] => {
    const judged = judgeAgent(agent, agents, context);
    return judged ? [{ agentId: agent.agentId, taskId: agent.currentTask, ...judged }] : [];
  });
  return found.toSorted((left, right) => order[left.impact] - order[right.impact]);
}

type Judgement = Pick<ProgressBottleneck, "reason" | "impact" | "suggestion">;

function judgeAgent(
  agent: AgentProgress,
  agents: readonly AgentProgress[],
  context: BottleneckContext,
): Judgement | undefined {
  const awaited = context.hasDependents.has(agent.currentTask) || context.criticalPath.includes(agent.currentTask);
  switch (agent.status) {
    case "complete":
    case "idle":
      return undefined;
    case "failed":
      return {
        reason: `Failed at ${roundTo(agent.percentComplete, 1)} %`,
        impact: "high",
        suggestion: awaited
          ? "Look at the error and repeat the task first: others wait for it."
          : "Look at the error, then repeat the task or leave it out.",
      };
    case "blocked":
      return {
        reason: `Blocked at ${roundTo(agent.percentComplete, 1)} %`,
        impact: awaited ? "high" : "medium",
        suggestion: "Find out what it waits for: answer its question, or finish the task that it needs.",
      };
    case "working":
      return slowness(agent, agents, awaited);
  }
}

function slowness(agent: AgentProgress, agents: readonly AgentProgress[], awaited: boolean): Judgement | undefined {
  const others = agents.filter((other) => other !== agent && other.status !== "failed");
  if (others.length === 0) return undefined;
  const behind = mean(others.map(percentOf)) - agent.percentComplete;
  const remaining = agent.estimatedTimeRemaining;
  const usual = mean(
    others.flatMap((other) => (other.status === "complete" ? 0 : (other.estimatedTimeRemaining ?? []))),
  );
  const lasts = remaining !== undefined && usual > 0 && remaining > muchLonger * usual;
  if (behind < farBehindPercent && !lasts) return undefined;
  const reason = lasts
    ? `Needs ${roundTo(remaining, 1)} more minutes, ${roundTo(remaining / usual, 1)} times as long as the others on average`
    : `At ${roundTo(agent.percentComplete, 1)} %, ${roundTo(behind, 1)} points behind the others`;
  return {
    reason,
    impact: awaited ? "high" : "medium",
    suggestion:
      "Give it nothing further; let an idle agent take over the parts of its task that have not begun, if they can be split off.",
  };
}

/** Progress of one agent, 0-100; whoever is complete is at 100 whatever the last report said. */
export function percentOf(agent: AgentProgress): number {
  return agent.status === "complete" ? 100 : Math.min(100, Math.max(0, agent.percentComplete));
}

function mean(numbers: readonly number[]): number {
  return numbers.length === 0 ? 0 : numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
