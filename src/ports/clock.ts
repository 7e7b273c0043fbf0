/** How the engines see time. Nothing outside `platform` reads another clock. */
export interface Clock {
  /** Milliseconds since an origin that never moves back; the wall clock's epoch where time is real, 0 where it is virtual. */
  now(): number;
  /** The wall-clock time as an ISO date, for people only. */
  wallTime(): string;
  /**
   * Calls back once after `delayMs`; the returned function cancels it. Timers due at the same
   * moment fire in the order of `order` (default 0), then of creation.
   */
  setTimer(delayMs: number, callback: () => void, order?: number): () => void;
  /**
   * Says that work is under way which takes no virtual time, and returns the word that it is over.
   * A virtual clock stands still as long as anybody holds it; a real clock does not care.
   */
  hold(): () => void;
}
