import type { ExecuteInput } from "../../../schema/workflow.ts";
import type { RunEvent } from "../../../schema/event.ts";
import type { RunView } from "../../progress/run-view.ts";
import type { TaskRequest } from "./control-task.ts";
import type { Decided } from "../resolution/decision.ts";
import type { WayOutRequest } from "../resolution/way-out.ts";

/** Where a call that names no workspace comes from. */
export interface CallOrigin {
  /** Root the client works in, where it says so. */
  readonly clientRoot?: string;
}

/** What a caller in this process may add to a call. */
export interface StartExtras {
  /** The person at this process named the commands of the call, so that no pattern has to allow them. */
  readonly commandsApproved?: boolean;
  /** Texts of the commands that the person at the client was shown and has approved for this call only. */
  readonly approvedCommands?: readonly string[];
  /** Called back for every event from the first one on, after it is written. */
  readonly onEvent?: (event: RunEvent) => void;
}

/** What runs on this machine: started here, or found in the machine's index. */
export interface Runs {
  /** Checks everything, writes the run's first event, starts it, and returns its id. Refuses with a ProblemError; then nothing has changed. */
  start(input: ExecuteInput, origin: CallOrigin, extras?: StartExtras): Promise<string>;
  /** The run as it stands. Refuses with UNKNOWN_RUN. */
  view(executionId: string): Promise<RunView>;
  /** The newest runs of this machine, newest first. */
  recent(limit: number): Promise<readonly RunView[]>;
  /** Waits until the run has ended, asks something, or `seq` has grown beyond `sinceSeq`; at most `waitMs`. */
  wait(executionId: string, until: WaitFor): Promise<RunView>;
  /** Calls back for every further event of a run that this process runs; the returned function ends it. */
  watch(executionId: string, sink: (event: RunEvent) => void): () => void;
  /** Stops a run: agents end within the grace period; what is done is kept. */
  cancel(executionId: string, reason: string): Promise<void>;
  /** Pauses a run: nothing new starts, agents whose calls are metered wait at their next call, others finish. */
  pause(executionId: string, reason: string): Promise<void>;
  /** Lets a paused run go on; one that its budget had paused gets as much again. */
  resume(executionId: string): Promise<void>;
  answer(executionId: string, answer: QuestionAnswer): Promise<void>;
  /** Retries, skips or steers one task of a run under way, and says in a sentence what came of it. */
  controlTask(executionId: string, wanted: TaskRequest): Promise<string>;
  /** Writes what a finished run has merged into the user's files. */
  apply(executionId: string): Promise<void>;
  /** Decides a conflict of a run that has ended, or says what that would do; waits at most `waitMs` for it to be carried out. */
  resolve(executionId: string, request: WayOutRequest, waitMs: number): Promise<Decided>;
  /** Restores every file that `apply` wrote, byte for byte, where nobody has changed it since. */
  undo(executionId: string): Promise<void>;
  /** Forgets a finished run: its journal, kept results and workspaces. */
  remove(executionId: string): Promise<void>;
  /** Puts right what processes that are gone left half-done; for the start of a server. */
  recover(): Promise<void>;
  /** Ends every agent of the runs of this process and marks them interrupted; for the end of the process. */
  shutdown(): Promise<void>;
}

/** What a wait waits for. */
export interface WaitFor {
  readonly waitMs: number;
  /** Return as soon as anything has happened after this event. */
  readonly sinceSeq?: number;
  readonly signal?: AbortSignal;
}

/** An answer to an agent's question. */
export interface QuestionAnswer {
  readonly taskId?: string;
  readonly questionId?: string;
  readonly answer: string;
}
