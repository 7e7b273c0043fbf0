import type { Clock } from "../ports/clock.ts";

interface Timer {
  readonly due: number;
  readonly order: number;
  readonly created: number;
  readonly callback: () => void;
  cancelled: boolean;
}

/** Wall time that is passing for the virtual time until the next timer. */
interface Playing {
  readonly due: number;
  /** Virtual and wall time when it began. */
  readonly from: number;
  readonly wallMs: number;
  stop(): void;
}

/**
 * Time that moves only when nothing is being done: as soon as nobody holds the clock it jumps to the
 * next timer. Timers fire one by one, and what each sets off is finished before the next, so that a
 * run is the same every time.
 */
export class SimulatedClock implements Clock {
  readonly #realTime: number;
  readonly #timers: Timer[] = [];
  #now = 0;
  #created = 0;
  #holds = 0;
  #scheduled = false;
  #playing: Playing | undefined;

  /** `realTime`: wall seconds per simulated second; 0 does not wait at all. */
  constructor(realTime = 0) {
    this.#realTime = realTime;
  }

  now(): number {
    return this.#now;
  }

  wallTime(): string {
    return new Date().toISOString();
  }

  setTimer(delayMs: number, callback: () => void, order = 0): () => void {
    this.#catchUp();
    const timer: Timer = {
      due: this.#now + Math.max(0, delayMs),
      order,
      created: ++this.#created,
      callback,
      cancelled: false,
    };
    this.#insert(timer);
    this.#playAnew();
    this.#schedule();
    return () => {
      timer.cancelled = true;
      this.#playAnew();
    };
  }

  hold(): () => void {
    this.#holds += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holds -= 1;
      this.#schedule();
    };
  }

  #insert(timer: Timer): void {
    let index = this.#timers.push(timer) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfLater(parent, index)) return;
      index = parent;
    }
  }

  #takeFirst(): Timer | undefined {
    const first = this.#timers[0];
    const last = this.#timers.pop();
    if (first === undefined || last === undefined || this.#timers.length === 0) return first;
    this.#timers[0] = last;
    for (let index = 0; ;) {
      const left = 2 * index + 1;
      const earlier = this.#isLater(left, left + 1) ? left + 1 : left;
      if (earlier >= this.#timers.length || !this.#swapIfLater(index, earlier)) return first;
      index = earlier;
    }
  }

  #isLater(left: number, right: number): boolean {
    const one = this.#timers[left];
    const other = this.#timers[right];
    if (!one || !other) return false;
    return (one.due - other.due || one.order - other.order || one.created - other.created) > 0;
  }

  #swapIfLater(upper: number, lower: number): boolean {
    if (!this.#isLater(upper, lower)) return false;
    const kept = this.#timers[upper] as Timer;
    this.#timers[upper] = this.#timers[lower] as Timer;
    this.#timers[lower] = kept;
    return true;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#advance();
    });
  }

  /** Fires one timer a turn, so that every promise it settles is dealt with before the next. */
  #advance(): void {
    if (this.#holds > 0) return;
    const next = this.#firstTimer();
    if (!next) return;
    const waitMs = (next.due - this.#now) * this.#realTime;
    if (waitMs > 0) {
      this.#playUntil(next.due, waitMs);
      return;
    }
    this.#fire();
    this.#schedule();
  }

  /** The next timer that was not cancelled. */
  #firstTimer(): Timer | undefined {
    while (this.#timers[0]?.cancelled) this.#takeFirst();
    return this.#timers[0];
  }

  #fire(): void {
    const timer = this.#takeFirst();
    if (!timer) return;
    this.#now = Math.max(this.#now, timer.due);
    timer.callback();
  }

  /** Lets the wall time pass that stands for the virtual time until the next timer. */
  #playUntil(due: number, waitMs: number): void {
    const release = this.hold();
    const end = (): void => {
      this.#playing = undefined;
      release();
    };
    const passing = setTimeout(() => {
      this.#now = due;
      end();
    }, waitMs);
    const stop = (): void => {
      clearTimeout(passing);
      end();
    };
    this.#playing = { due, from: this.#now, wallMs: performance.now(), stop };
  }

  /** What somebody outside does, such as a person who answers, happens in the middle of a wait. */
  #catchUp(): void {
    if (!this.#playing) return;
    const { due, from, wallMs } = this.#playing;
    this.#now = Math.max(this.#now, Math.min(due, from + (performance.now() - wallMs) / this.#realTime));
  }

  /** Wall time for a timer that is no longer the next one must keep neither the others nor the process. */
  #playAnew(): void {
    if (!this.#playing || this.#firstTimer()?.due === this.#playing.due) return;
    this.#catchUp();
    this.#playing.stop();
  }
}
