import type { Git } from "../../ports/git.ts";

/** What a run keeps in a shadow repository. */
export interface KeptRefs {
  /** The run's id as it stands in the names of refs. */
  readonly name: string;
  readonly refs: readonly string[];
  /** When the newest of its commits was made, in milliseconds. */
  readonly newestMs: number;
}

/** Objects that nothing refers to go only when they are as old as this: somebody may be about to refer to a younger one. */
const SPARED = "2.weeks.ago";

/** Lists what each run keeps in a shadow repository. */
export async function listKeptRefs(git: Git, gitDir: string): Promise<readonly KeptRefs[]> {
  const format = "--format=%(refname) %(committerdate:unix)";
  const answer = await git.run(["for-each-ref", format, "--", "refs/runs/"], { gitDir });
  const runs = new Map<string, { readonly refs: string[]; newestMs: number }>();
  for (const line of answer.text.split("\n")) {
    const [ref = "", seconds = ""] = line.split(" ");
    const name = ref.split("/")[2];
    if (name === undefined) continue;
    const run = runs.get(name) ?? { refs: [], newestMs: 0 };
    run.refs.push(ref);
    // What is no commit has no date, and is taken for new.
    run.newestMs = Math.max(run.newestMs, /^\d+$/.test(seconds) ? Number(seconds) * 1_000 : Infinity);
    runs.set(name, run);
  }
  return [...runs].map(([name, run]) => ({ name, ...run }));
}

/** Forgets refs of a shadow repository, and then the objects that nothing refers to any more and that are two weeks old. */
export async function dropKeptRefs(git: Git, gitDir: string, refs: readonly string[]): Promise<void> {
  const input = refs.map((ref) => `delete ${ref}\n`).join("");
  await git.run(["update-ref", "--stdin"], { gitDir, input });
  // Packed, a fence would be no file any more, and an apply that is under way elsewhere would take its turn for lost.
  await git.run(["-c", "gc.packRefs=false", "gc", "--quiet", `--prune=${SPARED}`], { gitDir });
}
