import type { Git, Shadow } from "../../ports/git.ts";
import type { Hunk } from "../../schema/change.ts";
import { readRecords } from "./changed-paths.ts";

/** One changed range together with its new lines, line ends included. */
export interface TextHunk extends Hunk {
  readonly added: string;
}

/** What a comparison says of one file; no hunks for a binary file or a mere renaming. */
export interface FileHunks {
  readonly path: string;
  readonly hunks: readonly TextHunk[];
  readonly binary: boolean;
}

/** Paths in one git process; the command line has a limit. */
const MAX_PATHS = 200;

/**
 * The changed ranges of some files between two commits, without context, found by the same
 * algorithm that the merge uses. Names are those of the newer commit; renames are followed only
 * where both names are among `paths`.
 */
export async function fileHunks(request: {
  readonly git: Git;
  readonly shadow: Shadow;
  readonly from: string;
  readonly to: string;
  readonly paths: readonly string[];
}): Promise<ReadonlyMap<string, FileHunks>> {
  const { git, shadow, from, to, paths } = request;
  const found = new Map<string, FileHunks>();
  for (let start = 0; start < paths.length; start += MAX_PATHS) {
    const answer = await git.run(
      [
        ...["--literal-pathspecs", "diff-tree", "-r", "-M", "--raw", "-z", "-p", "-U0", "--no-color", "--no-ext-diff"],
        ...["--no-textconv", "--no-abbrev", "--diff-algorithm=histogram", "--no-indent-heuristic"],
        "--inter-hunk-context=0",
        ...["--end-of-options", from, to, "--", ...paths.slice(start, start + MAX_PATHS)],
      ],
      { gitDir: shadow.gitDir },
    );
    for (const file of parseHunks(answer.text)) found.set(file.path, file);
  }
  return found;
}

/** Reads `git diff-tree --raw -z -p -U0`: raw records, an empty field, then the patches in the same order. */
export function parseHunks(text: string): readonly FileHunks[] {
  const end = text.indexOf("\0\0");
  if (end < 0) return [];
  const [changes] = readRecords(text.slice(0, end).split("\0"), 0);
  const patches = splitPatches(text.slice(end + 2));
  let at = 0;
  return changes.map((change) => {
    // A file that becomes a link, or the reverse, is told as a deletion and a creation.
    const own = patches.slice(at, at + (change.status === "T" ? 2 : 1));
    at += own.length;
    const lines = own.flat();
    const binary = lines.some((line) => line.startsWith("Binary files "));
    return { path: change.path, binary, hunks: own.flatMap(hunksOf) };
  });
}

function splitPatches(text: string): string[][] {
  const patches: string[][] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("diff --git ")) patches.push([]);
    patches.at(-1)?.push(line);
  }
  return patches;
}

function hunksOf(lines: readonly string[]): TextHunk[] {
  const hunks: { head: Hunk; added: string[]; open: boolean }[] = [];
  for (const line of lines) {
    const head = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    const current = hunks.at(-1);
    if (head) {
      const [oldStart, oldLines, newStart, newLines] = head.slice(1).map((part) => Number(part ?? 1));
      hunks.push({
        head: { oldStart: oldStart ?? 0, oldLines: oldLines ?? 1, newStart: newStart ?? 0, newLines: newLines ?? 1 },
        added: [],
        open: false,
      });
    } else if (current && line.startsWith("+")) {
      current.added.push(`${line.slice(1)}\n`);
      current.open = true;
    } else if (current && line.startsWith("-")) {
      current.open = false;
    } else if (current?.open && line.startsWith("\\")) {
      current.added.push((current.added.pop() ?? "").slice(0, -1));
    }
  }
  return hunks.map(({ head, added }) => ({ ...head, added: added.join("") }));
}
