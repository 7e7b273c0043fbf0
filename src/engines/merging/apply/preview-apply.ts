import type { Files } from "../../../ports/files.ts";
import type { Git, Shadow } from "../../../ports/git.ts";
import type { Snapshots } from "../../../ports/snapshots.ts";
import { ok, type Result } from "../../../util/result.ts";
import { isRefusal } from "../refusal.ts";
import { mergeWithUser, type UserConflict } from "./user-merge.ts";

/** The user's files as they are, and as an apply would leave them. */
export interface AppliedTrees {
  readonly from: string;
  readonly to: string;
}

/** Works out what writing a commit into the user's files would make of them now. Writes nothing but objects of the shadow. */
export async function previewApply(request: {
  readonly git: Git;
  readonly files: Files;
  readonly snapshots: Snapshots;
  readonly shadow: Shadow;
  /** What had been written before, or what the run started from. */
  readonly base: string;
  readonly commit: string;
}): Promise<Result<AppliedTrees, UserConflict>> {
  const { snapshots, shadow, base } = request;
  try {
    const user = await snapshots.take({ shadow, parent: base, message: "Your files, looked at for a preview" });
    const target = await mergeWithUser({ ...request, user });
    return target.ok ? ok({ from: user.tree, to: target.value }) : target;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { ok: false, error: { reason: error.message, conflicts: [] } };
  }
}
