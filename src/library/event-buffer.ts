import type { RunEvent } from "../schema/event.ts";

interface Waiter {
  resolve(result: IteratorResult<RunEvent, undefined>): void;
  reject(error: unknown): void;
}

const done: IteratorResult<RunEvent, undefined> = { done: true, value: undefined };

/**
 * Events between a run, which never waits, and a reader, who may be slow or never come. What is not read yet is
 * bounded: when it is full, waiting reports of progress are left out first, then the oldest events. `seq` shows the gap.
 */
export class EventBuffer implements AsyncIterable<RunEvent> {
  readonly #limit: number;
  #events: RunEvent[] = [];
  #waiters: Waiter[] = [];
  #over: { readonly error?: unknown } | undefined;
  #read = false;

  /** `limit`: the most events that wait to be read. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes an event. */
  push(event: RunEvent): void {
    if (this.#over) return;
    const waiter = this.#waiters.shift();
    if (waiter) {
      waiter.resolve({ done: false, value: event });
      return;
    }
    this.#events.push(event);
    if (this.#events.length > this.#limit) this.#makeRoom();
  }

  /** Says that no more events come; what waits can still be read. With `error`, the reader then gets that. */
  end(failure: { readonly error?: unknown } = {}): void {
    if (this.#over) return;
    this.#over = failure;
    for (const waiter of this.#waiters.splice(0)) {
      if ("error" in failure) waiter.reject(failure.error);
      else waiter.resolve(done);
    }
  }

  [Symbol.asyncIterator](): AsyncIterator<RunEvent, undefined> {
    if (this.#read) throw new Error("The events of an execution can be iterated once");
    this.#read = true;
    return {
      next: () => this.#next(),
      return: () => {
        this.end();
        this.#events = [];
        return Promise.resolve(done);
      },
    };
  }

  #next(): Promise<IteratorResult<RunEvent, undefined>> {
    const event = this.#events.shift();
    if (event) return Promise.resolve({ done: false, value: event });
    if (!this.#over) return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
    const failure = this.#over;
    // An error is told once; after that there is simply nothing more.
    this.#over = {};
    if (!("error" in failure)) return Promise.resolve(done);
    return Promise.reject(failure.error);
  }

  #makeRoom(): void {
    const kept = this.#events.filter((event) => event.type !== "task.progressed");
    // Room for a quarter, so that a full buffer is not gone through for every event.
    this.#events = kept.slice(-Math.max(1, Math.floor(this.#limit * 0.75)));
  }
}
