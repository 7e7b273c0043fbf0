import { openConflicts } from "../engines/progress/resolution-view.ts";
import type { QuestionView, RunView } from "../engines/progress/run-view.ts";
import { toolCall, type ToolCall } from "./next-call.ts";
import { hasEnded, isSimulated } from "./run-clock.ts";

/** Questions nobody has answered, of tasks that still wait for the answer. */
export function openQuestions(view: RunView): QuestionView[] {
  if (hasEnded(view)) return [];
  return view.questions.filter((question) => question.answer === undefined && isWaiting(view, question));
}

/** The call that answers a question; the answer in it is what would be taken when nobody answers. */
export function answerCall(view: RunView, question: QuestionView): ToolCall {
  return toolCall("control_workflow", {
    executionId: view.spec.executionId,
    action: "answer",
    taskId: question.taskId,
    questionId: question.questionId,
    answer: question.fallback,
  });
}

/** Whether the run holds real merged work that is not in the user's files although it could be. A rehearsal is never proposed. */
export function canApply(view: RunView): boolean {
  const merged = (view.merge?.merged.length ?? 0) > 0;
  return (
    hasEnded(view) && !isSimulated(view) && merged && view.apply?.applied !== true && view.spec.workspace !== undefined
  );
}

/** Whether the run wrote into the user's files and that can be taken back. */
export function canUndo(view: RunView): boolean {
  return hasEnded(view) && view.delivered.length > 0;
}

/** The call that usually follows on a run as it stands; null when there is nothing to do. */
export function nextCall(view: RunView): ToolCall | null {
  const { executionId } = view.spec;
  const question = openQuestions(view)[0];
  if (question) return answerCall(view, question);
  if (view.paused && !hasEnded(view)) return toolCall("control_workflow", { executionId, action: "resume" });
  if (!hasEnded(view)) return toolCall("aggregate_progress", { executionId, waitSeconds: 45 });
  if (hasUndecided(view)) {
    return toolCall("detect_conflicts", { executionId });
  }
  if (view.status !== "completed") return toolCall("aggregate_progress", { executionId, detail: "full" });
  if (canApply(view) && view.spec.apply !== "branch")
    return toolCall("control_workflow", { executionId, action: "apply" });
  return null;
}

/** Whether a conflict waits for a decision, or a result is held that no decision is about. */
function hasUndecided(view: RunView): boolean {
  if (openConflicts(view).length > 0) return true;
  const held = view.merge?.held ?? [];
  return held.length > 0 && view.resolutions.length === 0;
}

function isWaiting(view: RunView, question: QuestionView): boolean {
  const state = view.tasks.get(question.taskId)?.state;
  return state === "blocked" || state === "running";
}
