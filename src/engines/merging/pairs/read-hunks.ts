import type { Git, Shadow } from "../../../ports/git.ts";
import { mapTogether } from "../../../util/map-together.ts";
import { readRecords } from "../changed-paths.ts";
import type { TextHunk } from "../file-hunks.ts";

/** What a commit changed in each text that it only modified, by path. Binary files are left out. */
export type HunksByPath = ReadonlyMap<string, readonly TextHunk[]>;

/**
 * Reads the changed ranges of all modified files between a commit and others, in as many git processes as the machine
 * has use for. They are the ranges that git's merge compares: with no context at all, git would take equal ends of the
 * texts away before it looks for what changed, and could find other ranges; so one line is asked for and left out here.
 */
export async function readHunks(request: {
  readonly git: Git;
  readonly shadow: Shadow;
  readonly from: string;
  readonly commits: readonly string[];
}): Promise<readonly HunksByPath[]> {
  const { git, shadow, from, commits } = request;
  const size = Math.ceil(commits.length / git.parallel);
  const parts = Array.from({ length: Math.ceil(commits.length / size) }, (_, part) =>
    commits.slice(part * size, (part + 1) * size),
  );
  const found = await mapTogether(parts, git.parallel, async (part) => {
    const argv = [
      ...["diff-tree", "--stdin", "-r", "--raw", "-z", "-p", "-U1", "--always", "--no-abbrev", "--no-renames"],
      ...["--diff-filter=M", "--no-color", "--no-ext-diff", "--no-textconv", "--inter-hunk-context=0"],
      ...["--diff-algorithm=histogram", "--no-indent-heuristic"],
    ];
    const input = part.map((to) => `${to} ${from}\n`).join("");
    const answer = await git.run(argv, { gitDir: shadow.gitDir, input });
    return parseCommits(answer.text, part);
  });
  return found.flat();
}

/** Reads, for each of the commits, its id, its raw records, an empty field and their patches in the same order. */
function parseCommits(text: string, commits: readonly string[]): readonly HunksByPath[] {
  let at = 0;
  return commits.map((commit) => {
    if (!text.startsWith(`${commit}\0`, at))
      throw new Error(`Internal error: git compared something else than ${commit}`);
    at += commit.length + 1;
    const hunks = new Map<string, readonly TextHunk[]>();
    // Where nothing was modified, the next commit follows at once.
    if (text[at] !== ":") return hunks;
    const end = text.indexOf("\0\0", at);
    const [changes] = readRecords(text.slice(at, end).split("\0"), 0);
    at = end + 2;
    for (const { path } of changes) {
      const reader = new PatchReader(text, at);
      const own = reader.read();
      if (own) hunks.set(path, own);
      at = reader.at;
    }
    return hunks;
  });
}

/** How a line begins that belongs to the patch before it. */
const INSIDE = /^(?:old mode |new mode |index |--- |\+\+\+ |@@ |Binary )/;

type OpenHunk = { -readonly [Key in keyof TextHunk]: TextHunk[Key] };

/** Reads one patch after the other; how long a hunk is says its head, whatever its lines look like. */
class PatchReader {
  readonly #text: string;
  at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  /** The hunks of the patch that begins here; undefined for a file that git takes for binary. */
  read(): readonly TextHunk[] | undefined {
    if (!this.#startsWith("diff --git ")) throw new Error("Internal error: a patch of git diff-tree is missing");
    const hunks: TextHunk[] = [];
    let binary = false;
    do {
      if (this.#startsWith("Binary files ")) binary = true;
      const head = this.#startsWith("@@ ") && /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(this.#line());
      this.#skip();
      if (head)
        this.#readHunk(
          head.slice(1).map((part: string | undefined) => Number(part ?? 1)),
          hunks,
        );
    } while (INSIDE.test(this.#text.slice(this.at, this.at + 9)));
    return binary ? undefined : hunks;
  }

  #readHunk([oldStart = 0, oldLines = 0, newStart = 0, newLines = 0]: readonly number[], hunks: TextHunk[]): void {
    // Of a side without lines, git names the line before.
    let [old, now] = [oldLines === 0 ? oldStart + 1 : oldStart, newLines === 0 ? newStart + 1 : newStart];
    const [oldEnd, newEnd] = [old + oldLines, now + newLines];
    const own: OpenHunk[] = [];
    let open: OpenHunk | undefined;
    while (old < oldEnd || now < newEnd) {
      const [mark, line] = [this.#text[this.at], this.#line().slice(1)];
      this.#skip();
      const incomplete = this.#startsWith("\\");
      if (incomplete) this.#skip();
      if (mark !== "+" && mark !== "-") {
        open = undefined;
        old += 1;
        now += 1;
        continue;
      }
      if (!open) {
        open = { oldStart: old, oldLines: 0, newStart: now, newLines: 0, added: "" };
        own.push(open);
      }
      if (mark === "-") {
        open.oldLines += 1;
        old += 1;
      } else {
        open.newLines += 1;
        now += 1;
        open.added += incomplete ? line : `${line}\n`;
      }
    }
    for (const hunk of own) {
      if (hunk.oldLines === 0) hunk.oldStart -= 1;
      if (hunk.newLines === 0) hunk.newStart -= 1;
      hunks.push(hunk);
    }
  }

  #startsWith(start: string): boolean {
    return this.#text.startsWith(start, this.at);
  }

  #line(): string {
    const end = this.#text.indexOf("\n", this.at);
    return this.#text.slice(this.at, end < 0 ? undefined : end);
  }

  #skip(): void {
    const end = this.#text.indexOf("\n", this.at);
    this.at = end < 0 ? this.#text.length : end + 1;
  }
}
