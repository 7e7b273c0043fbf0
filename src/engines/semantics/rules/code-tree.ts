import type { CodeFacts } from "../../../schema/code-facts.ts";

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

/** Name of the folder a path lies in; empty at the top. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** Last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Joins a folder and a relative path; undefined when it leads above the top. */
export function joinPath(folder: string, relative: string): string | undefined {
  const parts = folder === "" ? [] : folder.split("/");
  for (const part of relative.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

/** The folder and all folders above it, the nearest first, the top last. */
export function foldersAbove(folder: string): readonly string[] {
  const folders: string[] = [];
  for (let at = folder; at !== ""; at = folderOf(at)) folders.push(at);
  return [...folders, ""];
}
