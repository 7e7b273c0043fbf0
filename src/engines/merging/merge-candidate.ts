import type { Git, Shadow } from "../../ports/git.ts";
import { changedPaths, type ChangedPath } from "./changed-paths.ts";

/** A task's result on offer for the merge. */
export interface MergeInput {
  readonly taskId: string;
  readonly agentId: string;
  /** The commit that holds the task's files; its history leads to the base. */
  readonly commit: string;
  /** Tasks whose results it was built on. */
  readonly needs: readonly string[];
  readonly priority: number;
  /** Place of the task in the run. */
  readonly order: number;
}

/** A result together with what it changed and how it relates to the others. */
export interface MergeCandidate extends MergeInput {
  /** What differs from the base, inherited changes included. */
  readonly changes: readonly ChangedPath[];
  /** All results it was built on, directly or not. */
  readonly ancestors: ReadonlySet<string>;
}

/** Reads what each result changed; `unreadable` are those whose commit is not there. */
export async function readCandidates(request: {
  readonly git: Git;
  readonly shadow: Shadow;
  readonly base: string;
  readonly results: readonly MergeInput[];
}): Promise<{ readonly candidates: readonly MergeCandidate[]; readonly unreadable: readonly MergeInput[] }> {
  const { git, shadow, base, results } = request;
  const asked = results.map(({ commit }) => `${commit}^{commit}\n`).join("");
  const answer = await git.run(["cat-file", "--batch-check=%(objecttype)"], { gitDir: shadow.gitDir, input: asked });
  const types = answer.text.split("\n");
  const readable = results.filter((_, index) => types[index] === "commit");
  const unreadable = results.filter((_, index) => types[index] !== "commit");
  const comparisons = readable.map(({ commit }) => ({ from: base, to: commit }));
  const changes = await changedPaths({ git, shadow, comparisons });
  const byId = new Map(readable.map((result) => [result.taskId, result]));
  const candidates = readable.map((result, index) => ({
    ...result,
    changes: changes[index] ?? [],
    ancestors: ancestorsOf(result, byId),
  }));
  return { candidates, unreadable };
}

function ancestorsOf(result: MergeInput, byId: ReadonlyMap<string, MergeInput>): ReadonlySet<string> {
  const ancestors = new Set<string>();
  const pending = [...result.needs];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (ancestors.has(id)) continue;
    ancestors.add(id);
    pending.push(...(byId.get(id)?.needs ?? []));
  }
  return ancestors;
}

/** Whether one of the two was built on the other. */
export function areRelated(left: MergeCandidate, right: MergeCandidate): boolean {
  return left.ancestors.has(right.taskId) || right.ancestors.has(left.taskId);
}

/** Results in an order in which each comes after those it was built on, else as the tasks stand in the run. */
export function inDependencyOrder(candidates: readonly MergeCandidate[]): readonly MergeCandidate[] {
  const byOrder = candidates.toSorted((left, right) => left.order - right.order);
  const byId = new Map(byOrder.map((candidate) => [candidate.taskId, candidate]));
  const sorted: MergeCandidate[] = [];
  const done = new Set<string>();
  for (const last of byOrder) {
    const chain = [last, ...[...last.ancestors].flatMap((id) => byId.get(id) ?? [])];
    // Whoever has fewer ancestors can be no descendant of the others.
    chain.sort((left, right) => left.ancestors.size - right.ancestors.size || left.order - right.order);
    for (const candidate of chain) {
      if (done.has(candidate.taskId)) continue;
      done.add(candidate.taskId);
      sorted.push(candidate);
    }
  }
  return sorted;
}
