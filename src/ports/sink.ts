import type { RunEvent } from "../schema/event.ts";

/** Somebody who is told of every event, after it is in the journal. */
export type EventSink = (event: RunEvent) => void;
