import { mapTogether } from "../../../util/map-together.ts";
import { contestedHunks, type ContestedHunks, type PlainStart } from "../pairs/contested-hunks.ts";
import { kindOf, type FileKind } from "./file-kinds.ts";
import { fileHunks, type FileHunks } from "../file-hunks.ts";
import { mergeManifest } from "./merge-manifest.ts";
import { mergePairs, type CommitPair, type MergeTreeCall, type PairMerge } from "../pairs/merge-tree.ts";
import { readBlobs } from "../read-blobs.ts";
import { blobsAt, isPlainFile, replaceBlobs, type BlobAt } from "./replace-blobs.ts";
import { areImportsApart, uniteInsertions, type MayStandTogether } from "./unite-insertions.ts";

type Conflict = Extract<PairMerge, { status: "conflict" }>;

/** Conflicts that are tried in one call; each takes several git processes. */
const MAX_TRIED = 500;
const MAX_AT_ONCE = 4;
/** More files in one conflict than this are left to a person. */
const MAX_PATHS = 20;
/** Longer files are left to a person. */
const MAX_CHARACTERS = 2_000_000;

/** Merges two commits as `mergePairsByKind` does. */
export async function mergeTwoByKind(call: MergeTreeCall, left: string, right: string): Promise<PairMerge> {
  const [merged] = await mergePairsByKind({ ...call, pairs: [[left, right]] });
  return merged as PairMerge;
}

/**
 * Merges pairs of commits as git does; where it finds conflicts of lines in nothing but files that have a rule of their
 * own (changelogs and imports that both sides only add to, manifests by key), these are merged by their rules; of files
 * that a program makes anew the left side's is taken for the time being. All files of a conflict are settled, or none.
 */
export async function mergePairsByKind(
  request: MergeTreeCall & {
    readonly pairs: readonly CommitPair[];
    /** What is known of where the commits start, if anything. */
    readonly start?: PlainStart;
  },
): Promise<readonly PairMerge[]> {
  const merges = await mergePairs(request);
  // Branches of somebody's are judged as git judges them.
  if (request.settings !== undefined) return merges;
  const tries = { base: request.start?.base, contested: contestedIn(request, merges) };
  let tried = 0;
  return mapTogether(merges, MAX_AT_ONCE, async (merge, index) => {
    if (merge.status !== "conflict" || !hasRules(merge, request.remakes) || ++tried > MAX_TRIED) return merge;
    return settle({ ...request, ...tries }, request.pairs[index] as CommitPair, merge);
  });
}

function contestedIn(
  request: MergeTreeCall & { readonly pairs: readonly CommitPair[]; readonly start?: PlainStart },
  merges: readonly PairMerge[],
): ContestedHunks | undefined {
  const contests = merges.flatMap((merge, index) =>
    merge.status === "conflict" && hasRules(merge, request.remakes)
      ? [{ commits: request.pairs[index] as CommitPair, paths: merge.paths }]
      : [],
  );
  return request.start && contestedHunks(request, request.start, contests);
}

/** Conflicts in which both sides have a file at the path, so that either can be taken until it is made anew. */
const BOTH_HAVE_IT = /^CONFLICT \((content|add\/add|binary)\)/;

function hasRules({ paths, messages }: Conflict, remakes: MergeTreeCall["remakes"] = () => false): boolean {
  const onlyLines = messages.every(
    (message) =>
      !message.text.startsWith("CONFLICT") ||
      message.text.startsWith("CONFLICT (content)") ||
      (BOTH_HAVE_IT.test(message.text) && message.paths.every(remakes)),
  );
  const hasRule = (path: string): boolean => {
    const kind = kindOf(path);
    return remakes(path) || (kind !== undefined && kind !== "lockfile" && kind !== "generated");
  };
  return onlyLines && paths.length <= MAX_PATHS && paths.every(hasRule);
}

type SettleCall = MergeTreeCall & { readonly base: string | undefined; readonly contested: ContestedHunks | undefined };

async function settle(call: SettleCall, [left, right]: CommitPair, merge: Conflict): Promise<PairMerge> {
  const all = [...new Set(merge.paths)];
  const remade = all.filter((path) => call.remakes?.(path) === true);
  const paths = all.filter((path) => !remade.includes(path));
  const known = await Promise.all([call.contested?.(left, right, paths), call.contested?.(right, left, paths)]);
  const base = known.every((files) => files !== undefined) ? call.base : await onlyBase(call, left, right);
  if (base === undefined && paths.length > 0) return merge;
  const sides = { left, right, base: base ?? left, known };
  const written = paths.length === 0 ? new Map<string, BlobAt>() : await byRule(call, sides, paths);
  if (written === undefined) return merge;
  if (remade.length > 0) {
    const [mine, theirs] = await Promise.all([left, right].map((commit) => blobsAt(call, commit, remade)));
    for (const path of remade) {
      const [one, other] = [mine?.get(path), theirs?.get(path)];
      if (!isPlainFile(one) || !isPlainFile(other)) return merge;
      written.set(path, one);
    }
  }
  const tree = await replaceBlobs(call, merge.tree, written);
  const joined = merge.messages.flatMap((message) => (message.kind === "Auto-merging" ? message.paths : []));
  const settled = { joined: [...new Set([...joined, ...all])], settled: all };
  return { status: "clean", tree, ...settled, ...(remade.length > 0 && { remade }) };
}

/** Two sides of a merge, where they have parted, and what each is known to have changed in contested files. */
interface Sides {
  readonly left: string;
  readonly right: string;
  readonly base: string;
  readonly known: readonly (readonly FileHunks[] | undefined)[];
}

/** What the rules of their kind make of some paths; undefined where one of them cannot be merged so. */
async function byRule(
  call: SettleCall,
  { left, right, base, known }: Sides,
  paths: readonly string[],
): Promise<Map<string, BlobAt> | undefined> {
  const { git, shadow } = call;
  const hunksOf = async (to: string, at: 0 | 1): Promise<ReadonlyMap<string, FileHunks>> =>
    known[at] ? new Map(known[at].map((file) => [file.path, file])) : fileHunks({ git, shadow, from: base, to, paths });
  const hunks = [await hunksOf(left, 0), await hunksOf(right, 1)] as const;
  const sidesOf = (path: string, text: string): Parameters<typeof uniteInsertions>[0] => {
    return { base: text, left: hunks[0].get(path)?.hunks ?? [], right: hunks[1].get(path)?.hunks ?? [] };
  };
  // Most conflicts are no mere insertions; then nothing more has to be read.
  const isHopeless = (path: string): boolean =>
    kindOf(path) !== "manifest" && uniteInsertions(sidesOf(path, ""), mayStandTogether(kindOf(path))) === undefined;
  if (paths.some(isHopeless)) return undefined;
  const [before, one, other] = await Promise.all([base, left, right].map((commit) => blobsAt(call, commit, paths)));
  const ids = [before, one, other].flatMap((entries) => [...(entries?.values() ?? [])].map(({ id }) => id));
  const texts = await readBlobs({ git, shadow, ids });
  const merged: { readonly path: string; readonly mode: string; readonly text: string }[] = [];
  for (const path of paths) {
    const [from, mine, theirs] = [before?.get(path), one?.get(path), other?.get(path)];
    if (!from || !isPlainFile(mine) || mine.mode !== theirs?.mode) return undefined;
    const versions = [from, mine, theirs].map(({ id }) => texts.get(id) ?? "\uFFFD");
    // What is no text, or not in UTF-8, could not be written back as it was.
    if (versions.some((text) => /[\0\uFFFD]/.test(text) || text.length > MAX_CHARACTERS)) return undefined;
    const [was = "", ours = "", them = ""] = versions;
    const text =
      kindOf(path) === "manifest"
        ? mergeManifest({ base: was, left: ours, right: them })
        : uniteInsertions(sidesOf(path, was), mayStandTogether(kindOf(path)));
    if (text === undefined) return undefined;
    merged.push({ path, mode: mine.mode, text });
  }
  const written = new Map<string, BlobAt>();
  for (const { path, mode, text } of merged) {
    const stored = await git.run(["hash-object", "-w", "--stdin"], { gitDir: shadow.gitDir, input: text });
    written.set(path, { mode, id: stored.text.trim() });
  }
  return written;
}

/** The commit that two have parted from; undefined where there is none, or more than one. */
async function onlyBase({ git, shadow }: MergeTreeCall, left: string, right: string): Promise<string | undefined> {
  const { gitDir } = shadow;
  const bases = await git.run(["merge-base", "--all", "--end-of-options", left, right], { gitDir, answers: [1] });
  const [base, ...more] = bases.text.split("\n").filter((line) => line !== "");
  return more.length > 0 ? undefined : base;
}

function mayStandTogether(kind: FileKind | undefined): MayStandTogether {
  return kind === "changelog" ? () => true : areImportsApart;
}
