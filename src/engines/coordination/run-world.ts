import type { Clock } from "../../ports/clock.ts";
import type { Owner } from "../../schema/event.ts";
import type { Executor } from "../execution/executor.ts";
import type { Journal } from "../journal/journal.ts";
import type { ResourceWatch } from "../limits/resource-watch.ts";
import type { PaceRun } from "./capacity-governor.ts";
import type { RunCalls } from "./calls/run-calls.ts";
import type { RunProgram, RunWorkspaces } from "./workspaces.ts";

/** What a run works with. */
export interface RunWorld {
  readonly clock: Clock;
  readonly journal: Journal;
  /** Wait for the journal before going on; false for runs that can be repeated for nothing. */
  readonly durable: boolean;
  readonly executorFor: (kind: string) => Executor;
  /** Absent when the run works on no files. */
  readonly workspaces: RunWorkspaces | undefined;
  readonly runProgram: RunProgram;
  /** Watches what real agents use; absent where there are none. */
  readonly resources?: ResourceWatch | undefined;
  /** Lets the number of agents follow what the machine can bear; absent where nothing is taken from it. */
  readonly pace?: PaceRun | undefined;
  /** The account of its calls to models; absent when no limit on them is set. */
  readonly calls?: RunCalls | undefined;
  readonly owner: Owner;
  readonly containment: string;
  /** Told of a bug or a broken disk that ended the run. */
  readonly onBreakdown: (error: unknown) => void;
  /** Told, once for each, of those who listen to the run and fail; the run goes on. */
  readonly onSinkFailure: (error: unknown) => void;
}
