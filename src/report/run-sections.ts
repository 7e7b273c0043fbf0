import type { QuestionView, RunView, TaskView } from "../engines/progress/run-view.ts";
import { answerCall, openQuestions } from "./attention.ts";
import { attemptsText, countText, durationText, linesText } from "./duration-text.ts";
import { callOrPlace, restPlace, type CallStyle } from "./call-style.ts";
import { commandLines } from "./command-words.ts";
import { callLines, toolCall } from "./next-call.ts";
import { ownDuration } from "./run-metrics.ts";
import type { TextSection } from "./text-block.ts";
import { fit, maxColumns, pad, sanitise, wrap } from "./text-layout.ts";
import { hasEnded } from "./run-clock.ts";

/** What every section needs. */
export interface SectionSource {
  readonly view: RunView;
  /** The present moment on the run's own clock. */
  readonly now: number;
  /** Short names of the tasks, all different. */
  readonly label: (taskId: string) => string;
  readonly calls: CallStyle;
}

/** Columns of the task names. */
export const labelColumns = 20;

/** The sections of a run's text, whoever needs somebody first. */
export function runSections(source: SectionSource): TextSection[] {
  return [
    questionSection(source),
    overlapSection(source),
    heldSection(source),
    failedSection(source),
    runningSection(source),
    waitingSection(source),
    skippedSection(source),
    doneSection(source),
  ];
}

function questionSection(source: SectionSource): TextSection {
  const { view, calls } = source;
  const questions = openQuestions(view);
  return {
    heading: `NEEDS YOU (${questions.length})`,
    items: questions.map((question, index) => questionLines(source, question, index)),
    more: (left) => `… and ${countText(left, "more question")}: ${restPlace("questions in this result", calls)}`,
  };
}

function questionLines(source: SectionSource, question: QuestionView, index: number): string[] {
  const { view, now, label, calls } = source;
  const left = durationText(Math.max(0, question.deadlineAt - now));
  const options = question.options.map((option) => `[${fit(sanitise(option), 24)}]`).join(" ");
  return [
    ...wrap(`${question.text} ${options}`, {
      first: `  ? ${pad(label(question.taskId), labelColumns)} `,
      rest: "      ",
      lines: 3,
    }),
    ...callOrPlace(answerCall(view, question), { indent: "      ", place: `questions[${index}].call`, calls }),
    fit(`      else in ${left}: ${sanitise(question.fallback)}`, maxColumns),
  ];
}

/** Agents at work who are changing the same lines; what the merge has found takes its place. */
function overlapSection({ view, calls }: SectionSource): TextSection {
  const seen = view.merge === undefined && !hasEnded(view) ? view.conflicts : [];
  return {
    heading: `OVERLAP (${seen.length}) - the merge will hold one of them back`,
    items: seen.map(({ description, locations }) => {
      const places = locations
        .slice(0, 2)
        .map(({ agentId, startLine, endLine }) => `${agentId} L${startLine}-${endLine}`);
      const text = `${description} ${places.length > 0 ? `(${places.join(", ")})` : ""}`;
      return wrap(text, { first: "  ! ", rest: "    ", lines: 2 });
    }),
    more: (left) => `… and ${left} more: ${restPlace("conflicts in this result", calls)}`,
  };
}

function heldSection({ view, label, calls }: SectionSource): TextSection {
  const held = view.merge?.held ?? [];
  const items = held.map((task, index) => {
    const conflict = view.conflicts.find((candidate) => task.conflictIds.includes(candidate.id));
    const reason = conflict ? conflict.description : task.reason;
    const lines = wrap(reason, { first: `  ⊘ ${pad(label(task.taskId), labelColumns)} `, rest: "      ", lines: 2 });
    if (index > 0) return lines;
    const call = toolCall("detect_conflicts", { executionId: view.spec.executionId });
    return [...lines, ...callOrPlace(call, { indent: "      ", place: "next", calls })];
  });
  return {
    heading: `HELD, not merged (${held.length}) - kept, nothing is lost`,
    items,
    more: (left) => `… and ${left} more held: ${restPlace("merge.held in this result", calls)}`,
  };
}

function failedSection({ view, label, calls }: SectionSource): TextSection {
  const failed = [...view.tasks.values()].filter((task) => task.state === "failed");
  const items = failed.map((task, index) => {
    const error = task.outcome?.error;
    const tries = task.attempts > 1 ? ` (${attemptsText(task)})` : "";
    const advice = error?.options[0];
    const lines = [
      ...wrap(`${error ? `${error.name}: ${error.message}` : "failed"}${tries}`, {
        first: `  ✗ ${pad(label(task.id), labelColumns)} `,
        rest: "      ",
        lines: 2,
      }),
      ...(advice === undefined ? [] : wrap(`try: ${advice}`, { first: "      ", lines: 1 })),
    ];
    if (index > 0) return lines;
    if (!hasEnded(view)) return [...lines, ...retryLines({ view, task, calls })];
    const call = toolCall("aggregate_progress", { executionId: view.spec.executionId, detail: "full" });
    return [...lines, ...callOrPlace(call, { indent: "      ", place: "next", calls })];
  });
  return {
    heading: `FAILED (${failed.length})`,
    items,
    more: (left) => `… and ${left} more failed: ${restPlace("results", calls)}`,
  };
}

/** While the run lasts a task that is not repeated by itself can be retried; the call is left away where it has no room. */
function retryLines(source: Pick<SectionSource, "view" | "calls"> & { readonly task: TaskView }): readonly string[] {
  const { view, task, calls } = source;
  if (task.attempts < task.task.maxAttempts || view.merge !== undefined) return [];
  const { executionId } = view.spec;
  const call = toolCall("control_workflow", { executionId, action: "retry", taskId: task.id });
  return calls === "cli" ? commandLines(call, "      ") : (callLines(call, "      ") ?? []);
}

function runningSection({ view, now, label }: SectionSource): TextSection {
  const running = [...view.tasks.values()].filter((task) => isStillAtWork(view, task));
  const items = running.map((task) => {
    const percent = task.percent === undefined ? "" : ` ${Math.round(task.percent)}%`;
    const spent = durationText(ownDuration(task, now));
    const doing = fit(sanitise(task.operation ?? "at work"), 30);
    const files = task.files.length > 0 ? `  ${countText(task.files.length, "file")}` : "";
    const told = task.steers?.findLast(({ delivered }) => delivered === true);
    return [
      `  ● ${pad(label(task.id), labelColumns)} ${pad(`${spent}${percent}`, 11)} ${doing}${files}`,
      ...(told === undefined ? [] : [fit(`      told: ${sanitise(told.text)}`, maxColumns)]),
    ];
  });
  const heading = hasEnded(view) ? "STOPPED WHILE AT WORK" : "RUNNING";
  return { heading: `${heading} (${running.length})`, items, more: (left) => `… and ${left} more` };
}

/** A task that waits for an answer has its own section as long as somebody can give one. */
function isStillAtWork(view: RunView, task: TaskView): boolean {
  return task.state === "running" || (task.state === "blocked" && hasEnded(view));
}

function waitingSection({ view, label }: SectionSource): TextSection {
  const waiting = [...view.tasks.values()].filter((task) => task.state === "waiting");
  const items = waiting.map((task) => {
    const needs = task.task.needs.filter((need) => view.tasks.get(need)?.state !== "succeeded");
    const reason = needs.length > 0 ? `for ${needs.map(label).join(", ")}` : "for a free agent";
    return [`  ○ ${pad(label(task.id), labelColumns)} ${reason}`];
  });
  const heading = !hasEnded(view) ? "WAITING" : "NEVER STARTED";
  return { heading: `${heading} (${waiting.length})`, items, more: (left) => `… and ${left} more` };
}

function skippedSection({ view, label }: SectionSource): TextSection {
  const skipped = [...view.tasks.values()].filter((task) => task.state === "skipped" || task.state === "cancelled");
  const items = skipped.map((task) => {
    const reason = task.skippedReason ?? task.outcome?.error?.message ?? task.state;
    return [`  ⊘ ${pad(label(task.id), labelColumns)} ${sanitise(reason)}`];
  });
  const cancelled = skipped.every((task) => task.state === "cancelled");
  const heading = cancelled ? "CANCELLED" : "SKIPPED";
  return { heading: `${heading} (${skipped.length})`, items, more: (left) => `… and ${left} more` };
}

function doneSection({ view, label }: SectionSource): TextSection {
  const merged = new Set(view.merge?.merged);
  const held = new Set(view.merge?.held.map((task) => task.taskId));
  const done = [...view.tasks.values()].filter((task) => task.state === "succeeded" && !held.has(task.id));
  const items = done.map((task) => [doneLine(task, label(task.id), merged.has(task.id))]);
  return { heading: `DONE (${done.length})`, items, more: (left) => `… and ${left} more` };
}

function doneLine(task: TaskView, name: string, isMerged: boolean): string {
  const duration = durationText(task.workedMs ?? 0);
  const changed =
    task.changes.length > 0 ? `${linesText(task.changes)}  ${countText(task.changes.length, "file")}` : "";
  const tries = task.attempts > 1 ? `  ${countText(task.attempts, "attempt")}` : "";
  const how = task.fallback ? "  by its fallback" : tries;
  const details = `${changed}${isMerged ? "  merged" : ""}${how}`.trim();
  return `  ✓ ${pad(name, labelColumns)} ${pad(duration, 8)} ${details}`;
}
