/**
 * Puts branches that go together two by two into the target one after the other, and finds what only shows then.
 *
 * T1  The order is the one the answer proposes; git alone merges, as it would in their repository. Where somebody does
 *     not go in, the opposite order is tried, once: git follows a renamed file only while it is recognised.
 * T2  A branch that does not merge with what is there, or whose code breaks in the whole, is left out, and the rest is
 *     put together anew until nothing more is found.
 * T3  Nothing but objects is written, and those where the comparison puts its own.
 */
import { listFiles, type ConflictDraft } from "../pairs/describe-conflict.ts";
import { foldResults, type Fold, type Refused } from "../fold-results.ts";
import type { MeaningVerdict } from "../pairs/judge-meaning.ts";
import { areRelated, type MergeCandidate } from "../merge-candidate.ts";
import type { MergeTreeCall } from "../pairs/merge-tree.ts";

/** A branch that goes with each of the others and not with all of them. */
export interface Stop {
  readonly candidate: MergeCandidate;
  readonly over: "text" | "meaning";
  readonly reason: string;
  readonly draft: ConflictDraft;
}

/** Two branches and the commit in which all are put together. */
export interface PairInWhole {
  readonly left: MergeCandidate;
  readonly right: MergeCandidate;
  readonly tree: string;
}

/** What is put together, and who judges it. */
export interface Gathering {
  readonly call: MergeTreeCall;
  readonly target: MergeCandidate;
  /** In the order proposed. */
  readonly chosen: readonly MergeCandidate[];
  /** Judges what pairs mean for each other in the whole; without it only text counts. */
  readonly judgeWhole: ((pairs: readonly PairInWhole[]) => Promise<readonly MeaningVerdict[]>) | undefined;
  /** Describes what does not merge with the others put together, which come as one under the target's name. */
  readonly describe: (rest: MergeCandidate, refused: Refused) => Promise<ConflictDraft>;
}

/** What goes in, and what of those tried was left out, in the order it was met. */
export interface Gathered {
  readonly fold: Fold;
  readonly tried: readonly MergeCandidate[];
  readonly stops: readonly Stop[];
}

/** Merges all that goes in. */
export async function gatherHeads(gathering: Gathering): Promise<Gathered> {
  const stops: Stop[] = [];
  let tried: readonly MergeCandidate[] | undefined;
  let remaining = gathering.chosen;
  for (;;) {
    const { fold, order } = await foldHeads(gathering, remaining);
    tried ??= order;
    for (const refused of fold.refused) stops.push(await textStop(gathering, fold, refused));
    const names = new Set(fold.merged.map(({ taskId }) => taskId));
    const merged = order.filter(({ taskId }) => names.has(taskId));
    const broken = await meaningStops(gathering, merged, fold.commit);
    if (broken.length === 0) return { fold, tried, stops };
    stops.push(...broken);
    remaining = merged.filter((head) => broken.every(({ candidate }) => candidate !== head));
  }
}

async function foldHeads(
  { call, target }: Gathering,
  heads: readonly MergeCandidate[],
): Promise<{ readonly fold: Fold; readonly order: readonly MergeCandidate[] }> {
  const foldIn = (order: readonly MergeCandidate[]): Promise<Fold> => {
    // A branch that holds another one's commits brings them along; it does not depend on the other's being taken.
    const candidates = order.map((head) => ({ ...head, ancestors: new Set<string>() }));
    return foldResults({ ...call, base: target.commit, candidates });
  };
  const fold = await foldIn(heads);
  if (fold.refused.length === 0) return { fold, order: heads };
  const order = heads.toReversed();
  const other = await foldIn(order);
  return other.refused.length < fold.refused.length ? { fold: other, order } : { fold, order: heads };
}

async function textStop({ target, describe }: Gathering, fold: Fold, refused: Refused): Promise<Stop> {
  const { candidate, merge } = refused;
  const { agentId, taskId } = target;
  const draft = await describe({ ...candidate, agentId, taskId, commit: fold.commit }, refused);
  const paths = merge.status === "conflict" ? merge.paths : [];
  const met = fold.merged.filter(({ changes }) =>
    changes.some(({ path, oldPath = path }) => paths.includes(path) || paths.includes(oldPath)),
  );
  const others = met.map((each) => each.taskId);
  const together = others.length === 0 ? "all before it" : listFiles(others);
  return {
    candidate,
    over: "text",
    reason: "in conflict with the others taken together",
    draft: {
      ...draft,
      tasks: [...new Set([...draft.tasks, ...others])],
      description: `${draft.description} It goes with each of the others alone, and not with ${together} together.`,
    },
  };
}

/** Of two that break in the whole the one that comes later has to give way. */
async function meaningStops(
  { target, judgeWhole }: Gathering,
  merged: readonly MergeCandidate[],
  tree: string,
): Promise<readonly Stop[]> {
  // What two do is known from the pair; the target counts where it has gone on since they parted.
  const parties = merged.length + (target.changes.length > 0 ? 1 : 0);
  if (!judgeWhole || merged.length < 2 || parties < 3) return [];
  const all = [target, ...merged];
  const pairs = all.flatMap((left, place) =>
    all.slice(place + 1).flatMap((right) => (areRelated(left, right) ? [] : [{ left, right, tree }])),
  );
  const out = new Set<MergeCandidate>();
  return (await judgeWhole(pairs)).flatMap(({ left, right, proved, draft }): Stop[] => {
    if (!proved || !draft || out.has(left) || out.has(right)) return [];
    const candidate = all.indexOf(left) > all.indexOf(right) ? left : right;
    const other = candidate === left ? right : left;
    out.add(candidate);
    const description = `${draft.description} Two by two they go together; it shows where all are put together.`;
    const reason = `breaks what '${other.taskId}' and the others do`;
    return [{ candidate, over: "meaning", reason, draft: { ...draft, description } }];
  });
}
