import type { Conflict } from "../../schema/conflict.ts";
import type { EventOf, RunSpec } from "../../schema/event.ts";
import { commandText } from "../execution/command-policy.ts";
import { parseCommand } from "../execution/program-command.ts";
import type { Candidate, RunProgram, RunWorkspaces } from "./workspaces.ts";

/** Name under which the merged tree gets a folder of its own; no task has it, because ids are not empty. */
const verifyId = "verify-merged";

type Merged = Omit<EventOf<"merge.finished">, "type">;

/**
 * Runs the run's verify command on the merged tree, in a folder of its own. When it fails nothing is merged: every
 * result is held, with the command's last words.
 */
export async function verifyMerge(request: {
  readonly spec: RunSpec;
  readonly merged: Merged;
  readonly candidates: readonly Candidate[];
  readonly workspaces: RunWorkspaces;
  readonly runProgram: RunProgram;
}): Promise<Merged> {
  const { spec, merged, candidates, workspaces, runProgram } = request;
  if (spec.verify === undefined || merged.commit === undefined) return merged;
  const opened = await workspaces.open({ taskId: verifyId, attempt: 1, dependencies: [merged.commit] });
  const place = { executionId: spec.executionId, taskId: verifyId };
  const reason = opened.ok
    ? await runProgram({ command: spec.verify, folder: opened.value.folder, ...place })
    : `the merged tree could not be laid out: ${opened.error}`;
  if (opened.ok) await workspaces.close(opened.value);
  return reason === undefined ? merged : holdAll(spec.verify, { merged, candidates, reason });
}

function holdAll(
  verify: NonNullable<RunSpec["verify"]>,
  failure: { readonly merged: Merged; readonly candidates: readonly Candidate[]; readonly reason: string },
): Merged {
  const { merged, candidates, reason } = failure;
  const parsed = parseCommand(verify, "verify");
  const command = parsed.ok ? commandText(parsed.value) : "the verify command";
  const conflict: Conflict = {
    id: `c${merged.conflicts.length + 1}`,
    type: "semantic",
    severity: "high",
    agents: candidates.map(({ agentId }) => agentId),
    tasks: [...merged.merged],
    description: `The merged results do not pass '${command}': ${reason}`,
    affectedResources: [],
    detectionMethod: "verify command",
    locations: [],
    confidence: 1,
    resolutionOptions: [
      {
        strategy: "rollback",
        description: "Nothing was written; your files are as they were.",
        automatic: true,
        risk: "low",
      },
      {
        strategy: "manual",
        description: "Put the results on a branch and mend them there.",
        automatic: false,
        risk: "medium",
      },
    ],
  };
  const held = merged.merged.map((taskId) => ({
    taskId,
    conflictIds: [conflict.id],
    reason: `the merged results do not pass '${command}'`,
  }));
  return { merged: [], held: [...merged.held, ...held], conflicts: [...merged.conflicts, conflict] };
}
