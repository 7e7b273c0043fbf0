import { countText, factorText } from "../../report/duration-text.ts";
import { pad, wrap } from "../../report/text-layout.ts";
import type { FailureRehearsal } from "./rehearse-failure.ts";
import type { OutcomeRehearsal } from "./rehearse-outcome.ts";
import type { PaceRehearsal } from "./rehearse-pace.ts";
import type { RefusalRehearsal } from "./rehearse-refusal.ts";
import { refusalRemark } from "./refusal-scenarios.ts";

/** How one scenario went. */
export type Rehearsal = OutcomeRehearsal | PaceRehearsal | RefusalRehearsal | FailureRehearsal;

/** Columns of a table, the verdict last. */
interface Table<Row extends Rehearsal> {
  readonly remark?: string;
  readonly columns: readonly (readonly [heading: string, width: number, cell: (row: Row) => string])[];
}

const name = ["scenario", 21, (row: Rehearsal) => row.scenario] as const;
const tasks = ["tasks", 6, (row: Rehearsal) => String(row.tasks)] as const;
const agents = ["agents", 7, (row: { readonly agents: number }) => String(row.agents)] as const;

const outcomes: Table<OutcomeRehearsal> = {
  columns: [
    name,
    tasks,
    agents,
    ["one by one", 11, (row) => spanText(row.actual.oneByOneMs)],
    ["parallel", 9, (row) => spanText(row.actual.parallelMs)],
    ["speed-up", 9, (row) => factorText(row.speedup)],
    ["expected", 9, (row) => spanText(row.expected.parallelMs)],
  ],
};

const paces: Table<PaceRehearsal> = {
  remark:
    "Size: tasks/agents. Estimated: the plan's speed-up with the same agents. Measured: the tasks' own durations, one by one, / the time it took. Asked for: at least 80 % of the estimate, overhead below 20 %.",
  columns: [
    ["scenario", 15, (row) => row.scenario],
    ["size", 7, (row) => `${row.tasks}/${row.agents}`],
    ["planned", 10, (row) => spanText(row.plannedMs)],
    ["took", 10, (row) => spanText(row.tookMs)],
    ["estimated", 10, (row) => `${row.estimatedSpeedup.toFixed(2)}x`],
    ["measured", 9, (row) => `${row.actualSpeedup.toFixed(2)}x`],
    ["of it", 6, (row) => `${row.percentOfEstimate.toFixed(0)} %`],
    ["overhead", 9, (row) => `${row.overheadPercent.toFixed(1)} %`],
  ],
};

const refusals: Table<RefusalRehearsal> = {
  remark: refusalRemark,
  columns: [
    name,
    tasks,
    ["refused with", 22, (row) => row.actual.code],
    ["ran", 18, (row) => (row.actual.newRuns + row.actual.events === 0 ? "nothing" : "something")],
  ],
};

const failures: Table<FailureRehearsal> = {
  columns: [
    ["scenario", 23, (row) => row.scenario],
    tasks,
    agents,
    ["took", 7, (row) => spanText(row.tookMs)],
    ["succeeded", 10, (row) => String(row.succeeded)],
    ["failed", 7, (row) => String(row.failed)],
    ["skipped", 8, (row) => String(row.skipped)],
  ],
};

/** All rehearsals as tables for people, the verdict first. */
export function rehearsalTables(
  rehearsals: readonly Rehearsal[],
  options: { readonly real: boolean; readonly paint: (text: string, good: boolean) => string },
): string {
  const misses = rehearsals.filter((rehearsal) => !rehearsal.ok).length;
  const verdict = misses === 0 ? "ALL AS EXPECTED" : `${misses} MISSED`;
  const how = options.real ? "with programs in real time" : "simulated: nothing was really done";
  const only = <Kind extends Rehearsal["kind"]>(kind: Kind): Extract<Rehearsal, { kind: Kind }>[] =>
    rehearsals.filter((each): each is Extract<Rehearsal, { kind: Kind }> => each.kind === kind);
  return [
    `${verdict} · ${countText(rehearsals.length, "scenario")}, ${how}`,
    ...table(outcomes, only("outcome"), options.paint),
    ...table(paces, only("pace"), options.paint),
    ...table(failures, only("failure"), options.paint),
    ...table(refusals, only("refusal"), options.paint),
  ].join("\n");
}

function table<Row extends Rehearsal>(
  { columns, remark }: Table<Row>,
  rows: readonly Row[],
  paint: (text: string, good: boolean) => string,
): string[] {
  if (rows.length === 0) return [];
  const line = (cell: (column: Table<Row>["columns"][number]) => string): string =>
    columns.map((column) => pad(cell(column), column[1])).join("");
  return [
    "",
    line(([heading]) => heading).trimEnd(),
    ...rows.flatMap((row) => [
      `${line(([, , cell]) => cell(row))}${paint(row.ok ? "ok" : "MISS", row.ok)}`,
      ...row.misses.flatMap((miss) => wrap(miss, { first: "  ", lines: 2 })),
    ]),
    ...(remark === undefined ? [] : wrap(remark)),
  ];
}

/** Scenarios last seconds or minutes; both are said in full. */
function spanText(ms: number): string {
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 6_000) / 10} min`;
}
