import type { Result } from "../util/result.ts";

/** Gives the lock back; harmless when it was lost. */
export type Release = () => Promise<void>;

/** A lock whose holder has not been heard of for so long, in milliseconds, is free for whoever asks for it. */
export const LOCK_STALE_MS = 60_000;

/**
 * Advisory locks between the processes of this machine. A lock can be lost while it is held, when
 * the machine sleeps for long enough, so that whoever holds one checks before each step.
 */
export interface Locks {
  /** Takes the lock named by a path, without waiting; the error says who has it. `onLost` is called at most once. */
  acquire(path: string, options: { readonly onLost: () => void }): Promise<Result<Release, string>>;
}
