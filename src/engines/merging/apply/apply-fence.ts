import type { Clock } from "../../../ports/clock.ts";
import type { Files } from "../../../ports/files.ts";
import { GitFailure, type Git, type Shadow } from "../../../ports/git.ts";
import type { Locks, Release } from "../../../ports/locks.ts";
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

/** How long somebody else may write before the wait for the turn is given up. */
const TURN_PATIENCE_MS = 30_000;
/** Pauses between two looks whether the turn is free: the first, and the longest; each is twice the one before. */
const FIRST_LOOK_MS = 50;
const LAST_LOOK_MS = 500;

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
 * Takes the right to write to a workspace as soon as nobody else has it, and gives up after 30 s or when the signal says
 * so. Whoever has the turn waits for nothing else, so that no two wait for each other.
 */
export async function awaitTurn(
  request: TurnRequest & { readonly wait?: TurnWait },
): Promise<Result<ApplyTurn, string>> {
  const { clock, wait: { signal, onWait } = {} } = request;
  const started = clock.now();
  let told: string | undefined;
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 2, LAST_LOOK_MS)) {
    const turn = await takeTurn(request);
    if (turn.ok) return turn;
    const busy = `${turn.error} is writing to this workspace right now`;
    if (signal?.aborted) return failed(`${busy}, and ${String(signal.reason)}`);
    const left = started + TURN_PATIENCE_MS - clock.now();
    if (left <= 0) return failed(`${busy}; it was waited for ${TURN_PATIENCE_MS / 1_000} s`);
    if (told !== turn.error) onWait?.(turn.error);
    told = turn.error;
    await pauseFor(clock, Math.min(pause, left), signal);
  }
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
 * behind it a fence that only one can move: a ref that is changed from the value read before, or not at all.
 */
export async function takeTurn(request: TurnRequest): Promise<Result<ApplyTurn, string>> {
  const { git, files, locks, clock, shadow, executionId } = request;
  const { gitDir } = shadow;
  let lost = false;
  const lock = await locks.acquire(`${gitDir}/apply`, { onLost: () => (lost = true) });
  if (!lock.ok) return failed(lock.error);
  try {
    const answer = await git.run(["rev-parse", "--quiet", "--verify", FENCE], { gitDir, answers: [1] });
    const former = answer.text.trim();
    const input = `${executionId} ${clock.wallTime()} ${clock.now()} after ${former}\n`;
    const mine = (await git.run(["hash-object", "-w", "--stdin"], { gitDir, input })).text.trim();
    await git.run(["update-ref", FENCE, mine, former === "" ? "0".repeat(mine.length) : former], { gitDir });
    const check = async (): Promise<void> => {
      const now = (await files.readText(`${gitDir}/${FENCE}`))?.trim();
      if (lost || now !== mine) throw new TurnLost();
    };
    return ok({ check, release: lock.value });
  } catch (error) {
    await lock.value();
    if (error instanceof GitFailure) return failed("another process");
    throw error;
  }
}
