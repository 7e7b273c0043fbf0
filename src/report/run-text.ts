import type { RunView } from "../engines/progress/run-view.ts";
import type { RunStatus } from "../schema/workflow.ts";
import { canApply, canUndo } from "./attention.ts";
import { countText, durationText, factorText } from "./duration-text.ts";
import { whole } from "./decision-text.ts";
import { callOrPlace, restPlace, type CallStyle } from "./call-style.ts";
import { toolCall } from "./next-call.ts";
import { callLimitLines } from "./calls-text.ts";
import { limitLines } from "./limits-text.ts";
import { hasEnded, isPartlySimulated, isSimulated, runNow } from "./run-clock.ts";
import { overallProgress, remaining } from "./run-forecast.ts";
import { runMetrics, type RunMetrics } from "./run-metrics.ts";
import { labelColumns, runSections } from "./run-sections.ts";
import { layOut } from "./text-block.ts";
import { fit, fold, maxColumns, sanitise, shortLabels } from "./text-layout.ts";

const verdicts: Readonly<Record<RunStatus, string>> = {
  running: "RUNNING",
  blocked: "WAITING FOR YOU",
  paused: "PAUSED",
  completed: "DONE",
  partial: "PARTLY DONE",
  failed: "FAILED",
  cancelled: "CANCELLED",
  interrupted: "INTERRUPTED",
};

/** How a run's text is asked for. */
export interface RunTextOptions {
  /** The present on the real clock; only a run of real agents that has not ended needs it. */
  readonly nowMs?: number | undefined;
  /** How the calls that help are written; default `mcp`. */
  readonly calls?: CallStyle | undefined;
  /** What has just been done to the run, said above everything else; the first lines of it. */
  readonly did?: readonly string[] | undefined;
}

/** Lines for why a run stands as it does, or why nothing was written. */
const reasonRoom = 6;

/** Lines for what has just been done; the verdict and its facts keep theirs. */
const didLines = 13;

/**
 * A run in at most 40 lines of 76 columns: the verdict first, then whoever needs somebody with the
 * call that helps, then the rest. Whatever agents wrote is made harmless before it is shown.
 */
export function runText(view: RunView, { nowMs = view.at, calls = "mcp", did = [] }: RunTextOptions = {}): string {
  const now = runNow(view, nowMs);
  const label = shortLabels(view.tasks.keys(), labelColumns);
  const metrics = runMetrics(view, now);
  return layOut({
    head: [
      ...did.flatMap((line) => fold(line)).slice(0, didLines),
      ...(did.length > 0 ? [""] : []),
      ...headLines(view, { metrics, now, calls }),
    ],
    sections: runSections({ view, now, label, calls }),
    tail: tailLines(view, calls),
  });
}

/** A reason may end in the path of what has to be put right: that is not cut off. */
function reasonLines(reason: string): string[] {
  const lines = whole(reason).flatMap((line) => fold(line));
  return lines.length <= reasonRoom ? lines : [...lines.slice(0, reasonRoom - 1), `${lines[reasonRoom - 1] ?? ""} …`];
}

/** The first line of a run's text: what came of it, and whether anything was really done. */
export function verdictLine(view: RunView): string {
  const done = [...view.tasks.values()].filter((task) => task.state === "succeeded").length;
  const held = view.merge?.held.length ?? 0;
  const count = `${done} of ${countText(view.tasks.size, "task")}${held > 0 ? `, ${held} held` : ""}`;
  const verdict = `${verdicts[view.status]} · ${count} · ${sanitise(view.spec.title) || "untitled"}`;
  return fit(`${simulationMark(view)}${verdict}`, maxColumns);
}

function simulationMark(view: RunView): string {
  if (isPartlySimulated(view)) return "PARTLY SIMULATED · ";
  if (!isSimulated(view)) return "";
  if (view.apply?.applied === true) return "SIMULATED, scripted edits applied · ";
  return "SIMULATED, nothing was really done · ";
}

function headLines(
  view: RunView,
  { metrics, now, calls }: { readonly metrics: RunMetrics; readonly now: number; readonly calls: CallStyle },
): string[] {
  const lines = [verdictLine(view)];
  const { unenforced } = view.spec;
  if (unenforced.length > 0) {
    const first = unenforced[0];
    const names = unenforced.map((limit) => sanitise(limit.limit)).join(", ");
    const reason =
      unenforced.length === 1 ? ` - ${sanitise(first?.reason ?? "")}` : ` (${restPlace("unenforced", calls)})`;
    lines.push(fit(`NOT ENFORCED: ${names}${reason}`, maxColumns));
  }
  lines.push(fit(`run ${view.spec.executionId} · ${factsText(view, metrics)}`, maxColumns));
  lines.push(...limitLines(view), ...callLimitLines(view));
  if (!hasEnded(view)) lines.push(progressBar(view, now));
  const because = view.failureReason ?? view.interruptedReason ?? view.cancelReason ?? view.paused?.reason;
  if (because !== undefined) lines.push(...reasonLines(`because ${because}`));
  return lines;
}

function factsText(view: RunView, metrics: RunMetrics): string {
  const facts = [durationText(metrics.totalDuration)];
  if (hasEnded(view) && metrics.totalDuration > 0) {
    facts.push(`one by one ${durationText(metrics.sequentialDuration)}`, factorText(metrics.actualSpeedup));
  }
  const { usd, tokens } = runCost(view);
  if (usd !== undefined) facts.push(`~$${usd.toFixed(2)}`);
  if (tokens !== undefined && facts.length < 4) facts.push(`${Math.ceil(tokens / 1_000)}k tokens`);
  return facts.join(" · ");
}

/** What the agents of a run used up, by their own account. */
export function runCost(view: RunView): { readonly usd?: number; readonly tokens?: number } {
  let usd: number | undefined;
  let tokens: number | undefined;
  for (const { usage } of view.tasks.values()) {
    if (usage?.costUsd !== undefined) usd = (usd ?? 0) + usage.costUsd;
    if (usage?.tokens !== undefined) tokens = (tokens ?? 0) + usage.tokens;
  }
  return { ...(usd === undefined ? {} : { usd }), ...(tokens === undefined ? {} : { tokens }) };
}

function progressBar(view: RunView, now: number): string {
  const percent = overallProgress(view, now);
  const filled = Math.round(percent / 5);
  const left = durationText(remaining(view, now).p50Ms);
  return `[${"#".repeat(filled)}${".".repeat(20 - filled)}] ${Math.round(percent)}% · left ~${left} (est)`;
}

function tailLines(view: RunView, calls: CallStyle): string[] {
  const { executionId } = view.spec;
  const place = { indent: "  ", place: "next", calls };
  const control = (action: string): string[] =>
    callOrPlace(toolCall("control_workflow", { executionId, action }), place);
  if (view.paused && !hasEnded(view)) {
    return [view.paused.by === "budget" ? "resume, with as much budget again:" : "resume:", ...control("resume")];
  }
  if (!hasEnded(view)) {
    return ["follow: ", ...callOrPlace(toolCall("aggregate_progress", { executionId, waitSeconds: 45 }), place)];
  }
  const lines: string[] = [];
  if (view.apply?.applied === true && view.undone !== true) {
    const last = view.delivered.length > 1 ? "by the last decision" : "to your files";
    lines.push(fit(`written ${last}: ${countText(view.apply.files.length, "file")}`, maxColumns));
  }
  if (view.undone === true) lines.push("what this run wrote was taken back; your files are as before");
  if (view.apply?.reason !== undefined) lines.push(...reasonLines(`not applied: ${view.apply.reason}`));
  if (view.apply?.ref !== undefined) lines.push(fit(`the result is at ${sanitise(view.apply.ref)}`, maxColumns));
  if (canUndo(view)) lines.push("undo:", ...control("undo"));
  else if (canApply(view)) lines.push("apply:", ...control("apply"));
  return lines;
}
