/**
 * Keeps agents apart from the user's files and from each other.
 *
 * The user's repository is only ever read. Everything a run makes goes into a private bare
 * repository beside it (the shadow), which borrows the user's objects. Each attempt at a task gets
 * a repository of its own in the cache folder, and what it leaves behind is captured without
 * running anything the agent may have planted.
 *
 * What this engine does not do: decide when tasks run, compare or merge results, write to the
 * user's files, or keep an agent from reaching outside its folder; it says what an agent may see,
 * and whatever contains its process holds it.
 */
import type { Files } from "../../ports/files.ts";
import type { Git, Shadow } from "../../ports/git.ts";
import type { FileView } from "../../ports/processes.ts";
import type { Snapshot, Snapshots } from "../../ports/snapshots.ts";
import type { Problem } from "../../schema/problem.ts";
import type { Result } from "../../util/result.ts";
import { agentsView } from "./agents-view.ts";
import { auditWorkspace } from "./audit-workspace.ts";
import { captureBase } from "./capture-base.ts";
import { captureWorkspace } from "./capture-workspace.ts";
import { checkWorkspace, type WorkspacePlace } from "./check-workspace.ts";
import { openComparison, type Comparison } from "./open-comparison.ts";
import { createWorkspace } from "./create-workspace.ts";
import { openShadow } from "./open-shadow.ts";
import { peekWorkspace } from "./peek-workspace.ts";
import { removeRunWorkspaces, removeWorkspace } from "./remove-workspace.ts";
import { dropRunRefs, type AttemptKey } from "./run-refs.ts";
import { openSnapshots } from "./snapshots.ts";
import { holderOf, strangersBeside } from "./strangers.ts";
import { refusing } from "./storage-problem.ts";
import { workspaceHolding, type TaskWorkspace } from "./task-workspace.ts";

/** Where isolation finds and puts things. */
export interface IsolationSettings {
  readonly files: Files;
  readonly git: Git;
  readonly homeFolder: string;
  /** Shadows lie here. */
  readonly stateFolder: string;
  /** Workspaces lie here. */
  readonly cacheFolder: string;
  /** Where git looks for the user's `ignore` and `attributes` files. */
  readonly userGitConfigFolder: string;
}

/**
 * Keeps agents apart from the user's files and from each other. What can be expected to fail, such
 * as a full disk, is a Result or a ProblemError.
 */
export interface Isolation {
  /** Snapshots of the user's files, for whoever needs to know how they stand. */
  readonly snapshots: Snapshots;
  /** Finds out whether agents can work on a folder. Writes nothing. */
  checkWorkspace(path: string): Promise<Result<WorkspacePlace, Problem>>;
  /** Opens any repository for looking at its refs; the caller closes it. */
  openComparison(path: string): Promise<Comparison>;
  /** Opens the shadow repository of a workspace, making it where there is none. */
  openShadow(place: WorkspacePlace): Promise<Shadow>;
  /** The commit a run starts from: the user's files as they are at the first call. */
  captureBase(request: { readonly shadow: Shadow; readonly executionId: string }): Promise<string>;
  /** What the agents of a run may see and change of the machine's files; `own` is the folder of all their workspaces. */
  agentsView(request: { readonly shadow: Shadow; readonly executionId: string }): Promise<FileView>;
  /** Makes a workspace with the files of `start`. */
  createWorkspace(request: AttemptKey & { readonly shadow: Shadow; readonly start: string }): Promise<TaskWorkspace>;
  /** Records what an agent left behind as a commit on top of the workspace's start. */
  captureWorkspace(request: {
    readonly shadow: Shadow;
    readonly workspace: TaskWorkspace;
  }): Promise<Result<Snapshot, Problem>>;
  /** What an agent left in its repository that could run programs, by name; empty where all is as it was. */
  auditWorkspace(workspace: TaskWorkspace): Promise<readonly string[]>;
  /** A commit of what a workspace holds while an agent works in it; undefined where that cannot be told now. */
  peekWorkspace(request: { readonly shadow: Shadow; readonly workspace: TaskWorkspace }): Promise<string | undefined>;
  /** The workspace whose folder this is; undefined when this program did not make it. */
  workspaceAt(shadow: Shadow, folder: string): Promise<TaskWorkspace | undefined>;
  /** The task of a run in whose workspace a path really lies; undefined where it lies in none. */
  holderOf(executionId: string, path: string): Promise<string | undefined>;
  /** Paths of what lies beside a run's workspaces and was not made by this program. */
  strangersBeside(executionId: string): Promise<readonly string[]>;
  /** Removes one workspace, its files kept as a snapshot; false where it is not ours or cannot be kept. */
  removeWorkspace(request: {
    readonly shadow: Shadow;
    readonly workspace: TaskWorkspace;
    readonly forget?: boolean;
  }): Promise<boolean>;
  /** Removes all workspaces of a run and gives the number; `forget` keeps no snapshots. */
  removeRunWorkspaces(request: {
    readonly shadow: Shadow;
    readonly executionId: string;
    readonly forget?: boolean;
  }): Promise<number>;
  /** Forgets every commit a run has kept in its shadow; gives the number of refs. */
  dropRunRefs(request: { readonly shadow: Shadow; readonly executionId: string }): Promise<number>;
}

/** Opens the engine. */
export function openIsolation(settings: IsolationSettings): Isolation {
  const { files, git } = settings;
  const plain = openSnapshots(settings);
  const snapshots: Snapshots = {
    take: (request) => refusing("Recording the workspace's files", plain.take(request)),
  };
  return {
    snapshots,
    checkWorkspace: (path) => checkWorkspace(path, settings),
    openComparison: (path) => refusing("Opening a temporary repository", openComparison(settings, path)),
    openShadow: (place) => refusing("Opening the private repository", openShadow({ ...settings, place })),
    captureBase: (request) =>
      refusing("Recording the state to start from", captureBase({ ...request, git, snapshots })),
    agentsView: (request) => refusing("Looking where agents may write", agentsView({ ...request, ...settings })),
    createWorkspace: (request) =>
      refusing(`Making a workspace for ${request.taskId}`, createWorkspace({ ...request, ...settings })),
    captureWorkspace: (request) => captureWorkspace({ ...request, files, git }),
    auditWorkspace: (workspace) => auditWorkspace({ workspace, files, git }),
    peekWorkspace: (request) => peekWorkspace({ ...request, files, git }),
    workspaceAt: (shadow, folder) => workspaceHolding(files, { folder, prefix: shadow.prefix }),
    holderOf: (executionId, path) => holderOf({ ...settings, executionId, path }),
    strangersBeside: (executionId) => strangersBeside({ ...settings, executionId }),
    removeWorkspace: (request) => refusing("Removing a workspace", removeWorkspace({ ...request, files, git })),
    removeRunWorkspaces: (request) =>
      refusing("Removing the run's workspaces", removeRunWorkspaces({ ...request, ...settings })),
    dropRunRefs: (request) => refusing("Forgetting the run's results", dropRunRefs({ ...request, git })),
  };
}
