import type { Git, Shadow } from "../../../ports/git.ts";
import type { MergeCandidate } from "../../merging/merge-candidate.ts";
import type { OwnResult } from "../../merging/own-changes.ts";
import type { JoinedText, JoinedTexts } from "../../merging/pairs/prove-clean.ts";
import { uniteInsertions } from "../../merging/by-kind/unite-insertions.ts";
import { languageOf } from "../../../schema/code-facts.ts";
import type { CodeTree, SideChange } from "../../semantics/code-tree.ts";
import { folderOf, nameOf } from "../../../util/path-parts.ts";
import type { BlobPlace, FactsByBlob } from "../meaning/facts-by-blob.ts";
import { addToGroup } from "../../../util/add-to-group.ts";

/** All files of the state that results started from, by path, by folder and by name. */
export interface BaseIndex {
  readonly commit: string;
  readonly ids: ReadonlyMap<string, string>;
  readonly byFolder: ReadonlyMap<string, readonly string[]>;
  readonly byName: ReadonlyMap<string, readonly string[]>;
  /** Files in which a word stands; each word is looked for once. */
  naming(word: string): Promise<readonly string[]>;
}

/** What lies over the base: the blob of each changed path, undefined where there is none any more. */
export type Overlay = ReadonlyMap<string, string | undefined>;

const ABSENT = "000000";

/** Reads which files a commit has. */
export async function readBaseIndex(git: Git, shadow: Shadow, commit: string): Promise<BaseIndex> {
  const { gitDir } = shadow;
  const answer = await git.run(["ls-tree", "-r", "-z", "--full-tree", "--end-of-options", commit], { gitDir });
  const ids = new Map<string, string>();
  for (const record of answer.text.split("\0")) {
    const found = /^100\d{3} blob ([0-9a-f]+)\t(.+)$/s.exec(record);
    if (found?.[1] !== undefined && found[2] !== undefined) ids.set(found[2], found[1]);
  }
  const words = new Map<string, Promise<readonly string[]>>();
  return {
    commit,
    ids,
    byFolder: groupBy([...ids.keys()], folderOf),
    byName: groupBy([...ids.keys()], nameOf),
    naming(word) {
      const known = words.get(word) ?? filesNaming({ git, gitDir, commit, word });
      words.set(word, known);
      return known;
    },
  };
}

async function filesNaming(request: {
  readonly git: Git;
  readonly gitDir: string;
  readonly commit: string;
  readonly word: string;
}): Promise<readonly string[]> {
  const { git, gitDir, commit, word } = request;
  // `-e` keeps a word that begins with a dash from being an option; 1 says that nothing was found.
  const argv = ["grep", "-l", "-w", "-F", "-I", "-z", "--full-name", "-e", word, commit, "--"];
  const { text } = await git.run(argv, { gitDir, answers: [1] });
  const prefix = `${commit}:`;
  return text
    .split("\0")
    .filter((line) => line.startsWith(prefix))
    .map((line) => line.slice(prefix.length))
    .filter((path) => languageOf(path) !== undefined);
}

function groupBy(paths: readonly string[], keyOf: (path: string) => string): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const path of paths) addToGroup(groups, keyOf(path), path);
  return groups;
}

const NONE: JoinedTexts = new Map();

/** The text of a path that two changed in different places, put together from the one they started from. */
async function joinedText(facts: FactsByBlob, place: BlobPlace, joined: JoinedText): Promise<string | undefined> {
  const { baseId, left, right } = joined;
  const base = await facts.text(place, baseId);
  return base === undefined ? undefined : uniteInsertions({ base, left, right }, () => false);
}

/** The base with some paths changed, as a tree the rules can look at. */
export function layeredTree(request: {
  readonly base: BaseIndex;
  readonly overlay: Overlay;
  /** Paths of the overlay whose text lies in no blob. */
  readonly joined?: JoinedTexts;
  readonly place: BlobPlace;
  readonly facts: FactsByBlob;
}): CodeTree {
  const { base, overlay, joined = NONE, place, facts } = request;
  const idOf = (path: string): string | undefined => (overlay.has(path) ? overlay.get(path) : base.ids.get(path));
  const layered = (below: readonly string[], fits: (path: string) => boolean): readonly string[] => [
    ...below.filter((path) => !overlay.has(path)),
    ...[...overlay].flatMap(([path, id]) => (id !== undefined && fits(path) ? [path] : [])),
  ];
  return {
    complete: true,
    has: (path) => idOf(path) !== undefined,
    filesIn: (folder) => layered(base.byFolder.get(folder) ?? [], (path) => folderOf(path) === folder),
    withName: (name) => layered(base.byName.get(name) ?? [], (path) => nameOf(path) === name),
    facts: async (path) => {
      const both = joined.get(path);
      if (both) {
        const id = [both.baseId, ...both.ids].join("+");
        return facts.factsOf(path, id, () => joinedText(facts, place, both));
      }
      const id = idOf(path);
      return id === undefined ? undefined : facts.facts(place, path, id);
    },
    text: async (path) => {
      const both = joined.get(path);
      if (both) return joinedText(facts, place, both);
      const id = idOf(path);
      return id === undefined ? undefined : facts.text(place, id);
    },
    naming: async (word) => layered(await base.naming(word), (path) => languageOf(path) !== undefined),
  };
}

/** What a result lays over the base. Links and submodules are no files with a text. */
export function overlayOf(changes: MergeCandidate["changes"]): Overlay {
  const overlay = new Map<string, string | undefined>();
  for (const { oldPath } of changes) if (oldPath !== undefined) overlay.set(oldPath, undefined);
  for (const { path, newMode, newId } of changes) {
    overlay.set(path, newMode === ABSENT || !newMode.startsWith("100") ? undefined : newId);
  }
  return overlay;
}

/** What a result's start lays over the base: all that the result does, but for what it changed itself. */
export function startOverlayOf({ changes, own }: OwnResult): Overlay {
  const overlay = new Map(overlayOf(changes));
  for (const { path } of own) overlay.set(path, undefined);
  for (const { path, oldPath = path, oldMode, oldId } of own) {
    if (oldMode.startsWith("100")) overlay.set(oldPath, oldId);
  }
  return overlay;
}

/** The changes of a result as the rules see them. */
export function sideChanges(changes: MergeCandidate["changes"]): readonly SideChange[] {
  return changes.map(({ path, oldPath, status }): SideChange => {
    if (status === "D") return { path, kind: "deleted" };
    if (oldPath !== undefined) return { path, oldPath, kind: "renamed" };
    return { path, kind: status === "A" ? "added" : "modified" };
  });
}
