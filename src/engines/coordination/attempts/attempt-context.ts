import type { EventBody } from "../../../schema/event.ts";
import type { RunMemory } from "../../limits/run-memory.ts";
import type { AttemptStart } from "./agent-assignment.ts";
import type { RunWorld } from "../run-world.ts";

/** What an attempt needs from the run it belongs to. */
export interface AttemptContext extends AttemptStart {
  readonly world: RunWorld;
  /** What the run's agents use together; absent without a limit on that. */
  readonly runMemory: RunMemory | undefined;
  /** Place in the order of urgency; lower goes first. */
  readonly rank: number;
  /** Takes over the event. */
  emit(event: EventBody): void;
}
