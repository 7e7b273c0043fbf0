import type { ChildProcess } from "../../ports/processes.ts";
import type { FileChange } from "../../schema/change.ts";
import type { EventOf, PlannedTask } from "../../schema/event.ts";
import type { Result } from "../../util/result.ts";
import type { CommandInput } from "../execution/program-command.ts";
import type { HeldBefore } from "../scheduling/command.ts";

/** The folder of one attempt. */
export interface OpenWorkspace {
  /** Folder the agent works in. */
  readonly folder: string;
  /** What it was made from: the base, or what its dependencies left. */
  readonly startCommit: string;
}

/** What an attempt left behind. */
export interface Collected {
  readonly commit: string;
  readonly changes: readonly FileChange[];
}

/** A task's result on offer for the merge. */
export interface Candidate {
  readonly task: PlannedTask;
  readonly order: number;
  readonly agentId: string;
  readonly commit: string;
  readonly changes: readonly FileChange[];
}

/** Everything a run does with files. Expected failures are values; throws are bugs or a broken machine. */
export interface RunWorkspaces<Workspace extends OpenWorkspace = OpenWorkspace> {
  captureBase(): Promise<Result<string, string>>;
  /** Makes the folder of an attempt from the base and the results of its dependencies. */
  open(request: {
    readonly taskId: string;
    readonly attempt: number;
    readonly dependencies: readonly string[];
  }): Promise<Result<Workspace, string>>;
  /** Keeps what the attempt left behind. */
  collect(
    workspace: Workspace,
    attempt: { readonly taskId: string; readonly attempt: number },
  ): Promise<Result<Collected, string>>;
  /** Removes the folder of an attempt; only after it was collected. */
  close(workspace: Workspace): Promise<void>;
  merge(
    candidates: readonly Candidate[],
    held: readonly HeldBefore[],
  ): Promise<Omit<EventOf<"merge.finished">, "type">>;
  /** Writes what was merged: into the user's files or onto a branch. */
  apply(mode: "merge" | "branch", commit: string): Promise<Omit<EventOf<"apply.finished">, "type">>;
  /** What names the files of a commit: equal for equal files. */
  treeOf(commit: string): Promise<string>;
  undo(): Promise<Result<readonly string[], string>>;
  /** Removes the folders of attempts, and the kept results too where nobody needs them any more. Backups for undo stay. */
  cleanUp(keepResults: boolean): Promise<void>;
  /** Removes everything that is kept of the run, backups included. */
  forget(): Promise<void>;
}

/** Runs a command to its end in a folder; gives the reason when it fails, undefined when it succeeds. */
export type RunProgram = (request: {
  readonly command: CommandInput;
  readonly folder: string;
  readonly executionId: string;
  readonly taskId: string;
  readonly signal?: AbortSignal;
  /** Told of its process as soon as there is one. */
  readonly onProcess?: (child: ChildProcess) => void;
}) => Promise<string | undefined>;
