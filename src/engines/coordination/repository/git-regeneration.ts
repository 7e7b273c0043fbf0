/** Makes files anew by commands of the user's configuration: joins isolation, programs and merging. */
import type { Files, FileStatus } from "../../../ports/files.ts";
import type { Git, Shadow } from "../../../ports/git.ts";
import type { FileView } from "../../../ports/processes.ts";
import type { RunSpec } from "../../../schema/event.ts";
import type { Regeneration } from "../../../schema/regeneration.ts";
import { failed, ok, type Result } from "../../../util/result.ts";
import { cappedLine } from "../../execution/plain-text.ts";
import type { Isolation } from "../../isolation/isolation.ts";
import type { TaskWorkspace } from "../../isolation/task-workspace.ts";
import type { Regenerator } from "../../merging/by-kind/regenerate-files.ts";
import { expected } from "../expected-failure.ts";
import type { RunProgram } from "../workspaces.ts";

/** What is told of the last words of a command. */
const MAX_WORDS = 600;

/** Name of what runs there, in the marks of its processes. */
const taskId = "regenerate";

interface Place {
  readonly files: Files;
  readonly git: Git;
  readonly isolation: Isolation;
  readonly runProgram: RunProgram;
  /** What the run's agents may see of the machine's files; commands see no more. */
  readonly view?: () => Promise<FileView | undefined>;
  readonly shadow: Shadow;
  readonly executionId: string;
}

/** The name under which the folders lie that commands run in: apart from those of a run's agents. */
function foldersOf(executionId: string): string {
  return `${executionId}.regenerate`;
}

/**
 * What makes files anew for a run; undefined where none are named. Runs each command in a folder of its own that is gone
 * when it has ended, one after the other, and never twice on the same files. The folder is made like an agent's: without
 * settings and hooks of the user's repository or of any agent's.
 */
export function regeneratorOf(
  { runProgram, ...world }: Omit<Place, "runProgram" | "executionId"> & { readonly runProgram?: RunProgram },
  { executionId, regenerate: rules = [] }: Pick<RunSpec, "executionId" | "regenerate">,
): Regenerator | undefined {
  if (runProgram === undefined || rules.length === 0) return undefined;
  const place = { ...world, runProgram, executionId };
  const known = new Map<string, Promise<Result<string, string>>>();
  let last: Promise<unknown> = Promise.resolve();
  return {
    rules,
    async run(rule, commit, files) {
      const argv = ["rev-parse", "--verify", "--end-of-options", `${commit}^{tree}`];
      const tree = (await place.git.run(argv, { gitDir: place.shadow.gitDir })).text.trim();
      const key = JSON.stringify([tree, rule.command, files]);
      const former = known.get(key);
      if (former) return former;
      const before = last;
      const made = (async (): Promise<Result<string, string>> => {
        await before;
        return runOnce(place, { rule, commit, files });
      })();
      last = made.catch(() => undefined);
      known.set(key, made);
      return made;
    },
  };
}

/** Removes the folders that a process which died in the middle has left. */
export async function removeRegenerations({
  isolation,
  shadow,
  executionId,
}: Pick<Place, "isolation" | "shadow" | "executionId">): Promise<void> {
  await isolation.removeRunWorkspaces({ shadow, executionId: foldersOf(executionId), forget: true });
}

interface Turn {
  readonly rule: Regeneration;
  readonly commit: string;
  readonly files: readonly string[];
}

async function runOnce(place: Place, turn: Turn): Promise<Result<string, string>> {
  const { isolation, shadow, executionId } = place;
  const run = { shadow, executionId: foldersOf(executionId), taskId, attempt: 1 };
  const done = await expected("Making files anew", async () => {
    const workspace = await isolation.createWorkspace({ ...run, start: turn.commit });
    return runIn(place, turn, workspace);
  });
  // What stays is removed with the run's folders.
  await expected("Removing the folder of a command", () => removeRegenerations(place));
  return done.ok ? done.value : done;
}

async function runIn(place: Place, turn: Turn, workspace: TaskWorkspace): Promise<Result<string, string>> {
  const { files, isolation, runProgram, shadow, executionId } = place;
  const { folder } = workspace;
  const states = (): Promise<readonly (FileStatus | undefined)[]> =>
    Promise.all(turn.files.map((file) => files.status(`${folder}/${file}`)));
  const before = await states();
  const seen = await place.view?.();
  const view = seen && { ...seen, own: workspace.root };
  const reason = await runProgram({ command: turn.rule.command, folder, view, executionId, taskId });
  if (reason !== undefined) return failed(cappedLine(reason, MAX_WORDS));
  const after = await states();
  const idle = turn.files.find((_, index) => isUntouched(before[index], after[index]));
  if (idle !== undefined) return failed(`it did not write ${idle}`);
  const left = await isolation.peekWorkspace({ shadow, workspace });
  return left === undefined ? failed("what it left could not be recorded") : ok(left);
}

/** Whether nobody has written a file since: what is not written at all cannot fit what was merged. */
function isUntouched(before: FileStatus | undefined, after: FileStatus | undefined): boolean {
  if (after === undefined) return true;
  return before?.modifiedMs === after.modifiedMs && before.kind === after.kind && before.sizeBytes === after.sizeBytes;
}
