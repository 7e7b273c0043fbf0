/**
 * How many agents may work at once: additive increase, multiplicative decrease, by memory, load, and limits on calls.
 *
 * A1  Never above `most`, never below 1.
 * A2  Short memory, or a machine that these agents keep busier than it can bear: half of those at work, every 5 s.
 * A3  No pressure for 5 s: one more, until `most`.
 * A4  What memory has no room for does not start, however calm the machine is.
 * A5  More than half of those at work have waited for calls at a limit for 5 s: the same as pressure, as fewer agents
 *     use the limit as well.
 * A6  Every change has a reason that a person understands.
 */
import { agentsThatFit, type MemoryOutlook } from "./memory-admission.ts";

/** What the machine looks like at one moment. */
export interface MachineReading extends MemoryOutlook {
  readonly cores: number;
  /** Processes that run or wait for a core, on average. */
  readonly load: number;
  /** Agents of this run whose calls wait for a limit. */
  readonly heldBack: number;
}

/** What was decided, and since when. */
export interface Parallelism {
  /** How many the pressure of the machine allows. */
  readonly allowed: number;
  readonly changedAt: number;
  /** When the machine was last under pressure. */
  readonly pressedAt: number;
  /** Since when most agents wait for calls; undefined while they do not. */
  readonly heldSince?: number | undefined;
  /** How many may work: what is allowed, or fewer where memory has no room. */
  readonly agents: number;
}

/** A new decision and why it was taken. */
export interface ParallelismChange {
  readonly next: Parallelism;
  /** Undefined when the number of agents stays. */
  readonly reason: string | undefined;
}

const CALM_MS = 5_000;
const SHORT_MEMORY = 0.1;
/** Part of all cores' time that these agents take themselves; below it others are at fault, and fewer agents do not help. */
const OWN_BUSY = 0.75;
const QUEUE_PER_CORE = 3;

/** What a run begins with. */
export function openParallelism(most: number): Parallelism {
  return { allowed: most, changedAt: -Infinity, pressedAt: -Infinity, agents: most };
}

/** Decides anew. */
export function decideParallelism(
  former: Parallelism,
  reading: MachineReading,
  bounds: { readonly most: number; readonly now: number },
): ParallelismChange {
  const { most, now } = bounds;
  const heldSince = mostWait(reading) ? (former.heldSince ?? now) : undefined;
  const isHeld = heldSince !== undefined && now - heldSince >= CALM_MS;
  const pressure = pressureOf(reading) ?? (isHeld ? shortOfCalls(reading) : undefined);
  const pressedAt = pressure === undefined ? former.pressedAt : now;
  const allowed = allowedUnder({ former, pressed: pressure !== undefined, running: reading.running, most, now });
  const changedAt = allowed === former.allowed ? former.changedAt : now;
  const fit = agentsThatFit(reading);
  const agents = Math.max(1, Math.min(most, allowed, fit.agents));
  const next: Parallelism = { allowed, changedAt, pressedAt, heldSince, agents };
  if (agents === former.agents) return { next, reason: undefined };
  const room = `the machine has room for ${agents} of ${most} agents`;
  if (agents > former.agents) return { next, reason: room };
  return { next, reason: agents < allowed ? noRoom(reading, fit.spareMb) : (pressure ?? room) };
}

function allowedUnder(step: {
  readonly former: Parallelism;
  readonly pressed: boolean;
  readonly running: number;
  readonly most: number;
  readonly now: number;
}): number {
  const { former, pressed, running, most, now } = step;
  if (now - former.changedAt < CALM_MS) return former.allowed;
  if (pressed) return Math.max(1, Math.min(former.allowed, Math.floor(running / 2)));
  return now - former.pressedAt >= CALM_MS ? Math.min(most, former.allowed + 1) : former.allowed;
}

/** One agent alone that waits is as few as can be. */
function mostWait({ running, heldBack }: MachineReading): boolean {
  return running >= 2 && 2 * heldBack > running;
}

function shortOfCalls({ running, heldBack }: MachineReading): string {
  return `${heldBack} of ${running} agents wait for calls at the limit, which fewer agents use as well`;
}

function pressureOf({ freeMb, totalMb, cores, load, present }: MachineReading): string | undefined {
  if (freeMb < SHORT_MEMORY * totalMb) {
    return `memory is short: ${Math.round(freeMb)} of ${Math.round(totalMb)} MB are free`;
  }
  const ownBusy = present.reduce((sum, agent) => sum + agent.cpuPercent, 0) / (100 * cores);
  if (ownBusy < OWN_BUSY || load <= QUEUE_PER_CORE * cores) return undefined;
  return `the agents take ${Math.round(100 * ownBusy)} % of the machine's CPU, and ${Math.round(load)} processes want its ${cores} cores`;
}

function noRoom({ expectedMb }: MachineReading, spareMb: number): string {
  return `a further agent needs about ${Math.round(expectedMb)} MB of memory, and ${Math.max(0, spareMb)} MB are to spare`;
}
