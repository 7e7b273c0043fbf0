import type { RunView } from "../engines/progress/run-view.ts";
import type { Severity } from "../schema/plan.ts";
import { canApply, canUndo } from "./attention.ts";
import { countText, durationText, factorText, linesText } from "./duration-text.ts";
import { toolCall, type ToolCall } from "./next-call.ts";
import { isSimulated, startOf } from "./run-clock.ts";
import { runMetrics, type RunMetrics } from "./run-metrics.ts";
import { verdictLine } from "./run-text.ts";

/** Something worth doing after a run. */
export interface Recommendation {
  /** 1 is the most urgent. */
  readonly priority: number;
  readonly severity: Severity;
  readonly text: string;
}

/** Something that happened, in milliseconds after the first task started. */
export interface TimelineEntry {
  readonly atMs: number;
  readonly taskId?: string;
  readonly agentId?: string;
  readonly text: string;
}

/** What a run that has ended amounts to, for those who read one page and for those who read all. */
export interface RunReport {
  /** The worst that is left over. */
  readonly severity: Severity;
  readonly executiveSummary: string;
  readonly technicalDetail: readonly string[];
  readonly recommendations: readonly Recommendation[];
  readonly actionItems: readonly { readonly text: string; readonly call: ToolCall }[];
  readonly timeline: readonly TimelineEntry[];
}

/** Draws up the report of a run that has ended. */
export function runReport(view: RunView): RunReport {
  const metrics = runMetrics(view);
  return {
    severity: severityOf(view),
    executiveSummary: executiveSummary(view, metrics),
    technicalDetail: technicalDetail(view, metrics),
    recommendations: recommendations(view),
    actionItems: actionItems(view),
    timeline: timeline(view),
  };
}

function severityOf(view: RunView): Severity {
  if (view.conflicts.some((conflict) => conflict.severity === "critical")) return "critical";
  const failed = [...view.tasks.values()].some((task) => task.state === "failed");
  if (view.status === "failed" || (failed && view.status === "interrupted")) return "critical";
  if (failed || view.conflicts.some((conflict) => conflict.severity === "high")) return "high";
  return view.status === "completed" ? "low" : "medium";
}

function executiveSummary(view: RunView, metrics: RunMetrics): string {
  const sentences = [`${verdictLine(view)}.`];
  const speed = `${durationText(metrics.totalDuration)} with up to ${countText(metrics.maxParallel, "agent")} at once`;
  if (metrics.totalDuration > 0) {
    const alone = durationText(metrics.sequentialDuration);
    sentences.push(
      `It took ${speed}; one after the other the same work is ${alone} (${factorText(metrics.actualSpeedup)}).`,
    );
  }
  const merged = view.merge?.merged.length ?? 0;
  const held = view.merge?.held.length ?? 0;
  if (merged > 0) sentences.push(`${countText(merged, "result")} merged.`);
  if (held > 0)
    sentences.push(`${countText(held, "result")} held back and kept, because merging them needs a decision.`);
  if (metrics.failureCount > 0) sentences.push(`${countText(metrics.failureCount, "task")} failed.`);
  if (view.apply?.applied === true && view.undone !== true) {
    sentences.push(`${countText(view.apply.files.length, "file")} written in the workspace; it can be undone.`);
  }
  return sentences.join(" ");
}

function technicalDetail(view: RunView, metrics: RunMetrics): string[] {
  const { spec } = view;
  const lines = [
    `mode ${spec.mode}, strategy ${spec.strategy}, executor ${spec.executor}, at most ${countText(spec.maxParallelAgents, "agent")}`,
    `${countText(metrics.phases, "level")}; ${metrics.parallelTasks} tasks could run in parallel, ${metrics.sequentialTasks} not; parallel efficiency ${(100 * metrics.parallelEfficiency).toFixed(1)} %`,
    `speed-up ${metrics.actualSpeedup} (estimated ${metrics.estimatedSpeedup}); lower bound ${durationText(metrics.boundMs)}; overhead ${metrics.coordinationOverheadPercent} %`,
    `containment: ${view.containment}`,
  ];
  if (spec.criticalPath.length > 0) lines.push(`critical path: ${spec.criticalPath.slice(0, 50).join(" > ")}`);
  for (const limit of spec.unenforced) lines.push(`not enforced: ${limit.limit} (${limit.reason})`);
  for (const conflict of view.conflicts) {
    lines.push(`conflict ${conflict.id} (${conflict.type}, ${conflict.severity}): ${conflict.description}`);
  }
  return lines;
}

function recommendations(view: RunView): Recommendation[] {
  const found: Omit<Recommendation, "priority">[] = [];
  for (const task of view.tasks.values()) {
    if (task.state !== "failed") continue;
    const error = task.outcome?.error;
    found.push({
      severity: "high",
      text: `${task.id} failed (${error?.name ?? "unknown"}): ${error?.options[0] ?? "read its log and run it again"}`,
    });
  }
  for (const held of view.merge?.held ?? []) {
    found.push({ severity: "medium", text: `decide about ${held.taskId}, which is held: ${held.reason}` });
  }
  for (const task of view.tasks.values()) {
    const late = (task.workedMs ?? 0) / (task.task.minutes * 60_000);
    if (task.state === "succeeded" && task.fallback) {
      found.push({
        severity: "low",
        text: `${task.id} was done by its fallback, because its own way failed: ${task.previousError ?? "see its log"}`,
      });
    }
    if (task.state === "succeeded" && late >= 2) {
      found.push({
        severity: "low",
        text: `${task.id} took ${factorText(late)} its estimate: estimate it higher or split it`,
      });
    }
  }
  if (isSimulated(view) && view.status === "completed") {
    found.push({ severity: "low", text: "this was a rehearsal: name a real executor to have the work done" });
  }
  const rank: Readonly<Record<Severity, number>> = { critical: 0, high: 1, medium: 2, low: 3 };
  const sorted = found.toSorted((left, right) => rank[left.severity] - rank[right.severity]);
  return sorted.slice(0, 50).map(({ severity, text }, index) => ({ priority: index + 1, severity, text }));
}

function actionItems(view: RunView): RunReport["actionItems"] {
  const { executionId } = view.spec;
  const items: { text: string; call: ToolCall }[] = [];
  if (view.conflicts.length > 0) {
    items.push({
      text: "look at the conflicts and their ways out",
      call: toolCall("detect_conflicts", { executionId }),
    });
  }
  if (canApply(view)) {
    items.push({
      text: "write what was merged into the workspace",
      call: toolCall("control_workflow", { executionId, action: "apply" }),
    });
  }
  if (canUndo(view)) {
    items.push({
      text: "take back what was written",
      call: toolCall("control_workflow", { executionId, action: "undo" }),
    });
  }
  return items;
}

function timeline(view: RunView): TimelineEntry[] {
  const start = startOf(view);
  const entries: TimelineEntry[] = [];
  for (const task of view.tasks.values()) {
    const who = { taskId: task.id, ...(task.agentId === undefined ? {} : { agentId: task.agentId }) };
    if (task.firstStartedAt !== undefined) entries.push({ atMs: task.firstStartedAt - start, ...who, text: "started" });
    if (task.endedAt !== undefined && task.outcome) {
      const changed =
        task.changes.length > 0 ? `, ${linesText(task.changes)} in ${countText(task.changes.length, "file")}` : "";
      const what = task.outcome.success ? "succeeded" : `ended: ${task.outcome.error?.name ?? "failed"}`;
      entries.push({
        atMs: task.endedAt - start,
        ...who,
        text: `${what} after ${durationText(task.workedMs ?? 0)}${changed}`,
      });
    }
  }
  for (const question of view.questions) {
    entries.push({ atMs: question.askedAt - start, taskId: question.taskId, text: `asked: ${question.text}` });
  }
  if (view.endedAt !== undefined) entries.push({ atMs: view.endedAt - start, text: `run ended: ${view.status}` });
  return entries.toSorted((left, right) => left.atMs - right.atMs);
}
