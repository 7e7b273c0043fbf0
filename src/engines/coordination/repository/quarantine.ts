/** What the audit of the agents' isolation means for the merge. */
import type { EventOf } from "../../../schema/event.ts";
import { choiceOptions } from "../../../schema/resolution-options.ts";
import { listFiles, type ConflictDraft } from "../../merging/pairs/describe-conflict.ts";
import type { ResolutionView, RunView, TaskView } from "../../progress/run-view.ts";
import type { HeldBefore } from "../../scheduling/command.ts";
import { isKeptApart } from "../runs/run-containment.ts";
import { addConflicts, numberConflicts } from "../resolution/add-conflicts.ts";

type Merged = Omit<EventOf<"merge.finished">, "type">;

const reasons = {
  settings: "its agent left settings behind that could run programs",
  wrote: "its agent wrote outside its folder",
  alone: "its agent was the only one at work when another's folder was written into",
  touched: "another agent wrote into its folder",
} as const;
const method = "isolation audit";

/** Results that are not merged unseen, because of what their agents left; those that somebody chose all the same are. */
export function quarantined(view: RunView, decisions: readonly ResolutionView[] = []): readonly HeldBefore[] {
  const chosen = new Set(decisions.flatMap(({ strategy, taskId }) => (strategy === "prefer-agent" ? [taskId] : [])));
  return suspects(view)
    .filter(({ task }) => !chosen.has(task.id))
    .map(({ task, reason }) => ({ taskId: task.id, reason }));
}

/** Adds to a merge a conflict for every result that is held because of what its agent left. */
export function withQuarantine(merged: Merged, view: RunView): Merged {
  const held = new Map(merged.held.map(({ taskId, reason }) => [taskId, reason]));
  const standing = suspects(view).filter(({ task, reason }) => held.get(task.id) === reason);
  return addConflicts(merged, standing.map(suspectConflict));
}

/**
 * Adds what has changed outside the agents' folders, and in folders whose agents had not begun and got new ones: risks to
 * look at, and nobody's fault as far as can be told.
 */
export function withMeanwhile(merged: Merged, view: RunView, changed: readonly string[]): Merged {
  const touched = [...view.tasks.values()].flatMap((task) => touchedBefore(task) ?? []);
  const drafts = changed.length === 0 ? touched : [changedConflict(view, changed), ...touched];
  if (drafts.length === 0) return merged;
  return { ...merged, conflicts: [...merged.conflicts, ...numberConflicts(merged, drafts)] };
}

const carryOn = {
  strategy: "merge",
  description: "Keep it as it is: the results are merged around it",
  automatic: true,
  risk: "low",
} as const;

function touchedBefore({ id, agentId = "", trespasses = [] }: TaskView): ConflictDraft | undefined {
  const found = trespasses.filter(({ role, certain }) => role === "touched" && !certain);
  if (found.length === 0) return undefined;
  const files = [...new Set(found.flatMap((each) => each.files))];
  const others = [...new Set(found.flatMap((each) => each.others))];
  const names = others.map((other) => `'${other}'`).join(", ");
  return {
    type: "resource",
    severity: "low",
    agents: [agentId],
    tasks: [id, ...others].slice(0, 50),
    description: `Somebody wrote into the folder of '${id}' before its agent began: ${listFiles(files)}. At work then: ${names}. It was given a new folder; nothing of that is in its result.`,
    affectedResources: files.slice(0, 50),
    detectionMethod: method,
    locations: [],
    confidence: 1,
    resolutionOptions: [carryOn],
  };
}

function changedConflict(view: RunView, changed: readonly string[]): ConflictDraft {
  const who = isKeptApart(view.spec) ? "not by the agents, which cannot write there" : "by you or by one of them";
  const ran = [...view.tasks.values()].filter(({ startedAt }) => startedAt !== undefined).slice(0, 50);
  return {
    type: "resource",
    severity: "low",
    agents: [...new Set(ran.flatMap(({ agentId }) => agentId ?? []))],
    tasks: ran.map(({ id }) => id),
    description: `${listFiles(changed)} changed outside the agents' folders while they worked, ${who}.`,
    affectedResources: changed.slice(0, 50),
    detectionMethod: method,
    locations: [],
    confidence: 0.5,
    resolutionOptions: [carryOn],
  };
}

interface Suspect {
  readonly task: TaskView;
  readonly reason: string;
  /** What was found, as a sentence, and what it is about. */
  readonly finding: string;
  readonly resources: readonly string[];
}

/** Results of which something was found that keeps them from being merged unseen. */
function suspects(view: RunView): Suspect[] {
  return [...view.tasks.values()].flatMap((task) => (task.state === "succeeded" ? (suspicion(task) ?? []) : []));
}

function suspicion(task: TaskView): Suspect | undefined {
  const { id, tampering, trespasses = [] } = task;
  if (tampering !== undefined) {
    const finding = `The agent of '${id}' left in its repository what could run programs: ${listFiles(tampering)}. Nothing of it was run.`;
    return { task, reason: reasons.settings, finding, resources: tampering };
  }
  const certain = trespasses.filter((each) => each.certain);
  const wrote = certain.filter(({ role }) => role === "wrote");
  const alone = trespasses.filter(({ role }) => role === "wrote");
  const found = [wrote, certain, alone].find((each) => each.length > 0);
  if (!found) return undefined;
  const files = [...new Set(found.flatMap((each) => each.files))];
  const others = [...new Set(found.flatMap((each) => each.others))].map((other) => `'${other}'`).join(", ");
  const place = others === "" ? "outside its folder" : `into the folder of ${others}`;
  const listed = listFiles(files);
  if (found === wrote) {
    const finding = `The agent of '${id}' wrote ${place}, as its own tool calls say: ${listed}.`;
    return { task, reason: reasons.wrote, finding, resources: files };
  }
  if (found === certain) {
    const finding = `The agent of ${others} wrote into the folder of '${id}': ${listed}. Whose work the result is cannot be told there.`;
    return { task, reason: reasons.touched, finding, resources: files };
  }
  const finding = `Somebody wrote ${place} before its agent began: ${listed}. Only the agent of '${id}' was at work then.`;
  return { task, reason: reasons.alone, finding, resources: files };
}

function suspectConflict({ task, finding, resources }: Suspect): ConflictDraft {
  const { id, agentId = "" } = task;
  return {
    type: "resource",
    severity: "high",
    agents: [agentId],
    tasks: [id],
    description: finding,
    affectedResources: resources.slice(0, 50),
    detectionMethod: method,
    locations: [],
    confidence: 1,
    resolutionOptions: choiceOptions([{ agentId, taskId: id }]),
  };
}
