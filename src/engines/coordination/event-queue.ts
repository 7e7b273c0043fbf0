import type { Clock } from "../../ports/clock.ts";
import type { EventBody, RunEvent } from "../../schema/event.ts";
import type { Journal } from "../journal/journal.ts";

/** Where a run's events go. */
export interface EventRoute {
  readonly clock: Clock;
  readonly journal: Journal;
  /** Wait for the journal before an event is dealt with. */
  readonly durable: boolean;
  /** Deals with one event; what it pushes comes after all that are waiting. */
  readonly process: (event: RunEvent) => void;
  /** Told of a bug or a broken disk; nothing is dealt with any more. */
  readonly fail: (cause: unknown) => void;
}

/** The way of every event of a run: it gets its number and time, is written, and only then is dealt with, one by one. */
export class EventQueue {
  readonly #route: EventRoute;
  #waiting: RunEvent[] = [];
  #seq = 0;
  #draining = false;
  /** The write that is watched for its failure, where nobody waits for it. */
  #watched: Promise<void> | undefined;

  constructor(route: EventRoute) {
    this.#route = route;
  }

  /** Takes over the body, which becomes the event: a copy of each would cost as much as all that follows from it. */
  push(body: EventBody): void {
    this.#seq += 1;
    this.#waiting.push(numbered(body, this.#seq, this.#route.clock.now()));
    if (this.#draining) return;
    this.#draining = true;
    if (this.#route.durable) this.#drainFlushed();
    else this.#drainAtOnce();
  }

  #drainFlushed(): void {
    const { clock, fail } = this.#route;
    const release = clock.hold();
    this.#processFlushed().catch(fail).finally(release);
  }

  /** What comes while a write is under way goes to the disk together. */
  async #processFlushed(): Promise<void> {
    for (let events = this.#takeWaiting(); events.length > 0; events = this.#takeWaiting()) {
      await this.#route.journal.append(events);
      for (const event of events) this.#route.process(event);
    }
    this.#draining = false;
  }

  /** What a run that need not be durable loses with the power can be simulated again. */
  #drainAtOnce(): void {
    try {
      for (let events = this.#takeWaiting(); events.length > 0; events = this.#takeWaiting()) {
        this.#watch(this.#route.journal.append(events));
        for (const event of events) this.#route.process(event);
      }
      this.#draining = false;
    } catch (error) {
      this.#route.fail(error);
    }
  }

  #takeWaiting(): readonly RunEvent[] {
    const events = this.#waiting;
    this.#waiting = [];
    return events;
  }

  /** Appends that are under way at the same time share a promise, which need not be watched more than once. */
  #watch(written: Promise<void>): void {
    if (written === this.#watched) return;
    this.#watched = written;
    written.catch(this.#route.fail);
  }
}

function numbered(body: EventBody, seq: number, at: number): RunEvent {
  const event = body as EventBody & { seq: number; at: number };
  event.seq = seq;
  event.at = at;
  return event;
}
