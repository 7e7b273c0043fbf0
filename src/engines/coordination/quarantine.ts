/** What the audit of the agents' isolation means for the merge. */
import type { EventOf } from "../../schema/event.ts";
import { choiceOptions } from "../../schema/resolution-options.ts";
import { listFiles, type ConflictDraft } from "../merging/describe-conflict.ts";
import type { ResolutionView, RunView, TaskView } from "../progress/run-view.ts";
import type { HeldBefore } from "../scheduling/command.ts";
import { addConflicts, numberConflicts } from "./add-conflicts.ts";

type Merged = Omit<EventOf<"merge.finished">, "type">;

const reason = "its agent left settings behind that could run programs";
const method = "isolation audit";

/** Results that are not merged unseen, because of what their agents left; those that somebody chose all the same are. */
export function quarantined(view: RunView, decisions: readonly ResolutionView[] = []): readonly HeldBefore[] {
  const chosen = new Set(decisions.flatMap(({ strategy, taskId }) => (strategy === "prefer-agent" ? [taskId] : [])));
  return suspects(view)
    .filter(({ id }) => !chosen.has(id))
    .map(({ id }) => ({ taskId: id, reason }));
}

/** Adds to a merge a conflict for every result that is held because of what its agent left. */
export function withQuarantine(merged: Merged, view: RunView): Merged {
  const held = new Set(merged.held.filter((each) => each.reason === reason).map(({ taskId }) => taskId));
  const tampered = suspects(view).filter(({ id }) => held.has(id));
  return addConflicts(merged, tampered.map(tamperingConflict));
}

/** Adds what has changed outside the agents' folders: a risk to look at, and nobody's fault as far as can be told. */
export function withMeanwhile(merged: Merged, view: RunView, changed: readonly string[]): Merged {
  if (changed.length === 0) return merged;
  const ran = [...view.tasks.values()].filter(({ startedAt }) => startedAt !== undefined).slice(0, 50);
  const draft: ConflictDraft = {
    type: "resource",
    severity: "low",
    agents: [...new Set(ran.flatMap(({ agentId }) => agentId ?? []))],
    tasks: ran.map(({ id }) => id),
    description: `${listFiles(changed)} changed outside the agents' folders while they worked, by you or by one of them.`,
    affectedResources: changed.slice(0, 50),
    detectionMethod: method,
    locations: [],
    confidence: 0.5,
    resolutionOptions: [
      {
        strategy: "merge",
        description: "Keep it as it is: the results are merged around it",
        automatic: true,
        risk: "low",
      },
    ],
  };
  return { ...merged, conflicts: [...merged.conflicts, ...numberConflicts(merged, [draft])] };
}

function suspects(view: RunView): TaskView[] {
  return [...view.tasks.values()].filter(({ state, tampering }) => state === "succeeded" && tampering !== undefined);
}

function tamperingConflict({ id, agentId = "", tampering = [] }: TaskView): ConflictDraft {
  return {
    type: "resource",
    severity: "high",
    agents: [agentId],
    tasks: [id],
    description: `The agent of '${id}' left in its repository what could run programs: ${listFiles(tampering)}. Nothing of it was run.`,
    affectedResources: [...tampering],
    detectionMethod: method,
    locations: [],
    confidence: 1,
    resolutionOptions: choiceOptions([{ agentId, taskId: id }]),
  };
}
