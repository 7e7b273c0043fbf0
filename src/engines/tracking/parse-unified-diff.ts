import type { Hunk } from "../../schema/change.ts";

/** One file's part of a patch. */
export interface PatchSection {
  /** Ranges that really changed, without lines of context. */
  readonly hunks: readonly Hunk[];
  /** Hunks as git wrote them, each with its `@@` line. */
  readonly blocks: readonly PatchBlock[];
}

/** One hunk as git wrote it: changed lines and the context around them. */
export interface PatchBlock {
  readonly oldStart: number;
  readonly newStart: number;
  /** What git put behind the second `@@`. */
  readonly heading: string;
  /** Lines with their leading ` `, `+`, `-` or `\`. */
  readonly lines: readonly string[];
}

const BLOCK_HEAD = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(.*)$/s;

/**
 * Splits the output of `git diff-tree -p` into the parts of the files, in git's order. No content
 * can be mistaken for a head line, because the heads say how many lines follow.
 */
export function parseUnifiedDiff(text: string): readonly PatchSection[] {
  const sections: { hunks: Hunk[]; blocks: PatchBlock[] }[] = [];
  const lines = text.split("\n");
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] as string;
    at += 1;
    if (line.startsWith("diff --git ")) {
      sections.push({ hunks: [], blocks: [] });
      continue;
    }
    const head = BLOCK_HEAD.exec(line);
    const section = sections.at(-1);
    if (!head || !section) continue;
    const end = endOfBlock(lines, at, Number(head[2] ?? 1), Number(head[4] ?? 1));
    const block: PatchBlock = {
      oldStart: Number(head[1]),
      newStart: Number(head[3]),
      heading: head[5] ?? "",
      lines: lines.slice(at, end),
    };
    section.blocks.push(block);
    section.hunks.push(...exactHunks(block, { old: head[2] === "0", new: head[4] === "0" }));
    at = end;
  }
  return sections;
}

function endOfBlock(lines: readonly string[], start: number, oldLines: number, newLines: number): number {
  let oldLeft = oldLines;
  let newLeft = newLines;
  let at = start;
  while (at < lines.length && (oldLeft > 0 || newLeft > 0)) {
    const mark = lines[at]?.charAt(0);
    if (mark === " " || mark === "-") oldLeft -= 1;
    if (mark === " " || mark === "+") newLeft -= 1;
    at += 1;
  }
  // The remark that a last line has no line end counts on neither side.
  while (lines[at]?.startsWith("\\")) at += 1;
  return at;
}

/**
 * The changed ranges within a hunk. As in git, an empty range names the line before it: an
 * insertion after line 4 has `oldStart` 4 and `oldLines` 0.
 */
function exactHunks(block: PatchBlock, empty: { readonly old: boolean; readonly new: boolean }): readonly Hunk[] {
  const hunks: Hunk[] = [];
  // Where a whole side is empty git already names the line before.
  let oldLine = block.oldStart + (empty.old ? 1 : 0);
  let newLine = block.newStart + (empty.new ? 1 : 0);
  let removed = 0;
  let added = 0;
  const finish = (): void => {
    if (removed > 0 || added > 0) {
      const oldStart = removed > 0 ? oldLine - removed : oldLine - 1;
      const newStart = added > 0 ? newLine - added : newLine - 1;
      hunks.push({ oldStart, oldLines: removed, newStart, newLines: added });
    }
    removed = 0;
    added = 0;
  };
  for (const line of block.lines) {
    const mark = line.charAt(0);
    if (mark === "-") {
      removed += 1;
      oldLine += 1;
    } else if (mark === "+") {
      added += 1;
      newLine += 1;
    } else if (mark === " ") {
      finish();
      oldLine += 1;
      newLine += 1;
    }
  }
  finish();
  return hunks;
}
