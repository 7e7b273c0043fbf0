import type { FileChange } from "../../../schema/change.ts";
import type { ResolutionStrategy } from "../../../schema/conflict.ts";

/** What a decision would do. */
export interface ResolutionPreview {
  readonly conflictId: string;
  readonly strategy: ResolutionStrategy;
  readonly taskId?: string;
  /** Whether it could be carried out as things stand. */
  readonly possible: boolean;
  /** What would happen, or why it could not, a sentence each. */
  readonly notes: readonly string[];
  /** Files that would change: the user's, or, where nothing is written, those of the merged result. */
  readonly files: readonly FileChange[];
  readonly merged: readonly string[];
  readonly held: readonly { readonly taskId: string; readonly reason: string }[];
}

/** What came of a decision about a conflict. */
export interface Decided {
  /** What was done, in one sentence. */
  readonly did: string;
  /** Whether it holds: carried out now or before. Undefined while it is under way, and for a preview. */
  readonly done?: boolean;
  readonly preview?: ResolutionPreview;
  /** Folder in which the files are to be edited. */
  readonly folder?: string;
}
