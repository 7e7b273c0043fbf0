import type { EventOf } from "../../../schema/event.ts";
import type { CodeReader } from "../../../ports/code-reader.ts";
import type { Files } from "../../../ports/files.ts";
import type { Git, Shadow } from "../../../ports/git.ts";
import type { HeldBefore } from "../../scheduling/command.ts";
import { mergeAndRegenerate } from "../../merging/merge-and-regenerate.ts";
import type { Regenerator } from "../../merging/by-kind/regenerate-files.ts";
import { unwritableResults } from "../../merging/apply/unwritable-results.ts";
import { meaningJudges } from "../meaning/meaning-of-results.ts";
import type { Candidate } from "../workspaces.ts";

/** Merges the results of a run, with those held that nobody could write. */
export async function mergeCandidates(request: {
  readonly world: { readonly git: Git; readonly files: Files; readonly code?: CodeReader };
  readonly shadow: Shadow;
  readonly executionId: string;
  readonly base: string;
  readonly candidates: readonly Candidate[];
  readonly heldBefore: readonly HeldBefore[];
  /** Tasks whose results must be in; then it only finds out. */
  readonly preferred: readonly string[] | undefined;
  readonly regenerator: Regenerator | undefined;
}): Promise<Omit<EventOf<"merge.finished">, "type">> {
  const { world, shadow, executionId, base, candidates, heldBefore, preferred, regenerator } = request;
  const { git, files, code } = world;
  const results = candidates.map(({ task, order, agentId, commit }) => ({
    taskId: task.id,
    agentId,
    commit,
    needs: task.needs,
    priority: task.priority ?? 0,
    order,
  }));
  const call = { git, files, shadow, executionId, base, results };
  const held = [...heldBefore, ...(await unwritableResults(call))];
  const judgeMeaning = code && meaningJudges(git, code)(shadow);
  const decided = preferred && { preferred, rehearse: true };
  const outcome = await mergeAndRegenerate({ ...call, heldBefore: held, judgeMeaning, regenerator, ...decided });
  return {
    merged: [...outcome.merged],
    held: outcome.held.map(({ taskId, conflictIds, reason }) => ({ taskId, conflictIds: [...conflictIds], reason })),
    conflicts: [...outcome.conflicts],
    ...(outcome.commit !== undefined && { commit: outcome.commit }),
  };
}
