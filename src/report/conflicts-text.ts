import { isOpen, type Conflict, type ConflictReport } from "../schema/conflict.ts";
import type { Severity } from "../schema/plan.ts";
import { callOrPlace, type CallStyle } from "./call-style.ts";
import { countText } from "./duration-text.ts";
import type { ToolCall } from "./next-call.ts";
import { layOut, type TextSection } from "./text-block.ts";
import { fit, sanitise, wrap } from "./text-layout.ts";

const rank: Readonly<Record<Severity, number>> = { critical: 0, high: 1, medium: 2, low: 3 };

const endings: Readonly<Record<ConflictReport["resolutionStrategy"], string>> = {
  auto: "every one of them merges by itself",
  manual: "somebody has to choose; until then nothing of it is written",
  rollback: "the batch did not pass its verification and is taken back",
};

/** The call that looks at a way out, and how it is written. */
interface WayShown {
  readonly call: ToolCall | null;
  readonly calls: CallStyle;
}

/**
 * Conflicts in at most 40 lines of 76 columns: the worst first, each with its place and its ways out, and the call that
 * looks at one of them, where there is one.
 */
export function conflictsSummary(report: ConflictReport, way?: WayShown): string {
  const { call = null, calls = "mcp" } = way ?? {};
  const shown = call === null ? [] : callOrPlace(call, { indent: "  ", place: "next", calls });
  return textOf(report, [], shown.length === 0 ? [] : ["see what a way out would do, before it is taken:", ...shown]);
}

/** The same for branches, with the order in which they go into `base`. */
export function refsSummary(
  report: ConflictReport & {
    readonly mergeOrder: readonly string[];
    readonly together: { readonly stopsAt?: { readonly ref: string; readonly over: "text" | "meaning" } };
    readonly contained: readonly string[];
    readonly held: readonly { readonly taskId: string; readonly reason: string }[];
  },
  base: string,
): string {
  const { mergeOrder, together, contained, held } = report;
  const { stopsAt } = together;
  const line = (text: string): string[] => wrap(text, { rest: "  ", lines: 4 });
  const names = (refs: readonly string[]): string => refs.map(sanitise).join(", ");
  return textOf(report, [
    ...line(
      mergeOrder.length === 0
        ? `Nothing goes into ${sanitise(base)} by itself.`
        : `Order of merging into ${sanitise(base)}: ${names(mergeOrder)}`,
    ),
    ...(stopsAt === undefined
      ? []
      : line(
          `Two by two they go together; all together they stop at ${sanitise(stopsAt.ref)}, over ${stopsAt.over === "text" ? "lines" : "what the code means"}.`,
        )),
    ...held.slice(0, 6).flatMap(({ taskId, reason }) => line(`Left out: ${sanitise(taskId)}, ${sanitise(reason)}`)),
    ...(contained.length === 0 ? [] : line(`Contained already: ${names(contained)}`)),
  ]);
}

function textOf(report: ConflictReport, order: readonly string[], ways: readonly string[] = []): string {
  const sorted = report.conflicts.toSorted((left, right) => rank[left.severity] - rank[right.severity]);
  const serious = sorted.filter(isOpen);
  const decided = sorted.filter((conflict) => conflict.severity !== "low" && !isOpen(conflict));
  const mild = sorted.filter((conflict) => conflict.severity === "low");
  const sections: TextSection[] = [
    {
      heading: `TO DECIDE (${serious.length})`,
      items: serious.map(conflictLines),
      more: (left) => `… and ${left} more in conflicts`,
    },
    {
      heading: `DECIDED (${decided.length})`,
      items: decided.map((conflict) => wrap(decidedText(conflict), { first: "  ", rest: "    ", lines: 2 })),
      more: (left) => `… and ${left} more in conflicts`,
    },
    {
      heading: `MERGES BY ITSELF (${mild.length})`,
      items: mild.map((conflict) =>
        wrap(`${conflict.id} ${conflict.description}`, { first: "  ", rest: "    ", lines: 2 }),
      ),
      more: (left) => `… and ${left} more in conflicts`,
    },
  ];
  return layOut({
    head: [verdict(report, serious.length), ...order],
    sections,
    tail: sorted.length === 0 ? [] : [ending(report, decided.length), ...ways],
  });
}

function ending({ resolutionStrategy }: ConflictReport, decided: number): string {
  return resolutionStrategy === "auto" && decided > 0 ? "nothing is left to decide" : endings[resolutionStrategy];
}

function verdict(report: ConflictReport, serious: number): string {
  if (report.conflicts.length === 0) return "NO CONFLICT · the results add up";
  if (!report.hasConflicts && report.conflicts.some(({ severity }) => severity !== "low"))
    return "NO CONFLICT · everything is decided";
  if (!report.hasConflicts)
    return `NO CONFLICT · ${countText(report.conflicts.length, "overlap")} that ${report.conflicts.length === 1 ? "merges" : "merge"} by itself`;
  return `CONFLICT · ${countText(serious, "conflict")} to decide`;
}

function decidedText({ id, resolution, description }: Conflict): string {
  const whose = resolution?.taskId === undefined ? "" : ` (${sanitise(resolution.taskId)})`;
  const through = resolution?.through === undefined ? "" : ` through ${sanitise(resolution.through)}`;
  return `${id} ${resolution?.strategy ?? ""}${whose}${through}: ${description}`;
}

function conflictLines(conflict: Conflict): string[] {
  const place = conflict.locations[0];
  const lines = place && place.startLine > 0 ? ` L${place.startLine}-${place.endLine}` : "";
  const where = `${sanitise(place?.file ?? conflict.affectedResources[0] ?? "")}${lines}`;
  const who = conflict.tasks.map(sanitise).join(" x ");
  return [
    fit(`  ${sanitise(conflict.id)} ${conflict.severity} · ${fit(where, 36)} · ${who}`, 76),
    ...wrap(conflict.description, { first: "     ", lines: 4 }),
    ...conflict.resolutionOptions
      .slice(0, 4)
      .flatMap((option, index) =>
        wrap(`${option.strategy}: ${option.description}`, { first: `     ${index + 1} `, rest: "       ", lines: 2 }),
      ),
  ];
}
