import { mapTogether } from "../../util/map-together.ts";
import { contestedHunks, type ContestedHunks, type PlainStart } from "./contested-hunks.ts";
import { kindOf, type FileKind } from "./file-kinds.ts";
import { fileHunks, type FileHunks } from "./file-hunks.ts";
import { mergeManifest } from "./merge-manifest.ts";
import { mergePairs, type CommitPair, type MergeTreeCall, type PairMerge } from "./merge-tree.ts";
import { readBlobs } from "./read-blobs.ts";
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
 * own (changelogs and imports that both sides only add to, manifests by key), these are merged by their rules. All
 * files of a conflict are settled, or none.
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
    if (merge.status !== "conflict" || !hasRules(merge) || ++tried > MAX_TRIED) return merge;
    return settle({ ...request, ...tries }, request.pairs[index] as CommitPair, merge);
  });
}

function contestedIn(
  request: MergeTreeCall & { readonly pairs: readonly CommitPair[]; readonly start?: PlainStart },
  merges: readonly PairMerge[],
): ContestedHunks | undefined {
  const contests = merges.flatMap((merge, index) =>
    merge.status === "conflict" && hasRules(merge)
      ? [{ commits: request.pairs[index] as CommitPair, paths: merge.paths }]
      : [],
  );
  return request.start && contestedHunks(request, request.start, contests);
}

function hasRules({ paths, messages }: Conflict): boolean {
  const onlyLines = messages.every(({ text }) => !text.startsWith("CONFLICT") || text.startsWith("CONFLICT (content)"));
  const kinds = paths.map(kindOf);
  return (
    onlyLines &&
    paths.length <= MAX_PATHS &&
    kinds.every((kind) => kind !== undefined && kind !== "lockfile" && kind !== "generated")
  );
}

type SettleCall = MergeTreeCall & { readonly base: string | undefined; readonly contested: ContestedHunks | undefined };

async function settle(call: SettleCall, [left, right]: CommitPair, merge: Conflict): Promise<PairMerge> {
  const { git, shadow } = call;
  const paths = [...new Set(merge.paths)];
  const known = await Promise.all([call.contested?.(left, right, paths), call.contested?.(right, left, paths)]);
  const base = known.every((files) => files !== undefined) ? call.base : await onlyBase(call, left, right);
  if (base === undefined) return merge;
  const hunksOf = async (to: string, at: 0 | 1): Promise<ReadonlyMap<string, FileHunks>> =>
    known[at] ? new Map(known[at].map((file) => [file.path, file])) : fileHunks({ git, shadow, from: base, to, paths });
  const hunks = [await hunksOf(left, 0), await hunksOf(right, 1)] as const;
  const sidesOf = (path: string, text: string): Parameters<typeof uniteInsertions>[0] => {
    return { base: text, left: hunks[0].get(path)?.hunks ?? [], right: hunks[1].get(path)?.hunks ?? [] };
  };
  // Most conflicts are no mere insertions; then nothing more has to be read.
  const isHopeless = (path: string): boolean =>
    kindOf(path) !== "manifest" && uniteInsertions(sidesOf(path, ""), mayStandTogether(kindOf(path))) === undefined;
  if (paths.some(isHopeless)) return merge;
  const [before, one, other] = await Promise.all([base, left, right].map((commit) => entriesOf(call, commit, paths)));
  const ids = [before, one, other].flatMap((entries) => [...(entries?.values() ?? [])].map(({ id }) => id));
  const texts = await readBlobs({ git, shadow, ids });
  const written: { path: string; mode: string; text: string }[] = [];
  for (const path of paths) {
    const [from, mine, theirs] = [before?.get(path), one?.get(path), other?.get(path)];
    if (!from || !mine || !theirs || mine.mode !== theirs.mode || !mine.mode.startsWith("100")) return merge;
    const versions = [from, mine, theirs].map(({ id }) => texts.get(id) ?? "\uFFFD");
    // What is no text, or not in UTF-8, could not be written back as it was.
    if (versions.some((text) => /[\0\uFFFD]/.test(text) || text.length > MAX_CHARACTERS)) return merge;
    const [was = "", ours = "", them = ""] = versions;
    const text =
      kindOf(path) === "manifest"
        ? mergeManifest({ base: was, left: ours, right: them })
        : uniteInsertions(sidesOf(path, was), mayStandTogether(kindOf(path)));
    if (text === undefined) return merge;
    written.push({ path, mode: mine.mode, text });
  }
  const tree = await writeTree(call, merge.tree, written);
  const joined = merge.messages.flatMap((message) => (message.kind === "Auto-merging" ? message.paths : []));
  return { status: "clean", tree, joined: [...new Set([...joined, ...paths])], settled: paths };
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

/** Mode and blob of each path of a commit that is there. */
async function entriesOf(
  { git, shadow }: MergeTreeCall,
  commit: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, { readonly mode: string; readonly id: string }>> {
  const argv = ["--literal-pathspecs", "ls-tree", "-z", "--full-tree", "--end-of-options", commit, "--", ...paths];
  const answer = await git.run(argv, { gitDir: shadow.gitDir });
  const entries = answer.text.split("\0").flatMap((entry) => {
    const [, mode, id, path] = /^(\d+) blob ([0-9a-f]+)\t([^]*)$/.exec(entry) ?? [];
    return mode && id && path ? [[path, { mode, id }] as const] : [];
  });
  return new Map(entries);
}

/** The tree with other blobs at some paths; objects are all that is written. */
async function writeTree(
  call: MergeTreeCall,
  tree: string,
  files: readonly { readonly path: string; readonly mode: string; readonly text: string }[],
): Promise<string> {
  const { git, shadow } = call;
  let current = tree;
  for (const { path, mode, text } of files) {
    const stored = await git.run(["hash-object", "-w", "--stdin"], { gitDir: shadow.gitDir, input: text });
    const names = path.split("/").map((part) => Buffer.from(part).toString("latin1"));
    current = await replaceEntry(call, current, names, `${mode} blob ${stored.text.trim()}`);
  }
  return current;
}

/** Names are carried as one character a byte: those beside the path may be no UTF-8. */
async function replaceEntry(
  call: MergeTreeCall,
  tree: string,
  [name = "", ...rest]: readonly string[],
  replacement: string,
): Promise<string> {
  const { gitDir } = call.shadow;
  const listed = await call.git.run(["ls-tree", "-z", "--end-of-options", tree], { gitDir });
  const entries = Buffer.from(listed.bytes)
    .toString("latin1")
    .split("\0")
    .filter((entry) => entry !== "");
  const changed: string[] = [];
  for (const entry of entries) {
    // Names may hold tabs; what stands before them does not.
    const tab = entry.indexOf("\t");
    const [, , id = ""] = entry.slice(0, tab).split(" ");
    if (entry.slice(tab + 1) !== name) changed.push(entry);
    else if (rest.length === 0) changed.push(`${replacement}\t${name}`);
    else changed.push(`040000 tree ${await replaceEntry(call, id, rest, replacement)}\t${name}`);
  }
  const input = Buffer.from(changed.map((entry) => `${entry}\0`).join(""), "latin1");
  return (await call.git.run(["mktree", "-z"], { gitDir, input })).text.trim();
}
