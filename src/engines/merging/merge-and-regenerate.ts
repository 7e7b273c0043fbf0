import type { Conflict } from "../../schema/conflict.ts";
import type { Regeneration } from "../../schema/regeneration.ts";
import { mergeOptions } from "../../schema/resolution-options.ts";
import { toWorkspacePath } from "../../util/workspace-path.ts";
import { attributeFolder } from "./attribute-folder.ts";
import { markedGenerated } from "./by-kind/generated-paths.ts";
import { regeneration, usualRule } from "./by-kind/file-kinds.ts";
import { mergeResults, type MergeOutcome, type MergeRequest } from "./merge-results.ts";
import { NotRegenerated } from "./by-kind/regenerate-files.ts";
import { commandOf, ruleOf } from "./by-kind/regeneration-rules.ts";

/** What is known of the files that programs make. */
interface Known {
  readonly rules: readonly Regeneration[];
  /** Rules whose commands did not do, and why. */
  readonly failures: ReadonlyMap<Regeneration, string>;
  /** Files that the repository's attributes mark as generated. */
  readonly marked: ReadonlySet<string>;
}

/**
 * Merges results as `mergeResults` does. A rule whose command does not make its files is left out, and everything is
 * merged again without it: the conflicts over these files then stand, with what the command said.
 */
export async function mergeAndRegenerate(request: MergeRequest): Promise<MergeOutcome> {
  const { regenerator } = request;
  const rules = regenerator?.rules ?? [];
  const failures = new Map<Regeneration, string>();
  for (;;) {
    const left = rules.filter((rule) => !failures.has(rule));
    try {
      const outcome = await mergeResults({ ...request, regenerator: regenerator && { ...regenerator, rules: left } });
      const known = { rules, failures, marked: await markedFiles(request, outcome) };
      return { ...outcome, conflicts: outcome.conflicts.map((conflict) => told(conflict, known)) };
    } catch (error) {
      if (!(error instanceof NotRegenerated)) throw error;
      failures.set(error.rule, error.reason);
    }
  }
}

const madeAnew = "git merge, then made anew with ";

/** The command that a settled conflict's files are made anew with; undefined where they are not. */
export function madeAnewWith({ detectionMethod, severity }: Conflict): string | undefined {
  return severity === "low" && detectionMethod.startsWith(madeAnew)
    ? detectionMethod.slice(madeAnew.length)
    : undefined;
}

/** Says of a conflict over files that programs make which command made them, failed to, or could. */
function told(conflict: Conflict, { rules, failures, marked }: Known): Conflict {
  if (!conflict.detectionMethod.startsWith("git merge")) return conflict;
  const { affectedResources: files, tasks } = conflict;
  const [file = ""] = files;
  const rule = ruleOf(rules, file);
  if (conflict.severity === "low") {
    if (!rule || failures.has(rule) || conflict.detectionMethod === "git merge") return conflict;
    const command = commandOf(rule);
    return {
      ...conflict,
      description: `${tasks.length} tasks change ${file}, which is made anew from the merged files with '${command}'.`,
      detectionMethod: `${madeAnew}${command}`,
      resolutionOptions: mergeOptions(`Merge what ${file} is made from, and make it anew`),
    };
  }
  const failed = new Set(files.flatMap((each) => ruleOf(rules, each) ?? []));
  const said = [...failures].filter(([each]) => failed.has(each));
  const words = said.map(([each, reason]) => ` '${commandOf(each)}' did not do: ${reason}.`);
  const isMade = (each: string): boolean => regeneration(each) !== undefined || marked.has(each);
  const open = files.find((each) => isMade(each) && !ruleOf(rules, each));
  if (open !== undefined) {
    if (regeneration(open) === undefined) words.push(` ${open} is marked as generated.`);
    words.push(` ${settingFor(open)}`);
  }
  return { ...conflict, description: `${conflict.description}${words.join("")}` };
}

/** Of the files that keep results from being merged, those that attributes mark as generated; relative to the workspace. */
async function markedFiles(request: MergeRequest, { conflicts }: MergeOutcome): Promise<ReadonlySet<string>> {
  const { prefix } = request.shadow;
  const held = conflicts.filter(({ severity }) => severity !== "low");
  const paths = new Set(held.flatMap(({ affectedResources }) => affectedResources.map((file) => `${prefix}${file}`)));
  if (paths.size === 0) return paths;
  const marked = await markedGenerated({ ...request, attributeFolder: await attributeFolder(request) }, [...paths]);
  return new Set([...marked].map((path) => toWorkspacePath(path, prefix)));
}

/** The line of the configuration with which runs make a file anew. */
function settingFor(file: string): string {
  const command = usualRule(file)?.map((word) => JSON.stringify(word)) ?? ["…the command that makes it"];
  const line = `regenerate: [{ files: [${JSON.stringify(file)}], command: [${command.join(", ")}] }]`;
  return `Runs make it anew by themselves with this line in your config.yaml: ${line}`;
}
