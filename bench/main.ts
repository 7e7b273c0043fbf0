/**
 * The figures of the README, by one command: `npm run bench` measures every part, `npm run bench -- replay` one,
 * `--json` prints them as JSON. Nothing here passes or fails: a figure that misses its target says so.
 */
import { availableParallelism, cpus } from "node:os";
import { analysis, analyzeCell, graphlibCell, scheduleCell } from "./analysis.ts";
import { calls } from "./calls.ts";
import { coldStart } from "./cold-start.ts";
import { conflicts, detectCell, pairsCell } from "./conflicts.ts";
import { dependencies } from "./dependencies.ts";
import { facts, factsCell } from "./facts.ts";
import { leak, leakCell } from "./leak.ts";
import { cpuCell, limitsCpu } from "./limits-cpu.ts";
import { forecast, forecastCell, readAllCell } from "./forecast.ts";
import { limitsMemory, memoryCell, watchingCell } from "./limits-memory.ts";
import { markdownTable, verdict, type Figure, type Part } from "./figure.ts";
import { answerFresh, type Cell } from "./fresh-process.ts";
import { coreCell, engineCell, overhead, peerCell } from "./overhead.ts";
import { meaning } from "./meaning.ts";
import { planner } from "./planner.ts";
import { replay } from "./replay.ts";
import { simulation, simulationCell } from "./simulation.ts";
import { synced, syncedCell } from "./synced.ts";

const parts: readonly Part[] = [
  overhead,
  synced,
  replay,
  coldStart,
  simulation,
  leak,
  analysis,
  limitsMemory,
  limitsCpu,
  planner,
  dependencies,
  forecast,
  calls,
  conflicts,
  facts,
  meaning,
];

const cells: Readonly<Record<string, Cell>> = {
  core: coreCell,
  engine: engineCell,
  peer: peerCell,
  synced: syncedCell,
  simulation: simulationCell,
  leak: leakCell,
  analyze: analyzeCell,
  schedule: scheduleCell,
  graphlib: graphlibCell,
  forecast: forecastCell,
  "read-all": readAllCell,
  "limits-memory": memoryCell,
  "limits-watching": watchingCell,
  "limits-cpu": cpuCell,
  "conflicts-detect": detectCell,
  "conflicts-pairs": pairsCell,
  facts: factsCell,
};

const [first, ...rest] = process.argv.slice(2);
if (first === "--cell") await answerFresh(cells[rest[0] ?? ""] ?? unknownCell, rest.slice(1));
else await showFigures(process.argv.slice(2));

function unknownCell(): never {
  throw new Error(`there is no measurement ${rest[0]}`);
}

async function showFigures(words: readonly string[]): Promise<void> {
  const asked = words.filter((word) => word !== "--json");
  const unknown = asked.find((word) => !parts.some((part) => part.name === word));
  if (unknown !== undefined) {
    process.stderr.write(
      `There is no part '${unknown}'. Parts: ${parts.map((part) => part.name).join(", ")}; --json\n`,
    );
    process.exitCode = 2;
    return;
  }
  const chosen = parts.filter((part) => asked.length === 0 || asked.includes(part.name));
  const figures: Figure[] = [];
  for (const part of chosen) {
    const say = (line: string): void => void process.stderr.write(`${part.name}: ${line}\n`);
    figures.push(...(await part.measure(say)));
  }
  process.stdout.write(words.includes("--json") ? json(figures) : markdown(chosen, figures));
}

function machine(): string {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  return `${availableParallelism()} cores (${model}), Node ${process.version}, ${process.platform}`;
}

function json(figures: readonly Figure[]): string {
  const judged = figures.map((figure) => ({ ...figure, verdict: verdict(figure) }));
  return `${JSON.stringify({ machine: machine(), figures: judged }, undefined, 2)}\n`;
}

function markdown(chosen: readonly Part[], figures: readonly Figure[]): string {
  const notes = chosen.map((part) => `- **${part.name}**: ${part.about}`).join("\n");
  return `${markdownTable(figures)}\n\nMachine: ${machine()}.\n\n${notes}\n`;
}
