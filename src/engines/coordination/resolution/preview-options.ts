/** What each way out of a run's open conflicts would do, told from what the run knows: nothing is merged for it. */
import type { Conflict, ResolutionOption } from "../../../schema/conflict.ts";
import { madeAnewWith } from "../../merging/merge-and-regenerate.ts";
import { listFiles } from "../../merging/pairs/describe-conflict.ts";
import { taskAtWork } from "../../planning/fallback-task.ts";
import type { RunView } from "../../progress/run-view.ts";
import { tasksToRedo } from "./redone-task.ts";
import { rivalsOf } from "./standing-decisions.ts";

/** Where to see what would be written to the line. */
const exactly = 'To the line: resolve it with text "preview".';

/** The conflict with a preview on each of its ways out; those that have one, such as an agent's lines, keep it. */
export function withPreviews(view: RunView, conflict: Conflict): Conflict {
  return {
    ...conflict,
    resolutionOptions: conflict.resolutionOptions.map((option) => {
      const preview = option.preview ?? previewOf(view, conflict, option);
      return preview === undefined ? option : { ...option, preview };
    }),
  };
}

function previewOf(view: RunView, conflict: Conflict, { strategy, taskId }: ResolutionOption): string | undefined {
  const own = conflict.tasks.filter((id) => view.tasks.has(id));
  if (strategy === "merge") return "It is merged as it stands; nothing would change.";
  if (own.length === 0) return "Your files stay as they are; the merged results stay available.";
  if (strategy === "prefer-agent") return taskId === undefined ? exactly : preferText(view, conflict, taskId);
  if (strategy === "rollback") return `${sizesOf(view, own)} would not be merged; the results are kept. ${exactly}`;
  const held = new Set(view.merge?.held.map((each) => each.taskId));
  const again = own.findLast((id) => (taskId === undefined || id === taskId) && held.has(id));
  if (again === undefined) return undefined;
  return strategy === "manual" ? editNote(conflict, again) : redoNotes(view, again).join(" ");
}

function preferText(view: RunView, conflict: Conflict, taskId: string): string {
  const rivals = rivalsOf(view, conflict, taskId);
  const others = rivals.length === 0 ? "" : ` and ${listFiles(rivals.map((id) => `'${id}'`))} held`;
  return `${sizesOf(view, [taskId])} would be merged${others}. ${exactly}`;
}

/** `'api' (2 files, +3 -1)`, joined. */
function sizesOf(view: RunView, ids: readonly string[]): string {
  const sizes = ids.map((id) => {
    const changes = view.tasks.get(id)?.changes ?? [];
    const sum = (key: "addedLines" | "removedLines"): number =>
      changes.reduce((total, change) => total + (change[key] ?? 0), 0);
    const files = `${changes.length} ${changes.length === 1 ? "file" : "files"}`;
    return `'${id}' (${files}, +${sum("addedLines")} -${sum("removedLines")})`;
  });
  return listFiles(sizes);
}

/** What is made for a person who edits the files. */
export function editNote({ affectedResources }: Conflict, taskId: string): string {
  const files = affectedResources.slice(0, 20).join(", ");
  return `A folder is made with the merged results and '${taskId}', for you to edit ${files}.`;
}

/** What doing a held task again comes to. */
export function redoNotes(view: RunView, taskId: string): string[] {
  const built = tasksToRedo(view, taskId).slice(1);
  const redone = view.tasks.get(taskId);
  const executor = (redone && taskAtWork(redone))?.executorKind ?? "an agent";
  const merged = view.merge?.merged.length ?? 0;
  const notes = [
    `'${taskId}' is done again by ${executor} on top of ${merged} merged ${merged === 1 ? "result" : "results"}, and told what was in its way; then its result is merged.`,
  ];
  if (built.length > 0) notes.push(`After it also what was built on it: ${built.map(({ id }) => id).join(", ")}.`);
  if (view.spec.verify !== undefined) notes.push("The run's verify command has to pass first.");
  return notes;
}

/** Says in a preview, which runs no command, which files would be made anew. */
export function remadeNotes({ conflicts }: { readonly conflicts: readonly Conflict[] }): readonly string[] {
  const notes = conflicts.flatMap((conflict) => {
    const command = madeAnewWith(conflict);
    const files = conflict.affectedResources.join(", ");
    return command === undefined ? [] : [`${files} would be made anew with '${command}'; a preview does not run it.`];
  });
  return [...new Set(notes)];
}
