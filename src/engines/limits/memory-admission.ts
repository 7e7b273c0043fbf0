/** An agent at work, as far as memory and CPU of the machine go. */
export interface RunningAgentMemory {
  readonly memoryMb: number;
  readonly cpuPercent: number;
  /** What agents of its kind have come to need. */
  readonly expectedMb: number;
}

/** What a further agent is admitted by; megabytes. */
export interface MemoryOutlook {
  readonly freeMb: number;
  readonly totalMb: number;
  /** What one more agent is expected to need. */
  readonly expectedMb: number;
  /** Agents of all runs of this process: those that have just started still grow. */
  readonly present: readonly RunningAgentMemory[];
  /** Agents of this run that are at work. */
  readonly running: number;
  /** What a limit on all agents of the run together leaves for further ones; absent without one. */
  readonly runSpareMb?: number | undefined;
}

/** Kept free for everybody else, as a part of all memory. */
const RESERVE = 0.1;
const LARGEST_RESERVE_MB = 2_048;
/** Until one of a kind was seen; an idle Claude Code takes about 235 MB. */
const unseenMb: Readonly<Record<string, number>> = { "claude-code": 300, command: 50 };
const OTHER_UNSEEN_MB = 200;

/** Memory that an agent of a kind is expected to need: the most that one was seen to use, at most its limit. */
export function forecastMemory(kind: string, peakMb: number | undefined, limitMb: number | undefined): number {
  return Math.min(limitMb ?? Infinity, peakMb ?? unseenMb[kind] ?? OTHER_UNSEEN_MB);
}

/**
 * How many agents of a run the machine's memory, and a limit on their memory together, have room for: those at work and as many more as fit beside what they
 * are still expected to take. Never none, or the run would wait for nobody.
 */
export function agentsThatFit(outlook: MemoryOutlook): { readonly agents: number; readonly spareMb: number } {
  const { freeMb, totalMb, expectedMb, present, running, runSpareMb = Infinity } = outlook;
  const owedMb = present.reduce((sum, agent) => sum + Math.max(0, agent.expectedMb - agent.memoryMb), 0);
  const reserveMb = Math.min(RESERVE * totalMb, LARGEST_RESERVE_MB);
  const spareMb = Math.min(freeMb - reserveMb - owedMb, runSpareMb);
  const more = Math.max(0, Math.floor(spareMb / Math.max(1, expectedMb)));
  return { agents: Math.max(1, running + more), spareMb: Math.round(spareMb) };
}
