import type { ResolutionOption } from "./conflict.ts";

/** Somebody whose result can be taken instead of the others'. */
export interface Party {
  readonly agentId: string;
  readonly taskId: string;
  /** What this result has at the place in question. */
  readonly preview?: string;
}

/** The options of one conflict name no more parties than this. */
export const MAX_PARTIES = 8;

/** The ways on for results that merge by themselves; the first needs nobody. */
export function mergeOptions(description: string, preview?: string): ResolutionOption[] {
  return [
    { strategy: "merge", description, automatic: true, risk: "low", ...(preview === undefined ? {} : { preview }) },
    { strategy: "manual", description: "Look at the merged file before it is used", automatic: false, risk: "low" },
  ];
}

/** The ways out where one result has to give way; none is taken without somebody's decision. */
export function choiceOptions(parties: readonly Party[]): ResolutionOption[] {
  const choices = parties.slice(0, MAX_PARTIES).map(({ agentId, taskId, preview }): ResolutionOption => ({
    strategy: "prefer-agent",
    description: `Take the result of ${agentId} for '${taskId}' and hold the others`,
    automatic: false,
    risk: "medium",
    agentId,
    taskId,
    ...(preview === undefined ? {} : { preview }),
  }));
  const last = parties.at(-1)?.taskId ?? "";
  return [
    ...choices,
    {
      strategy: "sequential-retry",
      description: `Run '${last}' again on top of the other result`,
      automatic: false,
      risk: "low",
    },
    { strategy: "manual", description: "Edit the file by hand and take what is right", automatic: false, risk: "low" },
    { strategy: "rollback", description: "Take none of these results", automatic: false, risk: "medium" },
  ];
}

/** The ways out for a result that breaks against one it was built on, so that it alone can give way. */
export function repeatOptions(former: Party, own: Party): ResolutionOption[] {
  return choiceOptions([former, own]).flatMap((option): ResolutionOption[] => {
    if (option.strategy === "sequential-retry") {
      return [{ ...option, description: `Run '${own.taskId}' again on top of the merged results`, taskId: own.taskId }];
    }
    if (option.strategy !== "prefer-agent") return [option];
    // The one cannot be taken without the other.
    if (option.taskId === own.taskId) return [];
    return [{ ...option, description: `Take '${former.taskId}' of ${former.agentId} and leave '${own.taskId}' out` }];
  });
}

/** The ways out where two branches do not go together; parties are named by their refs. */
export function refOptions(
  parties: readonly { readonly agentId: string; readonly taskId: string; readonly preview?: string | undefined }[],
): ResolutionOption[] {
  const choices = parties.map(({ agentId, taskId, preview }): ResolutionOption => ({
    strategy: "prefer-agent",
    description: `Take ${taskId} and leave the other out`,
    automatic: false,
    risk: "medium",
    agentId,
    ...(preview === undefined ? {} : { preview }),
  }));
  const [first, last] = [parties[0]?.taskId ?? "", parties.at(-1)?.taskId ?? ""];
  return [
    ...choices,
    {
      strategy: "sequential-retry",
      description: `Rebase ${last} onto ${first}, or do its work again on top`,
      automatic: false,
      risk: "low",
    },
    {
      strategy: "manual",
      description: `Merge by hand: check out ${first}, then git merge ${last}`,
      automatic: false,
      risk: "low",
    },
  ];
}

/** The ways on for a result that was built on one that does not exist. */
export function dependencyOptions(dependent: string): ResolutionOption[] {
  return [
    {
      strategy: "sequential-retry",
      description: `Run '${dependent}' again after what it depends on has succeeded`,
      automatic: false,
      risk: "low",
    },
    { strategy: "rollback", description: `Drop the result of '${dependent}'`, automatic: false, risk: "medium" },
    {
      strategy: "manual",
      description: `Check by hand that '${dependent}' stands alone`,
      automatic: false,
      risk: "high",
    },
  ];
}
