import type { Git, Shadow } from "../../../ports/git.ts";
import { addToGroup } from "../../../util/add-to-group.ts";

/** How commits lie to one another. */
export interface Ancestry {
  /** For each commit, the places of those it contains; undefined where the target contains it. */
  readonly contained: readonly (ReadonlySet<number> | undefined)[];
}

/** Finds out, in one walk over what the target does not have, which commits contain which. */
export async function headAncestry(
  { git, shadow }: { readonly git: Git; readonly shadow: Shadow },
  target: string,
  commits: readonly string[],
): Promise<Ancestry> {
  const answer = await git.run(["rev-list", "--parents", "--topo-order", "--reverse", "--stdin"], {
    gitDir: shadow.gitDir,
    input: `${commits.join("\n")}\n^${target}\n`,
  });
  const placesOf = new Map<string, number[]>();
  commits.forEach((commit, place) => addToGroup(placesOf, commit, place));
  const reached = new Map<string, ReadonlySet<number>>();
  for (const line of answer.text.split("\n")) {
    const [commit = "", ...parents] = line.split(" ");
    if (commit === "") continue;
    const own = placesOf.get(commit) ?? [];
    const inherited = parents.flatMap((parent) => reached.get(parent) ?? []);
    const [first, ...others] = inherited;
    // Long chains share one set.
    if (own.length === 0 && others.length === 0) reached.set(commit, first ?? new Set());
    else reached.set(commit, new Set([...inherited.flatMap((places) => [...places]), ...own]));
  }
  return { contained: commits.map((commit) => reached.get(commit)) };
}
