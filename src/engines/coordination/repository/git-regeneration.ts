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
 * when it has ended, one after the other, and not again on files for which it has done. The folder is made like an agent's: without
 * settings and hooks of the user's repository or of any agent's.
 */
export function regeneratorOf(
  { runProgram, ...world }: Omit<Place, "runProgram" | "executionId"> & { readonly runProgram?: RunProgram },
  { executionId, regenerate: rules = [] }: Pick<RunSpec, "executionId" | "regenerate">,
): Regenerator | undefined {
  if (runProgram === undefined || rules.length === 0) return undefined;
  const place = { ...world, runProgram, executionId };
  const known = new Map<string, string>();
  let last: Promise<unknown> = Promise.resolve();
  return {
    rules,
    async run(rule, commit, files, signal) {
      const argv = ["rev-parse", "--verify", "--end-of-options", `${commit}^{tree}`];
      const tree = (await place.git.run(argv, { gitDir: place.shadow.gitDir })).text.trim();
      const key = JSON.stringify([tree, rule.command, files]);
      const before = last;
      const made = (async (): Promise<Result<string, string>> => {
        await before;
        const former = known.get(key);
        if (former !== undefined) return ok(former);
        if (signal?.aborted) return failed(endedBy(signal));
        const left = await runOnce(place, { rule, commit, files, signal });
        // What failed may do the next time it is asked for, such as once a registry answers again.
        if (left.ok) known.set(key, left.value);
        return left;
      })();
      last = made.catch(() => undefined);
      return made;
    },
  };
}

/** The same, whose commands a signal ends. */
export function untilEnded(regenerator: Regenerator | undefined, signal?: AbortSignal): Regenerator | undefined {
  return regenerator && { ...regenerator, run: (rule, commit, files) => regenerator.run(rule, commit, files, signal) };
}

/** The same for a preview: runs no command, and leaves one side's version where files would be made anew. */
export function withoutCommands(regenerator: Regenerator | undefined): Regenerator | undefined {
  return regenerator && { ...regenerator, run: (_, commit) => Promise.resolve(ok(commit)) };
}

function endedBy({ reason }: AbortSignal): string {
  return `it was ended, because ${String(reason)}`;
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
  readonly signal: AbortSignal | undefined;
}

async function runOnce(place: Place, turn: Turn): Promise<Result<string, string>> {
  const { isolation, shadow, executionId } = place;
  const run = { shadow, executionId: foldersOf(executionId), taskId, attempt: 1 };
  const done = await expected("Making files anew", async () => {
    const workspace = await isolation.createWorkspace({ ...run, start: turn.commit });
    try {
      return await runIn(place, turn, workspace);
    } finally {
      // Its own and no other: another command may be at work beside it. What stays is removed with the run's folders.
      await expected("Removing the folder of a command", () => removeFolder(place, workspace));
    }
  });
  return done.ok ? done.value : done;
}

async function removeFolder({ files, isolation, shadow }: Place, workspace: TaskWorkspace): Promise<void> {
  await isolation.removeWorkspace({ shadow, workspace, forget: true });
  await files.removeEmptyFolder(workspace.root.slice(0, workspace.root.lastIndexOf("/")));
}

async function runIn(place: Place, turn: Turn, workspace: TaskWorkspace): Promise<Result<string, string>> {
  const { files, isolation, runProgram, shadow, executionId } = place;
  const { folder } = workspace;
  const states = (): Promise<readonly (FileStatus | undefined)[]> =>
    Promise.all(turn.files.map((file) => files.status(`${folder}/${file}`)));
  const before = await states();
  const seen = await place.view?.();
  const view = seen && { ...seen, own: workspace.root };
  const { rule, signal } = turn;
  const reason = await runProgram({
    command: rule.command,
    folder,
    view,
    executionId,
    taskId,
    ...(signal && { signal }),
  });
  if (signal?.aborted) return failed(endedBy(signal));
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
