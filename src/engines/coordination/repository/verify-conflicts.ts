import { choiceOptions } from "../../../schema/resolution-options.ts";
import type { ConflictDraft } from "../../merging/pairs/describe-conflict.ts";
import type { Candidate } from "../workspaces.ts";

/** Says that `merged` results did not pass their verification; the view of a run looks for it. */
export const verifyMethod = "verify command";

const MAX_FILES = 50;

/** What every conflict of a verification says. */
function describe(
  group: readonly Candidate[],
  description: string,
  options: ConflictDraft["resolutionOptions"],
): ConflictDraft {
  const files = group.flatMap(({ agentId, changes }) => changes.map(({ file }) => ({ file, agentId })));
  return {
    type: "semantic",
    severity: "high",
    agents: [...new Set(group.map(({ agentId }) => agentId))],
    tasks: group.map(({ task }) => task.id),
    description,
    affectedResources: [...new Set(files.map(({ file }) => file))].slice(0, MAX_FILES),
    detectionMethod: verifyMethod,
    locations: files.slice(0, MAX_FILES).map(({ file, agentId }) => ({ file, startLine: 0, endLine: 0, agentId })),
    confidence: 1,
    resolutionOptions: options,
  };
}

/** A smallest group of results with which the command fails, while it passes without any one of them. */
export function culpritConflict(what: {
  readonly command: string;
  readonly culprits: readonly Candidate[];
  readonly held: Candidate;
  readonly reason: string;
}): ConflictDraft {
  const { command, culprits, held, reason } = what;
  const names = culprits.map(({ task }) => `'${task.id}'`).join(" and ");
  const claim =
    culprits.length === 1
      ? `${names} does not pass '${command}', which what it started from does`
      : `${names} pass '${command}' apart and fail it together; '${held.task.id}' is held`;
  // The one that is held stands last: it is the one to be done again.
  const sorted = [...culprits.filter((each) => each !== held), held];
  const parties = sorted.map(({ agentId, task }) => ({ agentId, taskId: task.id }));
  const options = choiceOptions(parties).filter(({ strategy }) => culprits.length > 1 || strategy !== "prefer-agent");
  return describe(culprits, `${claim}: ${reason}`, options);
}

/** The merged results fail, and who is to blame is not known. */
export function unverifiedConflict(what: {
  readonly command: string;
  readonly group: readonly Candidate[];
  readonly failure: string;
  /** What the command says of the state that the run started from; undefined where it passes or was not asked. */
  readonly baseFailure: string | undefined;
}): ConflictDraft {
  const { command, group, failure, baseFailure } = what;
  const whose =
    baseFailure === undefined
      ? ""
      : ` What the run started from does not pass it either (${baseFailure}), so that nobody can be blamed.`;
  return describe(group, `The merged results do not pass '${command}': ${failure}.${whose}`, [
    {
      strategy: "rollback",
      description: "Nothing was written; your files are as they were.",
      automatic: false,
      risk: "low",
    },
    {
      strategy: "manual",
      description: "Put the results on a branch and mend them there.",
      automatic: false,
      risk: "medium",
    },
  ]);
}
