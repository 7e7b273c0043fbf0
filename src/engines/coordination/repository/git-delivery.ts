/** Leads the user's files from what a run has written to what it is to write now. */
import type { Files } from "../../../ports/files.ts";
import type { Git, Shadow } from "../../../ports/git.ts";
import type { Snapshots } from "../../../ports/snapshots.ts";
import type { FileChange } from "../../../schema/change.ts";
import { encodeId } from "../../../util/encode-id.ts";
import { failed, ok, type Result } from "../../../util/result.ts";
import { mergeCommit } from "../../merging/fold-results.ts";
import { previewApply } from "../../merging/apply/preview-apply.ts";
import { changesBetween } from "../../tracking/track-changes.ts";

interface Place {
  readonly git: Git;
  readonly files: Files;
  readonly shadow: Shadow;
  readonly executionId: string;
}

/**
 * A commit with the files of `to` whose parent is `from`: what git then takes for the run's doing is
 * exactly the difference between the two, and all else in the user's files is the user's.
 */
export async function leadTo(
  place: Place & { readonly from: string | undefined; readonly to: string },
): Promise<string> {
  const { git, shadow, executionId, from, to } = place;
  if (from === undefined) return to;
  const commit = await stepCommit(place, from, to);
  const ref = `refs/runs/${await encodeId(executionId)}/delivered`;
  await git.run(["update-ref", "--end-of-options", ref, commit], { gitDir: shadow.gitDir });
  return commit;
}

/** The files that would change, as they are now and as they would be; the error says why nothing could be written. */
export async function previewWrite(
  place: Place & { readonly snapshots: Snapshots; readonly from: string; readonly to: string },
): Promise<Result<readonly FileChange[], string>> {
  const { git, shadow, from, to } = place;
  const trees = await previewApply({ ...place, base: from, commit: await stepCommit(place, from, to) });
  if (!trees.ok) return failed(trees.error.reason);
  return ok(await changesBetween({ git, shadow, ...trees.value }));
}

async function stepCommit({ git, shadow }: Place, from: string, to: string): Promise<string> {
  const tree = await git.run(["rev-parse", "--verify", "--end-of-options", `${to}^{tree}`], { gitDir: shadow.gitDir });
  const message = "Lead the user's files to what is merged now";
  return mergeCommit({ git, shadow }, { tree: tree.text.trim(), parents: [from], message });
}
