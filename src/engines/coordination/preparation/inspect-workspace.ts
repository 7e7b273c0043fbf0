import type { Problem } from "../../../schema/problem.ts";
import { ok, type Result } from "../../../util/result.ts";
import type { Isolation } from "../../isolation/isolation.ts";
import type { WorkspaceFinding } from "../runs/runs-world.ts";

/** Looks whether agents may work in a folder. Writes nothing. */
export async function inspectWorkspace(
  { isolation }: { readonly isolation: Isolation },
  path: string,
): Promise<Result<WorkspaceFinding, Problem>> {
  const place = await isolation.checkWorkspace(path);
  return place.ok ? ok({ root: place.value.root, repository: place.value.userGitDir !== undefined }) : place;
}
