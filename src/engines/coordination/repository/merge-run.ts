import type { EventOf, PlannedTask } from "../../../schema/event.ts";
import type { RunView } from "../../progress/run-view.ts";
import type { Command } from "../../scheduling/command.ts";
import { mergeCandidates } from "./merge-candidates.ts";
import { quarantined, withMeanwhile, withQuarantine } from "./quarantine.ts";
import { verifyMerge } from "./verify-merge.ts";
import type { RunProgram, RunWorkspaces } from "../workspaces.ts";

/** Merges what the scheduler offers, but for what the audit of isolation holds back, and proves it. */
export async function mergeRun(request: {
  readonly view: RunView;
  readonly offer: Command & { type: "merge" };
  readonly tasks: ReadonlyMap<string, { readonly task: PlannedTask; readonly order: number }>;
  readonly workspaces: RunWorkspaces;
  readonly runProgram: RunProgram;
  /** Ends the commands it runs; its reason is a sentence without a full stop. */
  readonly signal: AbortSignal;
}): Promise<Omit<EventOf<"merge.finished">, "type">> {
  const { view, offer, tasks, workspaces, runProgram, signal } = request;
  const { spec } = view;
  const candidates = mergeCandidates(offer.candidates, tasks, view);
  const held = [...offer.held, ...quarantined(view)];
  const merged = await workspaces.merge(candidates, held, { signal });
  const proven = await verifyMerge({ spec, merged, candidates, held, workspaces, runProgram, signal });
  // Scripted agents write nowhere but in their folders.
  const changed = spec.executor === "simulated" ? [] : await workspaces.meanwhile();
  return withMeanwhile(withQuarantine(proven, view), view, changed);
}
