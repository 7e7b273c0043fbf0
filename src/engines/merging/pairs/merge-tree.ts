import { GitFailure, type Git, type Shadow } from "../../../ports/git.ts";
import { mapTogether } from "../../../util/map-together.ts";

/** Two commits to be merged. */
export type CommitPair = readonly [string, string];

/** Something git says about the paths of a merge. */
export interface MergeMessage {
  readonly paths: readonly string[];
  /** `Auto-merging`, `CONFLICT (contents)`, … */
  readonly kind: string;
  readonly text: string;
}

/** What merging two commits gives. `unreadable`: git could not do it, for the reason given. */
export type PairMerge =
  | {
      readonly status: "clean";
      readonly tree: string;
      /** Paths in which the lines of both sides were joined. */
      readonly joined: readonly string[];
      /** Of these, the paths where git found a conflict and the rule of their kind settled it. */
      readonly settled?: readonly string[];
      /** Of these, the paths that hold the left side's version until a program has made them anew. */
      readonly remade?: readonly string[];
    }
  | {
      readonly status: "conflict";
      readonly tree: string;
      readonly paths: readonly string[];
      readonly messages: readonly MergeMessage[];
    }
  | { readonly status: "unreadable"; readonly reason: string };

/** How merges are run: the folder that holds the attribute files is given to git as the work tree. */
export interface MergeTreeCall {
  readonly git: Git;
  readonly shadow: Shadow;
  readonly attributeFolder: string;
  /** Instead of how results of runs are merged: the settings of a user's repository, `key=value` each. */
  readonly settings?: readonly string[];
  /** What is merged need not survive a power cut: the repository itself is thrown away. */
  readonly fleeting?: boolean;
  /** Whether a program makes the file anew after the merge, so that either side's version will do until then. */
  readonly remakes?: (path: string) => boolean;
}

/** Pairs in one git process; git answers only after the last one. */
const MAX_BATCH = 2_000;
/** Fewer pairs are not worth another process. */
const MIN_BATCH = 2;

/**
 * A file that an agent adds stays in the folder where it put it, also when another agent renames
 * that folder: otherwise git would move it, or take the two for a conflict.
 */
const SETTINGS = ["merge.directoryRenames=false", "merge.renames=true"];
const QUIET = ["advice.submoduleMergeConflict=false"];
/** Git flushes each object of a merge to the disk by itself, which takes longer than the merge. */
const UNFLUSHED = ["core.fsync=none"];

/**
 * Merges pairs of commits inside the object database, many in one git process and some processes side by side; nothing
 * but objects is written. One unreadable object ends a whole batch, so a batch that failed is halved until the pair at
 * fault stands alone; the other batches are not touched by it.
 */
export async function mergePairs(
  request: MergeTreeCall & { readonly pairs: readonly CommitPair[] },
): Promise<readonly PairMerge[]> {
  const { pairs, git } = request;
  const sideBySide = Math.max(1, Math.min(git.parallel, Math.floor(pairs.length / MIN_BATCH)));
  const count = sideBySide * Math.ceil(pairs.length / (sideBySide * MAX_BATCH));
  // Dealt out one by one: pairs that take long stand beside each other, because they have one side in common.
  const batches = Array.from({ length: count }, (_, batch) => pairs.filter((__, place) => place % count === batch));
  const merged = await mapTogether(batches, sideBySide, (batch) => mergeBatch(request, batch));
  return pairs.map((_, place) => merged[place % count]?.[Math.floor(place / count)] as PairMerge);
}

/** Merges two commits. */
export async function mergeTwo(call: MergeTreeCall, left: string, right: string): Promise<PairMerge> {
  const [merged] = await mergeBatch(call, [[left, right]]);
  return merged as PairMerge;
}

async function mergeBatch(call: MergeTreeCall, pairs: readonly CommitPair[]): Promise<readonly PairMerge[]> {
  if (pairs.length === 0) return [];
  let reason = "git's answer could not be understood";
  try {
    const answer = await call.git.run(["merge-tree", "--write-tree", "--stdin", "-z", "--name-only", "--messages"], {
      gitDir: call.shadow.gitDir,
      workTree: call.attributeFolder,
      cwd: call.attributeFolder,
      input: pairs.map(([left, right]) => `${left} ${right}\n`).join(""),
      config: [...QUIET, ...(call.fleeting === true ? UNFLUSHED : []), ...(call.settings ?? SETTINGS)],
      // Conflicts are told in the answer; 1 says no more than that there are some.
      answers: [1],
    });
    const merges = parseMergeTree(answer.text, pairs.length);
    if (merges) return merges;
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    reason =
      error.stderr
        .trim()
        .split("\n")[0]
        ?.replace(/^\w+: /, "") ?? reason;
  }
  if (pairs.length === 1) return [{ status: "unreadable", reason }];
  const middle = pairs.length >> 1;
  return [...(await mergeBatch(call, pairs.slice(0, middle))), ...(await mergeBatch(call, pairs.slice(middle)))];
}

/** Git 2.38-2.40 print this among the fields, whatever `advice.submoduleMergeConflict` says. */
const SUBMODULE_ADVICE =
  /Recursive merging with submodules currently only supports trivial cases\.\n(?:[^\0]*?) - commit the resulting index in the superproject\n/g;

/**
 * Reads the answer of `git merge-tree --stdin -z --name-only --messages` about so many pairs: per
 * pair status, tree, paths, an empty field, messages (number of paths, paths, kind, text), and an
 * empty field. Undefined when the answer is anything else.
 */
export function parseMergeTree(text: string, count: number): readonly PairMerge[] | undefined {
  const fields = text.replaceAll(SUBMODULE_ADVICE, "").split("\0");
  let at = 0;
  const merges: PairMerge[] = [];
  while (merges.length < count) {
    const status = fields[at++];
    const tree = fields[at++];
    if ((status !== "0" && status !== "1") || tree === undefined || !/^[0-9a-f]{40,64}$/.test(tree)) return undefined;
    const paths: string[] = [];
    while (fields[at] !== "") {
      const path = fields[at++];
      if (path === undefined) return undefined;
      paths.push(path);
    }
    at += 1;
    const messages: MergeMessage[] = [];
    while (fields[at] !== "") {
      const number = fields[at++];
      if (number === undefined || !/^\d+$/.test(number)) return undefined;
      const named = fields.slice(at, at + Number(number));
      at += Number(number);
      const [kind, message] = [fields[at++], fields[at++]];
      if (kind === undefined || message === undefined) return undefined;
      messages.push({ paths: named, kind, text: message.trim() });
    }
    at += 1;
    const joined = messages.flatMap((message) => (message.kind === "Auto-merging" ? message.paths : []));
    merges.push(status === "1" ? { status: "clean", tree, joined } : { status: "conflict", tree, paths, messages });
  }
  // What follows the last pair is the empty end of the text.
  return at === fields.length - 1 && fields[at] === "" ? merges : undefined;
}
