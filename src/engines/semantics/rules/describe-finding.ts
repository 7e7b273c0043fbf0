import type { Conflict } from "../../../schema/conflict.ts";
import { choiceOptions, mergeOptions, repeatOptions } from "../../../schema/resolution-options.ts";
import type { Finding } from "./finding.ts";
import type { MeaningRule, Tier } from "./rule-table.ts";

/** Whose work a finding is about. */
export interface FindingParty {
  readonly agentId: string;
  readonly taskId: string;
}

/** Rules about what is declared in manifests. */
const DEPENDENCY_RULES: ReadonlySet<MeaningRule> = new Set(["package-dropped", "version-ranges"]);
/** Breaks that stop the program from being built or started at all. */
const CRITICAL_RULES: ReadonlySet<MeaningRule> = new Set(["file-gone"]);

/** Writes a finding down as a conflict that has no number yet; `show` turns a path into the one callers see. */
export function describeFinding(
  finding: Finding,
  parties: readonly [FindingParty, FindingParty],
  show: (path: string) => string = (path) => path,
): Omit<Conflict, "id"> {
  const { rule, tier, places } = finding;
  const sentence = namedSentence(finding, parties);
  const proved = tier === "conflict";
  const files = [...new Set(places.map(({ file }) => show(file)))];
  return {
    type: DEPENDENCY_RULES.has(rule) ? "dependency" : "semantic",
    severity: proved ? (CRITICAL_RULES.has(rule) ? "critical" : "high") : "low",
    agents: [...new Set(parties.map(({ agentId }) => agentId))],
    tasks: [...new Set(parties.map(({ taskId }) => taskId))],
    description: `${sentence}. ${closing[tier]}`,
    affectedResources: files,
    detectionMethod: `meaning: ${rule}`,
    locations: places.map(({ side, file, startLine, endLine, symbol }) => ({
      file: show(file),
      startLine,
      endLine,
      agentId: parties[side].agentId,
      ...(symbol === undefined ? {} : { symbol }),
    })),
    confidence: confidences[tier],
    resolutionOptions: proved
      ? choiceOptions(parties)
      : mergeOptions(tier === "risk" ? "Merge both and run the project's tests on the result" : "Merge both"),
  };
}

/** The same for a finding of the second party against the first one, which it was built on. */
export function describeRepeat(...[finding, parties, show]: Parameters<typeof describeFinding>): Omit<Conflict, "id"> {
  const [former, own] = parties;
  return {
    ...describeFinding(finding, parties, show),
    description: `${namedSentence(finding, parties)}. '${own.taskId}' was built on '${former.taskId}', and breaks all the same.`,
    resolutionOptions: repeatOptions(former, own),
  };
}

function namedSentence({ sentence }: Finding, parties: readonly [FindingParty, FindingParty]): string {
  return sentence.replaceAll(/\$([01])/g, (_, side: string) => `'${parties[Number(side)]?.taskId}'`);
}

const closing = {
  conflict: "The changes merge as text and break together.",
  risk: "Nothing is proved: run the project's tests on the merged files, for example with verify.",
  info: "Nothing has to be done.",
} as const satisfies Record<Tier, string>;

const confidences = { conflict: 0.95, risk: 0.3, info: 1 } as const satisfies Record<Tier, number>;
