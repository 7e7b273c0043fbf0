import type { Clock } from "../../../ports/clock.ts";
import type { Files } from "../../../ports/files.ts";
import { GitFailure, type Git, type Shadow } from "../../../ports/git.ts";
import { LOCK_STALE_MS, type Locks, type Release } from "../../../ports/locks.ts";
import { failed, ok, type Result } from "../../../util/result.ts";

/** The sole right to write to a workspace. */
export interface ApplyTurn {
  /** Throws TurnLost unless the right is still ours; to be called before every step that writes. */
  check(): Promise<void>;
  release: Release;
}

/** How a wait for the right to write is followed and ended. */
export interface TurnWait {
  /** Ends the wait; its reason, a sentence without a full stop, is what is said then. */
  readonly signal?: AbortSignal | undefined;
  /** Told who has the right to write, once for each that is waited for. */
  readonly onWait?: ((holder: string) => void) | undefined;
}

/** Says that somebody else has taken over the right to write. */
export class TurnLost extends Error {
  constructor() {
    super("another process has taken over this workspace");
    this.name = "TurnLost";
  }
}

const FENCE = "refs/apply/fence";

/**
 * How long somebody else may write before the wait for the turn is given up: longer than a lock stands that nobody holds
 * any more, so that nobody is refused for somebody who is gone.
 */
const TURN_PATIENCE_MS = LOCK_STALE_MS + 15_000;
/** Pause between two looks whether the turn is free: the same for all who wait, however long they have. */
const LOOK_MS = 100;

/** What a turn is taken with. */
interface TurnRequest {
  readonly git: Git;
  readonly files: Files;
  readonly locks: Locks;
  readonly clock: Clock;
  readonly shadow: Pick<Shadow, "gitDir">;
  readonly executionId: string;
}

/**
 * Takes the right to write to a workspace as soon as nobody else has it, and gives up after 75 s or when the signal says
 * so: once it has, the right is not taken. Whoever has the turn waits for nothing else, so that no two wait for each other.
 */
export async function awaitTurn(
  request: TurnRequest & { readonly wait?: TurnWait },
): Promise<Result<ApplyTurn, string>> {
  const { clock, wait: { signal, onWait } = {} } = request;
  const started = clock.now();
  let holder: string | undefined;
  for (;;) {
    // The end of a wait wakes whoever waits, and the turn may just have become free.
    if (signal?.aborted) return failed(endedBy(signal, holder));
    const turn = await takeTurn(request);
    if (turn.ok) {
      if (!signal?.aborted) return turn;
      await turn.value.release();
      return failed(endedBy(signal, holder));
    }
    const left = started + TURN_PATIENCE_MS - clock.now();
    if (left <= 0) return failed(`${isWriting(turn.error)}; it was waited for ${TURN_PATIENCE_MS / 1_000} s`);
    if (holder !== turn.error) onWait?.(turn.error);
    holder = turn.error;
    await pauseFor(clock, Math.min(LOOK_MS, left), signal);
  }
}

function isWriting(holder: string): string {
  return `${holder} is writing to this workspace right now`;
}

/** Why nothing is written once a signal has ended the wait for somebody, or for nobody. */
function endedBy({ reason }: AbortSignal, holder: string | undefined): string {
  return holder === undefined ? String(reason) : `${isWriting(holder)}, and ${String(reason)}`;
}

/** Settles after so many milliseconds, or as soon as the signal says so. */
function pauseFor(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.setTimer(ms, end);
    signal?.addEventListener("abort", end, { once: true });
    // It may have come while the timer was being set.
    if (signal?.aborted) end();
  });
}

/**
 * Takes the right to write to a workspace without waiting; the error says who has it. It is a lock, which can be lost, and
 * behind it a fence that only one can move: a ref that is changed from the value read before, or not at all. Throws
 * `GitFailure` where the fence cannot be read or written, as on a full disk.
 */
export async function takeTurn(request: TurnRequest): Promise<Result<ApplyTurn, string>> {
  const { git, files, locks, clock, shadow, executionId } = request;
  const { gitDir } = shadow;
  let lost = false;
  const lock = await locks.acquire(`${gitDir}/apply`, { onLost: () => (lost = true) });
  if (!lock.ok) return failed(lock.error);
  const fence = async (): Promise<string> =>
    (await git.run(["rev-parse", "--quiet", "--verify", FENCE], { gitDir, answers: [1] })).text.trim();
  try {
    const former = await fence();
    const input = `${executionId} ${clock.wallTime()} ${clock.now()} after ${former}\n`;
    const mine = (await git.run(["hash-object", "-w", "--stdin"], { gitDir, input })).text.trim();
    try {
      await git.run(["update-ref", FENCE, mine, former === "" ? "0".repeat(mine.length) : former], { gitDir });
    } catch (error) {
      if (!(error instanceof GitFailure) || (await fence()) === former) throw error;
      await lock.value();
      return failed("another process");
    }
    const check = async (): Promise<void> => {
      const now = (await files.readText(`${gitDir}/${FENCE}`))?.trim();
      if (lost || now !== mine) throw new TurnLost();
    };
    return ok({ check, release: lock.value });
  } catch (error) {
    await lock.value();
    throw error;
  }
}
