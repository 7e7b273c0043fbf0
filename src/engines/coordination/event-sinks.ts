import type { EventSink } from "../../ports/sink.ts";
import type { RunEvent } from "../../schema/event.ts";

/** Everybody who is told of a run's events. */
export interface EventSinks {
  /** Tells this one too from now on; the returned function ends it. */
  add(sink: EventSink): () => void;
  tell(event: RunEvent): void;
}

/**
 * Makes the list of those who listen to a run. None of them can break the run or keep the others from hearing: what one
 * throws, at once or by a promise, goes to `onFailure` the first time, and it is told of the next event all the same.
 */
export function eventSinks(onFailure: (error: unknown) => void): EventSinks {
  const sinks = new Set<EventSink>();
  const failed = new WeakSet<EventSink>();
  const report = (sink: EventSink, error: unknown): void => {
    if (failed.has(sink)) return;
    failed.add(sink);
    onFailure(error);
  };
  return {
    add(sink) {
      sinks.add(sink);
      return () => sinks.delete(sink);
    },
    tell(event) {
      for (const sink of sinks) {
        try {
          // Somebody may pass an asynchronous function where a plain one is asked for.
          const told: unknown = sink(event);
          if (told instanceof Promise) told.catch((error: unknown) => report(sink, error));
        } catch (error) {
          report(sink, error);
        }
      }
    },
  };
}
