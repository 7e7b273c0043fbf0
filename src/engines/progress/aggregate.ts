import type { Problem } from "../../schema/problem.ts";
import type { AgentProgress, AggregationStrategy, ProgressReport } from "../../schema/progress.ts";
import { taskLimits } from "../../schema/task.ts";
import type { ReadableGraph } from "../analysis/graph/read-graph.ts";
import { isoTime } from "../../util/iso-time.ts";
import { failed, ok, type Result } from "../../util/result.ts";
import { roundTo } from "../../util/round-to.ts";
import { percentOf, progressBottlenecks } from "./aggregate-bottlenecks.ts";
import { hasContent, remainingChain, type RemainingChain } from "./aggregate-chain.ts";

/** The progress of given agents, and how it is to become one number. */
export interface AggregateRequest {
  readonly agentProgresses: readonly AgentProgress[];
  /** Default `simple-average`. */
  readonly aggregationStrategy?: AggregationStrategy | undefined;
  readonly dependencyGraph?: ReadableGraph | undefined;
  /** The time, in milliseconds since 1970, that the completion is counted from. */
  readonly nowMs: number;
}

const minuteMs = 60_000;
const almostDone = 99;

/**
 * Front door: makes one report of what several agents say of themselves. 100 % means that every
 * agent is complete. Watches no agents; runs of this server have `viewRun`.
 */
export function aggregateProgress(request: AggregateRequest): Result<ProgressReport, Problem> {
  const { agentProgresses: agents, dependencyGraph } = request;
  const method = request.aggregationStrategy ?? "simple-average";
  const problem = checkAgents(agents) ?? (method === "weighted" ? checkWeights(agents) : undefined);
  if (problem) return failed(problem);
  const chain = hasContent(dependencyGraph) ? remainingChain(dependencyGraph, agents) : undefined;
  if (chain && !chain.ok) return chain;
  const known = chain?.value;
  const measured = measure(method, agents, known);
  const remaining = remainingMinutes(agents, known);
  const criticalPath = known?.taskIds ?? measured.criticalPath;
  const notes = [measured.note, strangersNote(known), remaining.note].filter((note) => note !== undefined);
  return ok({
    overallProgress: overall(measured.percent, agents),
    method,
    agentStatuses: statusesById(agents),
    bottlenecks: progressBottlenecks(agents, {
      criticalPath: criticalPath ?? [],
      hasDependents: known?.hasDependents ?? new Set(),
    }),
    estimatedCompletion: isoTime(request.nowMs + remaining.minutes * minuteMs),
    ...(criticalPath ? { criticalPath } : {}),
    ...(notes.length > 0 ? { note: notes.join(" ") } : {}),
  });
}

interface Measured {
  readonly percent: number;
  readonly criticalPath?: readonly string[];
  readonly note?: string;
}

function measure(
  method: AggregationStrategy,
  agents: readonly AgentProgress[],
  chain: RemainingChain | undefined,
): Measured {
  switch (method) {
    case "simple-average":
      return { percent: averagePercent(agents, () => 1) };
    case "weighted": {
      const allZero = agents.every((agent) => agent.taskWeight === 0);
      if (!allZero) return { percent: averagePercent(agents, (agent) => agent.taskWeight ?? 0) };
      return { percent: averagePercent(agents, () => 1), note: "All weights are 0, so the simple average is shown." };
    }
    case "critical-path":
      return chain ? { percent: chain.percent } : slowestAgent(agents);
  }
}

function averagePercent(agents: readonly AgentProgress[], weightOf: (agent: AgentProgress) => number): number {
  const weights = agents.reduce((sum, agent) => sum + weightOf(agent), 0);
  return agents.reduce((sum, agent) => sum + percentOf(agent) * weightOf(agent), 0) / weights;
}

/** Without a graph the agent with the most time left decides; without times, the one with the least done. */
function slowestAgent(agents: readonly AgentProgress[]): Measured {
  const unfinished = agents.filter((agent) => agent.status !== "complete");
  const [first] = unfinished;
  if (!first) return { percent: 100 };
  const slowest = unfinished.reduce((slow, agent) => (timeLeft(agent) > timeLeft(slow) ? agent : slow), first);
  return {
    percent: percentOf(slowest),
    criticalPath: [slowest.currentTask],
    note: `No dependencyGraph was given, so the agent with the most time left decides: ${slowest.agentId}.`,
  };
}

/** A failed attempt is repeated from the start; an agent that names no time is taken to need the default for a whole task. */
function timeLeft(agent: AgentProgress): number {
  if (agent.status === "complete") return 0;
  if (agent.status === "failed") return Math.max(agent.estimatedTimeRemaining ?? 0, taskLimits.defaultMinutes);
  return agent.estimatedTimeRemaining ?? taskLimits.defaultMinutes * (1 - percentOf(agent) / 100);
}

function remainingMinutes(
  agents: readonly AgentProgress[],
  chain: RemainingChain | undefined,
): { readonly minutes: number; readonly note?: string } {
  const minutes = Math.max(
    chain?.remainingMinutes ?? 0,
    ...agents.slice(0, taskLimits.tasksPerCall).map((agent) => (chain ? 0 : timeLeft(agent))),
  );
  const failures = agents.filter((agent) => agent.status === "failed").length;
  const guessed = agents.some((agent) => agent.status !== "complete" && agent.estimatedTimeRemaining === undefined);
  const notes = [
    failures > 0
      ? `The completion assumes that the work of ${failures} failed ${failures === 1 ? "agent" : "agents"} is repeated now.`
      : "",
    guessed && !chain
      ? `Agents without estimatedTimeRemaining are taken to need ${taskLimits.defaultMinutes} minutes for a whole task.`
      : "",
  ].filter((note) => note !== "");
  return notes.length > 0 ? { minutes, note: notes.join(" ") } : { minutes };
}

function overall(percent: number, agents: readonly AgentProgress[]): number {
  if (agents.every((agent) => agent.status === "complete")) return 100;
  return Math.min(almostDone, roundTo(percent, 2));
}

function strangersNote(chain: RemainingChain | undefined): string | undefined {
  if (!chain || chain.strangers.length === 0) return undefined;
  return `Not in the dependencyGraph and counted on their own: ${chain.strangers.slice(0, 5).join(", ")}${chain.strangers.length > 5 ? ", …" : ""}.`;
}

function statusesById(agents: readonly AgentProgress[]): Record<string, AgentProgress> {
  const statuses = Object.create(null) as Record<string, AgentProgress>;
  // Of an agent with several tasks the one it is at says how it stands.
  for (const agent of agents) {
    if (agent.status !== "complete" || statuses[agent.agentId] === undefined) statuses[agent.agentId] = statusOf(agent);
  }
  return statuses;
}

/** Only what is progress: whole results, which serve as progress too, would carry their diffs along. */
function statusOf(agent: AgentProgress): AgentProgress {
  const { agentId, currentTask, percentComplete, status, taskWeight, estimatedTimeRemaining } = agent;
  return {
    agentId,
    currentTask,
    percentComplete,
    status,
    ...(taskWeight === undefined ? {} : { taskWeight }),
    ...(estimatedTimeRemaining === undefined ? {} : { estimatedTimeRemaining }),
  };
}

function checkAgents(agents: readonly AgentProgress[]): Problem | undefined {
  const field = "agentProgresses";
  if (agents.length === 0 || agents.length > taskLimits.tasksPerCall) {
    return {
      code: "INVALID_ARGUMENT",
      error: `agentProgresses array is required: it must hold 1 to ${taskLimits.tasksPerCall} agents, not ${agents.length}`,
      field,
      example: [{ agentId: "agent-1", currentTask: "api", percentComplete: 40, status: "working" }],
      advice: "Give one entry for each agent.",
    };
  }
  // One agent of a pool may have several tasks, but no task twice.
  const firstPlace = new Map<string, number>();
  for (const [index, { agentId, currentTask }] of agents.entries()) {
    const key = JSON.stringify([agentId, currentTask]);
    const earlier = firstPlace.get(key);
    if (earlier !== undefined) {
      return {
        code: "INVALID_ARGUMENT",
        error: `Duplicate agentId "${agentId}" with currentTask "${currentTask}": ${field}[${index}] repeats ${field}[${earlier}]`,
        field: `${field}[${index}].agentId`,
        advice: "Give only the newest progress of each agent's task.",
      };
    }
    firstPlace.set(key, index);
  }
  return undefined;
}

function checkWeights(agents: readonly AgentProgress[]): Problem | undefined {
  const index = agents.findIndex((agent) => agent.taskWeight === undefined);
  if (index === -1) return undefined;
  return {
    code: "INVALID_ARGUMENT",
    error: `taskWeight is required for every agent with aggregationStrategy "weighted"; "${agents[index]?.agentId ?? ""}" has none`,
    field: `agentProgresses[${index}].taskWeight`,
    example: 50,
    advice: "Give every agent a taskWeight from 0 to 100, or use simple-average.",
  };
}
