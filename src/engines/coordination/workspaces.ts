import type { ChildProcess, FileView } from "../../ports/processes.ts";
import type { FileChange } from "../../schema/change.ts";
import type { Conflict } from "../../schema/conflict.ts";
import type { EventOf, PlannedTask } from "../../schema/event.ts";
import type { Result } from "../../util/result.ts";
import type { TurnWait } from "../merging/apply/apply-fence.ts";
import type { CommandInput } from "../execution/program-command.ts";
import type { HeldBefore } from "../scheduling/command.ts";

/** The folder of one attempt. */
export interface OpenWorkspace {
  /** Folder the agent works in. */
  readonly folder: string;
  /** What it was made from: the base, or what its dependencies left. */
  readonly startCommit: string;
  /** What whoever works in it may see and change of the machine's files; absent where that cannot be held. */
  readonly view?: FileView | undefined;
}

/** What an attempt left behind. */
export interface Collected {
  readonly commit: string;
  readonly changes: readonly FileChange[];
  /** What the agent left in its repository that could run programs. */
  readonly tampering?: readonly string[];
}

/** A task's result on offer for the merge. */
export interface Candidate {
  readonly task: PlannedTask;
  readonly order: number;
  readonly agentId: string;
  readonly commit: string;
  readonly changes: readonly FileChange[];
}

/** What a task has changed so far. */
export interface LiveSide {
  readonly taskId: string;
  readonly agentId: string;
  readonly commit: string;
}

/** What a person is to bring together by hand. */
export interface EditRequest {
  readonly conflictId: string;
  readonly taskId: string;
  /** The merged results; the base if undefined. */
  readonly merged: string | undefined;
  /** The result that is held. */
  readonly held: string;
}

/** A folder in which a person brings results together. */
export interface OpenEdit {
  readonly folder: string;
  /** Files to look at, relative to the folder. */
  readonly files: readonly string[];
}

/** How results are put together. */
export interface MergeMore {
  /** Tasks whose results must be in. With them it only finds out: what is to stay is kept with `keepMerged`. */
  readonly preferred?: readonly string[] | undefined;
  /** Runs no command, not even one that makes files anew. */
  readonly preview?: boolean | undefined;
  /** Ends commands; its reason is a sentence without a full stop. */
  readonly signal?: AbortSignal | undefined;
}

/** Everything a run does with files. Expected failures are values; throws are bugs or a broken machine. */
export interface RunWorkspaces<Workspace extends OpenWorkspace = OpenWorkspace> {
  captureBase(): Promise<Result<string, string>>;
  /** Whether this machine keeps whoever works in a workspace from all the others and from the user's files. */
  keepsApart(): Promise<boolean>;
  /** Makes the folder of an attempt from the base and the results of its dependencies. */
  open(request: {
    readonly taskId: string;
    readonly attempt: number;
    readonly dependencies: readonly string[];
    /** Ends commands that make files anew for it. */
    readonly signal?: AbortSignal | undefined;
  }): Promise<Result<Workspace, string>>;
  /** A commit of what an attempt's folder holds while its agent works; undefined where that cannot be told now. */
  peek(workspace: Workspace): Promise<string | undefined>;
  /** Which of these pairs of tasks have changed the same lines so far. */
  overlaps(
    sides: readonly LiveSide[],
    pairs: readonly (readonly [LiveSide, LiveSide])[],
  ): Promise<readonly Omit<Conflict, "id">[]>;
  /** Keeps what the attempt left behind. */
  collect(
    workspace: Workspace,
    attempt: { readonly taskId: string; readonly attempt: number },
  ): Promise<Result<Collected, string>>;
  /** The task in whose folder a file lies, its links followed; undefined where it lies in none of the run's. */
  holderOf(path: string): Promise<string | undefined>;
  /** What has changed in the user's files, in the settings of their repository and beside the agents' folders, by whomever. */
  meanwhile(): Promise<readonly string[]>;
  /** Removes the folder of an attempt; only after it was collected. */
  close(workspace: Workspace): Promise<void>;
  /** Puts results together. */
  merge(
    candidates: readonly Candidate[],
    held: readonly HeldBefore[],
    more?: MergeMore,
  ): Promise<Omit<EventOf<"merge.finished">, "type">>;
  /** What names the files of a commit: equal for equal files. */
  treeOf(commit: string): Promise<string>;
  /** Keeps a merged commit as what the run has merged. */
  keepMerged(commit: string): Promise<void>;
  /** Writes what was merged: into the user's files, which had been led to `from` before, or onto a branch. */
  apply(
    mode: "merge" | "branch",
    commit: string,
    more?: { readonly from?: string | undefined; readonly wait?: TurnWait },
  ): Promise<Omit<EventOf<"apply.finished">, "type">>;
  /** A commit that leads from what was written before to what is to be written, either of them the base if undefined. */
  leadTo(way: { readonly from: string | undefined; readonly to: string | undefined }): Promise<string>;
  /** What such a commit would change in the user's files as they are now; writes nothing. */
  previewWrite(way: {
    readonly from: string | undefined;
    readonly to: string | undefined;
  }): Promise<Result<readonly FileChange[], string>>;
  /** What differs between two commits, the first the base if undefined. */
  changes(from: string | undefined, to: string | undefined): Promise<readonly FileChange[]>;
  /** The files that an apply of this commit wrote, if it was carried out and stands. */
  writtenBy(commit: string): Promise<readonly string[] | undefined>;
  /** Lays out what two results come to, with conflict markers where they contradict each other, for a person to edit. */
  openEdit(request: EditRequest): Promise<Result<OpenEdit, string>>;
  /** Takes over what a person has edited; the error names what is left to do. */
  takeEdit(request: EditRequest & { readonly folder: string }): Promise<Result<Collected, string>>;
  /** Removes the folder of an edit that was taken over. */
  closeEdit(folder: string): Promise<void>;
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
  readonly view?: FileView | undefined;
  readonly executionId: string;
  readonly taskId: string;
  readonly signal?: AbortSignal;
  /** Told of its process as soon as there is one. */
  readonly onProcess?: (child: ChildProcess) => void;
}) => Promise<string | undefined>;
