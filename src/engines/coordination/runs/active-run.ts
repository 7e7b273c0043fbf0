import type { EventSink } from "../../../ports/sink.ts";
import type { RunView } from "../../progress/run-view.ts";

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
  /** Writes that a task is to be done again; what follows from it is for the scheduler to say. */
  retry(taskId: string): void;
  /** Writes that a task is not to be done. */
  skip(taskId: string, reason: string): void;
  /** Writes what somebody has to say to a task's agent, and hands it over if an agent is at work that takes messages. */
  steer(message: { readonly taskId: string; readonly steerId: string; readonly text: string }): void;
  /** Ends all agents because the process ends. */
  interrupt(reason: string): Promise<void>;
  /** Closes the journal; only after `done`. */
  closeJournal(): Promise<void>;
}
