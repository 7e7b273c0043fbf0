import type { RunView } from "../engines/progress/run-view.ts";
import type { EventOf, RunEvent } from "../schema/event.ts";
import { unreachable } from "../util/assert.ts";
import { countText, durationText, linesText } from "./duration-text.ts";
import { isSimulated, startOf } from "./run-clock.ts";
import { limitUse } from "./limits-text.ts";
import { writingTurnText } from "./progress-line.ts";
import { fit, pad, sanitise, shortLabels } from "./text-layout.ts";

const lineColumns = 100;
const taskColumns = 18;

/** One plain line for an event, for logs; undefined for events that say nothing to people. `view` contains the event. */
export function formatEventLine(event: RunEvent, view: RunView): string | undefined {
  const text = eventText(event, view);
  if (text === undefined) return undefined;
  const elapsed = `+${durationText(Math.max(0, event.at - startOf(view)))}`;
  return fit(`${elapsed.padStart(7)}  ${text}`, lineColumns).trimEnd();
}

function eventText(event: RunEvent, view: RunView): string | undefined {
  switch (event.type) {
    case "run.created":
      return createdText(event, view);
    case "base.captured":
      return `workspace captured as ${event.commit.slice(0, 10)}`;
    case "base.failed":
      return `FAILED to capture the workspace: ${sanitise(event.reason)}`;
    case "task.started":
      return startedText(event, view);
    case "task.skipped":
      return `${name(event, view)} skipped  ${sanitise(event.reason)}`;
    case "task.progressed":
      return progressedText(event, view);
    case "task.asked":
      return `${name(event, view)} ASKS     ${sanitise(event.text)}`;
    case "task.answered":
      return `${name(event, view)} answer   ${sanitise(event.answer)} (by ${event.by === "person" ? "a person" : "time-out"})`;
    case "task.finished":
      return finishedText(event, view);
    case "task.retry-requested":
    case "task.reopened":
    case "task.skip-requested":
    case "task.steer-requested":
    case "task.steered":
      return controlText(event, name(event, view));
    case "limit.warned":
    case "limit.enforced":
      return limitText(event, view);
    case "capacity.changed":
      return `up to ${countText(event.agents, "agent")} at once from now on: ${sanitise(event.reason)}`;
    case "workspace.tampered":
      return `${name(event, view)} TAMPERED ${sanitise(event.findings.join(", "))}`;
    case "workspace.trespassed":
      return trespassText(event, view);
    case "overlap.warned":
      return `OVERLAP  ${sanitise(event.conflict.description)}`;
    case "delay.elapsed":
      return undefined;
    case "run.paused":
      return `PAUSED: ${sanitise(event.reason)}`;
    case "run.resumed":
      return event.extendsBudget ? "goes on, with as much budget again" : "goes on";
    case "run.timed-out":
      return "the run's time limit is reached; it stops";
    case "run.cancel-requested":
      return `cancelling: ${sanitise(event.reason)}`;
    case "merge.finished":
      return mergedText(event);
    case "apply.started":
      return event.waitsFor === undefined ? undefined : sanitise(writingTurnText(event.waitsFor));
    case "apply.finished":
      return appliedText(event);
    case "undo.finished":
      return `taken back: ${countText(event.files.length, "file")}`;
    case "resolution.decided":
      return `decided for ${sanitise(event.conflictId)}: ${event.strategy}${event.taskId === undefined ? "" : ` (${sanitise(event.taskId)})`}`;
    case "resolution.finished":
      return event.done
        ? `${event.folder === undefined ? "carried out" : `to be edited in ${sanitise(event.folder)}`}; run ${event.status}`
        : `NOT carried out: ${sanitise(event.reason ?? "")}`;
    case "run.finished":
      return `run ${event.status}`;
    case "run.interrupted":
      return `run interrupted: ${sanitise(event.reason)}`;
    default:
      return unreachable(event);
  }
}

function controlText(
  event: EventOf<
    "task.retry-requested" | "task.reopened" | "task.skip-requested" | "task.steer-requested" | "task.steered"
  >,
  task: string,
): string | undefined {
  switch (event.type) {
    case "task.retry-requested":
      return `${task} RETRY    wanted`;
    case "task.reopened":
      return `${task} waits    again: ${sanitise(event.reason)}`;
    case "task.skip-requested":
      return `${task} SKIP     wanted: ${sanitise(event.reason)}`;
    case "task.steer-requested":
      return `${task} TOLD     ${sanitise(event.text)}`;
    case "task.steered":
      return event.reason === undefined ? undefined : `${task} NOT told ${sanitise(event.reason)}`;
  }
}

function createdText(event: EventOf<"run.created">, view: RunView): string {
  const { spec } = event;
  const simulated = isSimulated(view) ? ", simulated" : "";
  return `run ${spec.executionId}: ${countText(spec.tasks.length, "task")}, up to ${spec.maxParallelAgents} at once${simulated}`;
}

function startedText(event: EventOf<"task.started">, view: RunView): string {
  const attempt = event.attempt > 1 ? `, attempt ${event.attempt}${event.fallback ? ": its fallback" : ""}` : "";
  return `${name(event, view)} start    ${sanitise(event.agentId)}${attempt}`;
}

function progressedText(event: EventOf<"task.progressed">, view: RunView): string | undefined {
  if (event.operation === undefined) return undefined;
  const percent = event.percent === undefined ? "" : ` ${Math.round(event.percent)}%`;
  return `${name(event, view)} at work ${percent} ${sanitise(event.operation)}`;
}

function limitText(event: EventOf<"limit.warned" | "limit.enforced">, view: RunView): string {
  const state = event.type === "limit.warned" ? "warned  " : "LIMIT   ";
  return `${name(event, view)} ${state} ${limitUse(event)}: ${sanitise(event.action)}`;
}

function trespassText(event: EventOf<"workspace.trespassed">, view: RunView): string {
  const files = sanitise(event.files.join(", "));
  const others = sanitise(event.others.join(", "));
  if (event.role === "touched") return `${name(event, view)} TOUCHED  by ${others}: ${files}`;
  return `${name(event, view)} OUTSIDE  ${event.certain ? "wrote" : "alone at work when written:"} ${files}`;
}

function finishedText(event: EventOf<"task.finished">, view: RunView): string {
  const { outcome } = event;
  const took = durationText(outcome.durationMs);
  if (!outcome.success) {
    const error = outcome.error;
    return `${name(event, view)} FAILED   ${took} ${error?.name ?? "AgentError"}: ${sanitise(error?.message ?? "")}`;
  }
  const changed =
    outcome.changes.length > 0 ? ` ${linesText(outcome.changes)} in ${countText(outcome.changes.length, "file")}` : "";
  const cost = outcome.usage?.costUsd === undefined ? "" : ` ~$${outcome.usage.costUsd.toFixed(2)}`;
  return `${name(event, view)} done     ${took}${changed}${cost}`;
}

function appliedText({ applied, files, reason }: EventOf<"apply.finished">): string {
  if (applied) return `written to the workspace: ${countText(files.length, "file")}`;
  return `nothing written: ${sanitise(reason ?? "not asked for")}`;
}

function mergedText(event: EventOf<"merge.finished">): string {
  const held =
    event.held.length > 0
      ? `, ${event.held.length} held (${sanitise(event.held.map((task) => task.taskId).join(", "))})`
      : "";
  return `merged ${countText(event.merged.length, "result")}${held}`;
}

function name(event: { readonly taskId: string }, view: RunView): string {
  const label = shortLabels(view.tasks.size <= 200 ? view.tasks.keys() : [event.taskId], taskColumns - 2);
  return pad(`[${label(event.taskId)}]`, taskColumns);
}
