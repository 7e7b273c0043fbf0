/**
 * Workflows played with agents that wait in real time. What a replay took is divided by what no schedule of the same
 * measured times can beat: the longest chain, or the work of all agents.
 */
import { join } from "node:path";
import { asyncHowPlans } from "./asynchow-plans.ts";
import { measuredBound, searchMakespan } from "./attainable.ts";
import { shown, type Figure, type Part } from "./figure.ts";
import { runWhole, shapeRun, workingExecutor } from "./noop-run.ts";
import { peers, type PeerName } from "./peers.ts";
import { withScratchFolder } from "./scratch-folder.ts";
import { workflows, type Workflow } from "./workflow-shapes.ts";

const times = 3;
/** What the bound of every workflow is scaled to. */
const boundMs = 1_200;
/** A bound counts as attainable when some schedule comes this near to it. */
const attained = 1.003;
const comparedPeers: readonly PeerName[] = ["p-limit", "p-graph"];

/** Lets every task of a workflow be worked on. */
type Player = (workflow: Workflow, work: (task: number) => Promise<void>) => Promise<void>;

const engine =
  (durable: boolean): Player =>
  (workflow, work) =>
    withScratchFolder((folder) => {
      const seconds = workflow.times.map((ms) => ms / 1_000);
      const spec = shapeRun(workflow, workflow.agents, seconds);
      return runWhole({ spec, folder: join(folder, "run"), durable, executor: workingExecutor(work) });
    });

const players: Readonly<Record<string, Player>> = {
  ours: engine(false),
  "ours, journal flushed": engine(true),
  ...Object.fromEntries(
    comparedPeers.map((peer): [string, Player] => [
      peer,
      (workflow, work) => peers[peer](workflow, workflow.agents, work),
    ]),
  ),
};

/** Plays a workflow once; gives its wall time over the bound of the times that its tasks really took. */
async function playOnce(player: Player, workflow: Workflow): Promise<number> {
  const took = workflow.times.map(() => 0);
  const wait = (task: number): Promise<void> => {
    const before = performance.now();
    return new Promise((resolve) => {
      setTimeout(() => {
        took[task] = performance.now() - before;
        resolve();
      }, workflow.times[task]);
    });
  };
  const before = performance.now();
  await player(workflow, wait);
  const wall = performance.now() - before;
  return wall / measuredBound(workflow, took);
}

/** A workflow scaled to its bound, and how far above the bound the best schedule is that a search finds. */
function scaled(workflow: Workflow): { workflow: Workflow; bestOverBound: number } {
  const { bound, best } = searchMakespan(workflow);
  const msPerUnit = boundMs / bound;
  return {
    workflow: { ...workflow, times: workflow.times.map((time) => time * msPerUnit) },
    bestOverBound: best / bound,
  };
}

/** The least of several replays of each player; one of each in turn, so that all meet the same machine. */
async function playAll(workflow: Workflow): Promise<Record<string, number>> {
  const ratios: Record<string, number> = {};
  for (let time = 0; time < times; time++) {
    for (const [name, player] of Object.entries(players)) {
      const ratio = await playOnce(player, workflow);
      ratios[name] = Math.min(ratios[name] ?? Number.POSITIVE_INFINITY, ratio);
    }
  }
  return ratios;
}

interface Played {
  readonly bestOverBound: number;
  /** Wall time over bound by player. */
  readonly ratios: Readonly<Record<string, number>>;
}

type Fold = (ratios: readonly number[]) => number;
const mean: Fold = (ratios) => ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
const worst: Fold = (ratios) => Math.max(...ratios);

/** What all players make of some replays: each ratio divided by `floor`, all folded to one. */
function folded(played: readonly Played[], fold: Fold, floor: (one: Played) => number = () => 1) {
  const by = (player: string): number => fold(played.map((one) => (one.ratios[player] ?? Number.NaN) / floor(one)));
  const others = Object.keys(players).filter((player) => player !== "ours");
  return {
    unit: "×",
    value: by("ours"),
    peers: Object.fromEntries(others.map((player) => [player, by(player)])),
  } as const;
}

/** Replay of workflows over their bounds. */
export const replay: Part = {
  name: "replay",
  about: `Wall time of workflows whose agents wait, scaled to a bound of ${boundMs / 1_000} s, over max(critical path, work / agents) of the measured times; the least of ${times} replays each. A bound is attainable where a search finds a schedule within ${((attained - 1) * 100).toFixed(1)} % of it; elsewhere no scheduler may come near it, so all are also shown over the best schedule found.`,
  async measure(say) {
    const each: Figure[] = [];
    const played: Played[] = [];
    for (const raw of [...workflows, ...(await asyncHowPlans())]) {
      const { workflow, bestOverBound } = scaled(raw);
      say(workflow.name);
      const one = { bestOverBound, ratios: await playAll(workflow) };
      played.push(one);
      const size = `${workflow.times.length} tasks, ${workflow.agents} agents`;
      const remark = `best schedule found ${shown(bestOverBound)}`;
      each.push({ name: `replay of ${workflow.name} (${size})`, ...folded([one], mean), remark });
    }
    const attainable = played.filter((one) => one.bestOverBound <= attained);
    const count = `${attainable.length} of ${played.length} workflows whose bound is attainable`;
    return [
      { name: `replay, ${count}, mean`, ...folded(attainable, mean), target: 1.01 },
      { name: `replay, ${count}, worst`, ...folded(attainable, worst), target: 1.03 },
      {
        name: `replay, all ${played.length} workflows over the best schedule found, mean`,
        ...folded(played, mean, (one) => one.bestOverBound),
      },
      ...each,
    ];
  },
};
