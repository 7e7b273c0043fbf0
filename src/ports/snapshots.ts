import type { Shadow } from "./git.ts";

/** What is to be snapshot, and under which name it is kept. */
export interface SnapshotRequest {
  readonly shadow: Shadow;
  readonly message: string;
  /** Parent of the snapshot's commit; none if absent. */
  readonly parent?: string;
  /** Full name of the ref in the shadow that keeps it; without one git may prune it after two weeks. */
  readonly ref?: string;
}

/** A state of the user's files, kept as a commit of the shadow repository. */
export interface Snapshot {
  readonly commit: string;
  readonly tree: string;
}

/** How the engines see the user's files as they stand right now. */
export interface Snapshots {
  /**
   * Records every file that is tracked or not ignored, uncommitted changes included, without
   * writing anything of the user's. Refuses with a ProblemError during an unfinished merge and
   * when a file cannot be read.
   */
  take(request: SnapshotRequest): Promise<Snapshot>;
}
