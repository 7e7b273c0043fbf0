import type { EventSink } from "../../ports/sink.ts";
import type { RunView } from "../progress/run-view.ts";

/** A run that this process is at work on: with its tasks, or with a decision about its conflicts. */
export interface ActiveRun {
  /** The run as it stands. */
  readonly view: RunView;
  /** Settles when nothing more happens; never rejects. */
  readonly done: Promise<RunView>;
  /** Calls back for every further event, after it is written; the returned function ends it. */
  watch(sink: EventSink): () => void;
  cancel(reason: string): void;
  pause(reason: string): void;
  resume(): void;
  /** Answers an agent's question; false when nobody waits for it. */
  answer(taskId: string, questionId: string, answer: string): boolean;
  /** Ends all agents because the process ends. */
  interrupt(reason: string): Promise<void>;
  /** Closes the journal; only after `done`. */
  closeJournal(): Promise<void>;
}
