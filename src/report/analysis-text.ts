import type { Analysis } from "../schema/plan.ts";
import { countText, factorText, minutesText } from "./duration-text.ts";
import { callOrPlace } from "./call-style.ts";
import { toolCall } from "./next-call.ts";
import { layOut, type TextSection } from "./text-block.ts";
import { fit, maxColumns, pad, sanitise, shortLabels, wrap } from "./text-layout.ts";
import { addToGroup } from "../util/add-to-group.ts";

const labelColumns = 22;

/** An analysis in at most 40 lines of 76 columns: verdict and reason first, then the batches and what to watch out for. */
export function analysisSummary(analysis: Analysis, planId?: string): string {
  const label = taskLabels(analysis);
  const call =
    planId === undefined
      ? []
      : callOrPlace(toolCall("execute_parallel_workflow", { planId }), { indent: "  ", place: "next", calls: "mcp" });
  return layOut({
    head: [verdict(analysis), ...wrap(analysis.reasoning, { lines: 5 }), ...surveyLines(analysis)],
    sections: [
      ...batchSections(analysis, label),
      foundSection(analysis, label),
      helpSection(analysis),
      cycleSection(analysis),
      riskSection(analysis, label),
    ],
    tail: call.length === 0 || analysis.hasCycles ? [] : ["run it:", ...call],
  });
}

/** A plan before anything runs: who works when, on which agent, and the longest chain. */
export function planText(plan: {
  readonly title: string;
  readonly analysis: Analysis;
  readonly closing?: readonly string[];
}): string {
  const { analysis } = plan;
  const label = taskLabels(analysis);
  const agents = analysis.schedule?.agents ?? analysis.recommendedAgents;
  const tasks = countText(Object.keys(analysis.dependencyGraph.nodes).length, "task");
  const shape = `PLAN · ${tasks} in ${countText(analysis.suggestedBatches.length, "batch").replace("batchs", "batches")} · up to ${agents} at once`;
  return layOut({
    head: [
      fit(`${shape} · ${sanitise(plan.title)}`, maxColumns),
      figures(analysis),
      ...wrap(analysis.reasoning, { lines: 3 }),
    ],
    sections: [
      slotSection(analysis, label),
      foundSection(analysis, label),
      chainSection(analysis, label),
      bottleneckSection(analysis, label),
      cycleSection(analysis),
      riskSection(analysis, label),
    ],
    tail: ["nothing has run", ...(plan.closing ?? []).map((line) => fit(line, maxColumns))],
  });
}

/** The longest chain of a plan and the tasks that hold it up, each on a line or two. */
export function planFactLines(analysis: Analysis): string[] {
  const { criticalPath, bottlenecks } = analysis;
  const label = taskLabels(analysis);
  const chain = criticalPath.map(label).join(" > ");
  return [
    ...(criticalPath.length < 2 ? [] : wrap(chain, { first: "longest chain: ", rest: "  ", lines: 3 })),
    ...bottlenecks
      .slice(0, 3)
      .flatMap(({ taskId, reason }) =>
        wrap(`${label(taskId)}: ${reason}`, { first: "bottleneck: ", rest: "  ", lines: 2 }),
      ),
  ];
}

/** What of the repository was not looked at. */
function surveyLines({ repository }: Analysis): string[] {
  return (repository?.limits ?? []).slice(0, 3).flatMap((limit) => wrap(sanitise(limit), { lines: 2 }));
}

type Label = (id: string) => string;

function taskLabels(analysis: Analysis): Label {
  return shortLabels(Object.keys(analysis.dependencyGraph.nodes), labelColumns);
}

function verdict(analysis: Analysis): string {
  const sure = `sure to ${Math.round(analysis.confidence)} %`;
  if (analysis.hasCycles) return `CANNOT RUN · the dependencies form a cycle · ${sure}`;
  if (!analysis.parallelizable) return `ONE AFTER THE OTHER IS BETTER · ${sure}`;
  const gain = `${factorText(analysis.estimatedSpeedup)} faster`;
  return `WORTH RUNNING IN PARALLEL · ${gain} · ${countText(analysis.recommendedAgents, "agent")} · ${sure}`;
}

function figures(analysis: Analysis): string {
  const alone = minutesText(analysis.sequentialMinutes);
  const { schedule } = analysis;
  if (!schedule) return `one by one ~${alone}`;
  const speed = schedule.makespanMinutes > 0 ? analysis.sequentialMinutes / schedule.makespanMinutes : 1;
  const proof = schedule.provenOptimal
    ? "cannot be shorter"
    : `at most ${schedule.gapPercent.toFixed(1)} % off the best`;
  return `~${minutesText(schedule.makespanMinutes)} in parallel · ~${alone} one by one · ${factorText(speed)} · ${proof}`;
}

function batchSections(analysis: Analysis, label: Label): TextSection[] {
  const items = analysis.suggestedBatches.map((batch, index) => {
    const names = batch.tasks.slice(0, 30).map((task) => label(task.id));
    const rest = batch.tasks.length > 30 ? ` and ${batch.tasks.length - 30} more` : "";
    const head = `  ${index + 1}. ~${minutesText(batch.estimatedMinutes)}  `;
    return wrap(`${names.join(", ")}${rest}`, { first: pad(head, 14), rest: " ".repeat(14), lines: 4 });
  });
  return [{ heading: figures(analysis), items, more: (left) => `… and ${left} more batches` }];
}

function slotSection(analysis: Analysis, label: Label): TextSection {
  const critical = new Set(analysis.criticalPath);
  const needs = new Map<string, string[]>();
  for (const edge of analysis.dependencyGraph.edges) addToGroup(needs, edge.to, label(edge.from));
  const slots = (analysis.schedule?.slots ?? []).toSorted((a, b) => a.startMinute - b.startMinute || a.agent - b.agent);
  const items = slots.map((slot) => {
    const mark = critical.has(slot.taskId) ? "◆" : "●";
    const after = needs.get(slot.taskId)?.join(", ");
    const when = pad(`at ${minutesText(slot.startMinute)}`, 9);
    const line = `  ${mark} ${pad(label(slot.taskId), labelColumns)} ${when} ${pad(`~${minutesText(slot.endMinute - slot.startMinute)}`, 7)}`;
    return [`${line} agent ${slot.agent}${after === undefined ? "" : `  after ${after}`}`];
  });
  return { heading: "WHO WORKS WHEN", items, more: (left) => `… and ${left} more` };
}

function chainSection(analysis: Analysis, label: Label): TextSection {
  const path = analysis.criticalPath.map(label).join(" > ");
  return {
    heading: "◆ LONGEST CHAIN",
    items: analysis.criticalPath.length < 2 ? [] : [wrap(path, { first: "  ", lines: 3 })],
  };
}

function bottleneckSection(analysis: Analysis, label: Label): TextSection {
  const items = analysis.bottlenecks.map(({ taskId, reason }) =>
    wrap(reason, { first: `  ▲ ${pad(label(taskId), labelColumns)} `, rest: "      ", lines: 2 }),
  );
  return { heading: `▲ BOTTLENECKS (${items.length})`, items, more: (left) => `… and ${left} more in bottlenecks` };
}

const mostFound = 6;

/** Order that nobody declared and the plan keeps, or that a text states too unclearly to be kept, with its words. */
function foundSection({ implicitDependencies }: Analysis, label: Label): TextSection {
  const told = implicitDependencies.filter(({ applied, stated }) => applied || stated);
  const former = new Map<string, string[]>();
  for (const { from, to, evidence, applied } of told) {
    addToGroup(former, `${sanitise(evidence)}\0${label(to)}\0${applied ? "" : " (unclear, not used)"}`, label(from));
  }
  const rows = [...former].slice(0, mostFound).map(([key, names]) => {
    const [evidence, task, unclear] = key.split("\0");
    return wrap(`${task} after ${names.join(", ")}${unclear}: ${evidence}`, { first: "  ", rest: "    ", lines: 2 });
  });
  const more = former.size <= mostFound ? [] : [["  … and more in implicitDependencies"]];
  return { heading: `ORDER FOUND IN TEXTS AND FILES (${told.length})`, items: [...rows, ...more] };
}

const mostAdvice = 3;

/** What would make the plan shorter, a line each; what gains nothing is in the fields. */
function helpSection({ improvements = [] }: Analysis): TextSection {
  const items = improvements
    .filter(({ gainMinutes }) => gainMinutes > 0)
    .slice(0, mostAdvice)
    .map(({ advice, gainMinutes }) => [fit(`  + saves ~${minutesText(gainMinutes)}: ${sanitise(advice)}`, maxColumns)]);
  return { heading: "WHAT WOULD HELP", items };
}

function cycleSection(analysis: Analysis): TextSection {
  const items = analysis.cycles.map((cycle) =>
    wrap(cycle.map(sanitise).join(" → "), { first: "  ", rest: "    ", lines: 3 }),
  );
  return { heading: "CYCLES - take one dependency out of each", items };
}

function riskSection(analysis: Analysis, label: Label): TextSection {
  const conflicts = analysis.predictedConflicts.map((conflict) =>
    wrap(
      `${conflict.tasks.map(label).join(" and ")}: ${conflict.resource} (${Math.round(100 * conflict.probability)} %)`,
      {
        first: "  ! ",
        rest: "    ",
        lines: 2,
      },
    ),
  );
  const risks = analysis.risks.map((risk) =>
    wrap(`${risk.severity}: ${risk.description} - ${risk.mitigation}`, { first: "  ! ", rest: "    ", lines: 3 }),
  );
  return { heading: "WATCH OUT", items: [...risks, ...conflicts], more: (left) => `… and ${left} more in risks` };
}
