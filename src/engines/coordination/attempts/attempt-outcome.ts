import type { Outcome, Usage } from "../../../schema/outcome.ts";
import type { Result } from "../../../util/result.ts";
import type { AgentEnd } from "../../execution/executor.ts";
import { lostWork } from "./attempt-ends.ts";
import type { Collected } from "../workspaces.ts";

/** What is known of an attempt once it is over. */
export interface AttemptEnd {
  readonly end: AgentEnd;
  readonly durationMs: number;
  /** What it left in its folder, or why that could not be read; absent without a folder. */
  readonly collected: Result<Collected, string> | undefined;
  readonly usage: Usage | undefined;
  /** What its programs have used, as the outcome names it. */
  readonly used: Partial<Outcome> | undefined;
  /** Tasks whose results were in its folder besides those of its dependencies. */
  readonly onTopOf: readonly string[];
}

/** The outcome of an attempt: what its agent says, as far as its folder does not know better. */
export function attemptOutcome({ end, durationMs, collected, usage, used, onTopOf }: AttemptEnd): Outcome {
  const outcome: Outcome = { success: end.success, partial: end.partial, durationMs, changes: [] };
  if (end.error) outcome.error = { ...end.error, options: [...end.error.options] };
  if (end.summary !== undefined) outcome.summary = end.summary;
  if (usage) outcome.usage = usage;
  if (used) Object.assign(outcome, used);
  if (end.peakMemoryMB !== undefined) outcome.peakMemoryMB = end.peakMemoryMB;
  if (onTopOf.length > 0) outcome.builtOn = [...onTopOf];
  if (end.claimedChanges) outcome.changes = [...end.claimedChanges];
  if (collected?.ok) {
    outcome.commit = collected.value.commit;
    outcome.changes = [...collected.value.changes];
  } else if (collected) {
    outcome.success = false;
    outcome.error ??= lostWork(collected.error);
  }
  return outcome;
}
