import { openConflicts } from "../engines/progress/resolution-view.ts";
import type { RunView } from "../engines/progress/run-view.ts";
import type { Severity } from "../schema/plan.ts";
import { callOrPlace, type CallStyle } from "./call-style.ts";
import { linesText } from "./duration-text.ts";
import { toolCall, type ToolCall } from "./next-call.ts";
import { hasEnded } from "./run-clock.ts";
import { displayWidth, maxColumns, sanitise } from "./text-layout.ts";

/** A decision about a conflict as it was asked for, and what came of it. */
export interface DecisionTold {
  readonly executionId: string;
  readonly conflictId?: string | undefined;
  readonly option?: string | undefined;
  readonly taskId?: string | undefined;
  readonly agentId?: string | undefined;
  /** Edited files are to be taken over. */
  readonly proceed?: boolean | undefined;
  readonly decided: {
    readonly did: string;
    readonly folder?: string;
    readonly preview?: { readonly possible: boolean; readonly files: readonly FileTold[] };
  };
}

interface FileTold {
  readonly type: string;
  readonly file: string;
  readonly addedLines?: number | undefined;
  readonly removedLines?: number | undefined;
}

const severities: readonly Severity[] = ["low", "medium", "high", "critical"];

/** How many files of a preview are named. */
const filesNamed = 6;

/** The call that carries a previewed decision out, or takes edited files over; null when there is nothing more to do. */
export function decisionCall(told: DecisionTold): ToolCall | null {
  const { executionId, conflictId, option, taskId, agentId, decided } = told;
  const call = (text?: string): ToolCall =>
    toolCall("control_workflow", {
      ...{ executionId, action: "resolve", conflictId, option },
      ...(taskId !== undefined && { taskId }),
      ...(agentId !== undefined && { agentId }),
      ...(text !== undefined && { text }),
    });
  if (decided.preview !== undefined)
    return decided.preview.possible ? call(told.proceed ? "continue" : undefined) : null;
  return decided.folder === undefined ? null : call("continue");
}

/** What became of a decision: what was done, the files a preview names, and the call that follows. */
export function decisionLines(told: DecisionTold, calls: CallStyle): string[] {
  const { did, preview, folder } = told.decided;
  const next = decisionCall(told);
  const files = (preview?.files ?? []).map((file) => `  ${file.type} ${sanitise(file.file)} ${linesText([file])}`);
  const left = files.length - filesNamed;
  return [
    ...whole(did),
    ...files.slice(0, filesNamed),
    ...(left > 0 ? [`  … and ${left} more`] : []),
    ...(next === null ? [] : [folder === undefined ? "carry it out:" : "when the files are edited:"]),
    ...(next === null ? [] : callOrPlace(next, { indent: "  ", place: "next", calls })),
  ];
}

/** A sentence on lines of 76 columns; a word that is wider, such as a path, stays whole. */
export function whole(sentence: string): string[] {
  const lines: string[] = [];
  for (const word of sanitise(sentence).split(" ")) {
    const line = lines.at(-1);
    const fits = line !== undefined && displayWidth(line) + 1 + displayWidth(word) <= maxColumns;
    if (fits) lines.splice(-1, 1, `${line} ${word}`);
    else lines.push(word);
  }
  return lines;
}

/** The call that shows what the first way out of the worst open conflict would do; null when nothing is to be decided. */
export function previewCall(view: RunView): ToolCall | null {
  if (!hasEnded(view) || view.merge === undefined) return null;
  const [worst] = openConflicts(view)
    .filter(({ tasks }) => tasks.some((id) => view.tasks.has(id)))
    .toSorted((left, right) => severities.indexOf(right.severity) - severities.indexOf(left.severity));
  const option = worst?.resolutionOptions.find(({ strategy }) => strategy !== "merge");
  if (worst === undefined || option === undefined) return null;
  return toolCall("control_workflow", {
    ...{ executionId: view.spec.executionId, action: "resolve", conflictId: worst.id, option: option.strategy },
    ...(option.taskId !== undefined && { taskId: option.taskId }),
    text: "preview",
  });
}
