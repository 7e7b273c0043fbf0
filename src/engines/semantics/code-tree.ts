import type { CodeFacts } from "../../schema/code-facts.ts";

/** One state of the files, as far as the rules look at it. Paths are relative to the repository, parts joined by `/`. */
export interface CodeTree {
  /** All files are known: a path that is not listed does not exist. */
  readonly complete: boolean;
  has(path: string): boolean;
  /** Files that lie directly in a folder; the empty name is the top. */
  filesIn(folder: string): readonly string[];
  /** Files of that name in any folder. */
  withName(name: string): readonly string[];
  /** Undefined for a file that is absent, too large, or in no language that can be read. */
  facts(path: string): Promise<CodeFacts | undefined>;
  /** Undefined for a file that is absent or no text. */
  text(path: string): Promise<string | undefined>;
  /** Files in which a word stands; more may be named than really have it. */
  naming(word: string): Promise<readonly string[]>;
}

/** One path that a side changed. */
export interface SideChange {
  /** The path it has now, or had before it was deleted. */
  readonly path: string;
  /** The path in the base of a file that was renamed. */
  readonly oldPath?: string;
  readonly kind: "added" | "deleted" | "modified" | "renamed";
}

/** The version of the files one task left behind. */
export interface MeaningSide {
  readonly agentId: string;
  readonly taskId: string;
  readonly tree: CodeTree;
  readonly changes: readonly SideChange[];
}

/** The version of one task that may have been built on others: its changes are those it made itself. */
export interface OwnWork extends MeaningSide {
  /** The files it started from. */
  readonly start: CodeTree;
}
