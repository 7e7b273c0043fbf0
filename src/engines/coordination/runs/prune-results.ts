/** Forgets the results of old runs, so that the state folder does not grow for ever. */
import type { Files } from "../../../ports/files.ts";
import type { Git } from "../../../ports/git.ts";
import { refuse } from "../../../schema/problem.ts";
import type { RunEntry } from "../../../schema/run-entry.ts";
import { readJournal } from "../../journal/journal.ts";
import type { RunIndex } from "../../journal/run-index.ts";
import { dropKeptRefs, listKeptRefs } from "../../isolation/prune-shadow.ts";
import { viewRun } from "../../progress/run-view.ts";
import { expected } from "../expected-failure.ts";
import type { RunsWorld } from "./runs-world.ts";

/** How long the results of a run are kept after the last of them was made. */
const keptDays = 30;
const dayMs = 86_400_000;

/** Repositories and runs that are looked at in one day. */
const maxShadows = 100;
const maxRuns = 200;

type Place = Pick<RunsWorld, "files" | "clock" | "locks" | "machine" | "stateFolder" | "log">;

/**
 * Once a day, by one process: forgets what runs keep in the private repositories, where all of it is older than 30 days,
 * the run is over, and none of its results is held for a decision. Journals, reports and the originals for undo stay.
 */
export async function pruneResults(world: Place, git: Git, index: RunIndex): Promise<void> {
  const { files, clock, locks, stateFolder, log } = world;
  const folder = `${stateFolder}/shadows`;
  const shadows = await files.list(folder);
  const today = String(Math.floor(clock.now() / dayMs));
  const marker = `${stateFolder}/pruned`;
  if (shadows.length === 0 || (await files.readText(marker)) === today) return;
  const lock = await locks.acquire(marker, { onLost: () => undefined });
  if (!lock.ok) return;
  try {
    await files.writeAtomic(marker, today);
    let left = maxRuns;
    // With more of them than one day bears, each day begins at another.
    const first = shadows.length > maxShadows ? (Number(today) * maxShadows) % shadows.length : 0;
    for (const name of [...shadows.slice(first), ...shadows.slice(0, first)].slice(0, maxShadows)) {
      const gitDir = `${folder}/${name}/shadow.git`;
      const pruned = await expected("Forgetting old results", () => pruneShadow({ world, git, index, gitDir, left }));
      if (pruned.ok) left -= pruned.value;
      else log(pruned.error);
      if (left <= 0) return;
    }
  } finally {
    await lock.value();
  }
}

/** Gives the number of runs it has looked at. */
async function pruneShadow(what: {
  readonly world: Place;
  readonly git: Git;
  readonly index: RunIndex;
  readonly gitDir: string;
  readonly left: number;
}): Promise<number> {
  const { world, git, index, gitDir, left } = what;
  if ((await world.files.status(`${gitDir}/HEAD`)) === undefined) return 0;
  const oldest = world.clock.now() - keptDays * dayMs;
  const runs = await listKeptRefs(git, gitDir);
  // A run is as young as what somebody edits for it.
  const young = new Set(runs.flatMap(({ name, newestMs }) => (newestMs >= oldest ? (runIdOf(name) ?? []) : [])));
  const old = runs
    .flatMap(({ name, refs }) => {
      const executionId = runIdOf(name);
      return executionId === undefined || young.has(executionId) ? [] : [{ executionId, refs }];
    })
    .slice(0, left);
  const dropped: string[] = [];
  for (const { executionId, refs } of old) {
    const entry = await index.find(executionId);
    if (entry && (await isNeeded(world, entry))) continue;
    // Said before it is so: whoever asks for them in between is refused.
    const isThere = entry && (await world.files.status(entry.folder)) !== undefined;
    if (isThere) await world.files.writeAtomic(forgottenMark(entry.folder), "");
    dropped.push(...refs);
  }
  if (dropped.length > 0) await dropKeptRefs(git, gitDir, dropped);
  return old.length;
}

/** The run whose refs have this name; undefined for names that this program does not give, which stay. */
function runIdOf(name: string): string | undefined {
  return /^([a-z0-9][a-z0-9-]*)(?:_2eedits)?$/.exec(name)?.[1];
}

/** Refuses where the results of a run are forgotten: nothing can be merged or applied without them. */
export async function refuseForgotten(files: Files, { folder, executionId }: RunEntry): Promise<void> {
  if ((await files.status(forgottenMark(folder))) === undefined) return;
  refuse({
    code: "NOTHING_TO_APPLY",
    error: `The results of run '${executionId}' are kept no longer; results that nobody has taken are kept for ${keptDays} days.`,
    field: "executionId",
    advice: "Its report and its undo are still there. Run the tasks again.",
  });
}

function forgottenMark(folder: string): string {
  return `${folder}/results-forgotten`;
}

/** Whether a run is at work, or has results that wait for a decision. */
async function isNeeded({ files, machine }: Place, entry: RunEntry): Promise<boolean> {
  const events = await readJournal({ files, folder: entry.folder });
  // A journal that cannot be read proves nothing; one whose folder is gone has nothing to decide.
  if (!events.ok) return (await files.status(entry.folder)) !== undefined;
  const view = viewRun(events.value);
  if (!view) return false;
  const isAtWork = view.endedAt === undefined && machine.isAlive(view.owner);
  return isAtWork || (view.merge?.held.length ?? 0) > 0;
}
