import type { Clock } from "../../ports/clock.ts";
import type { Files } from "../../ports/files.ts";
import { GitFailure, type Git, type Shadow } from "../../ports/git.ts";
import type { Locks, Release } from "../../ports/locks.ts";
import { failed, ok, type Result } from "../../util/result.ts";

/** The sole right to write to a workspace. */
export interface ApplyTurn {
  /** Throws TurnLost unless the right is still ours; to be called before every step that writes. */
  check(): Promise<void>;
  release: Release;
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
 * Takes the right to write to a workspace: the lock, which can be lost, and behind it a fence that
 * only one can move: a ref that is changed from the value read before, or not at all.
 */
export async function takeTurn(request: {
  readonly git: Git;
  readonly files: Files;
  readonly locks: Locks;
  readonly clock: Clock;
  readonly shadow: Pick<Shadow, "gitDir">;
  readonly executionId: string;
}): Promise<Result<ApplyTurn, string>> {
  const { git, files, locks, clock, shadow, executionId } = request;
  const { gitDir } = shadow;
  let lost = false;
  const lock = await locks.acquire(`${gitDir}/apply`, { onLost: () => (lost = true) });
  if (!lock.ok) return failed(`${lock.error} is writing to this workspace right now`);
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
    if (error instanceof GitFailure) return failed("another process is writing to this workspace right now");
    throw error;
  }
}
