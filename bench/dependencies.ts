/** Dependencies found in texts against those that people gave, on plans of which every second one was used to set the numbers. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { implicitDependencies } from "../src/engines/analysis/implicit-dependencies.ts";
import { buildTaskGraph } from "../src/engines/analysis/graph/task-graph.ts";
import { seededRandom } from "../src/util/seeded-random.ts";
import type { Figure, Part } from "./figure.ts";

interface Plan {
  readonly title: string;
  readonly steps: readonly string[];
  readonly seconds: Readonly<Record<string, readonly [number, number]>>;
  readonly deps: readonly (readonly [string, string])[];
}

type Edge = readonly [number, number];

/** A plan with its steps in another order and its dependencies hidden from whoever guesses. */
interface Puzzle {
  readonly title: string;
  readonly steps: readonly string[];
  readonly seconds: readonly number[];
  readonly truth: readonly Edge[];
}

/** Gives the edges of a plan from its texts alone. */
type Guess = (puzzle: Puzzle) => readonly Edge[];

async function readPlans(): Promise<readonly Plan[]> {
  const folder = process.env["PARALLELIZATION_BENCH_DATA"];
  if (folder === undefined || folder === "") return [];
  return JSON.parse(await readFile(join(folder, "asynchow", "async-400.json"), "utf8")) as readonly Plan[];
}

function shuffled(plan: Plan, seed: number): Puzzle {
  const random = seededRandom(seed);
  const order = plan.steps
    .map((_, step) => ({ step, key: random.next() }))
    .toSorted((left, right) => left.key - right.key);
  const placeOf = new Map(order.map(({ step }, place) => [step + 1, place]));
  return {
    title: plan.title,
    steps: order.map(({ step }) => plan.steps[step] ?? ""),
    seconds: order.map(({ step }) => {
      const [shortest = 0, longest = 0] = plan.seconds[String(step + 1)] ?? [];
      return (shortest + longest) / 2;
    }),
    truth: plan.deps.map(([from, to]) => [placeOf.get(Number(from)) ?? 0, placeOf.get(Number(to)) ?? 0]),
  };
}

const ours: Guess = ({ title, steps }) => {
  const built = buildTaskGraph(steps.map((description, step) => ({ id: `s${step}`, description })));
  if (!built.ok) throw new Error("tasks without dependencies have a cycle");
  const found = implicitDependencies(built.value, { goal: title });
  return found.filter(({ applied }) => applied).map(({ from, to }) => [Number(from.slice(1)), Number(to.slice(1))]);
};

/** Steps that share a word of four letters and more, the one listed first before the other. */
const lexical: Guess = ({ steps }) => {
  const words = steps.map((text) => new Set(text.toLowerCase().match(/[a-z]{4,}/g)));
  return words.flatMap((left, from) =>
    words.flatMap((right, to): Edge[] => (from < to && [...left].some((word) => right.has(word)) ? [[from, to]] : [])),
  );
};

/** Each step after the one listed before it. */
const chain: Guess = ({ steps }) => steps.slice(1).map((_, step): Edge => [step, step + 1]);

interface Score {
  /** Of the edges given, the share that holds, directly or through others. */
  precision: number;
  /** Of the pairs that are ordered, directly or through others, the share that is. */
  recall: number;
  /** Of the edges given, the share that people gave. */
  directPrecision: number;
  directRecall: number;
  /** How much longer the plans take when edges that do not hold are kept as well; those that contradict the truth cannot be. */
  lost: number;
  edges: number;
}

function score(puzzles: readonly Puzzle[], guess: Guess): Score {
  const sums = { edges: 0, right: 0, direct: 0, truePairs: 0, foundPairs: 0, trueEdges: 0, lost: 0 };
  for (const puzzle of puzzles) {
    const given = guess(puzzle);
    const truth = reach(puzzle.steps.length, puzzle.truth);
    const found = reach(puzzle.steps.length, given);
    sums.edges += given.length;
    sums.trueEdges += puzzle.truth.length;
    sums.right += given.filter(([from, to]) => truth[from]?.has(to)).length;
    sums.direct += given.filter(([from, to]) => puzzle.truth.some((edge) => edge[0] === from && edge[1] === to)).length;
    truth.forEach((set, from) => {
      sums.truePairs += set.size;
      for (const to of set) if (found[from]?.has(to)) sums.foundPairs += 1;
    });
    sums.lost += makespan(puzzle, given) / makespan(puzzle, []) - 1;
  }
  return {
    precision: sums.right / Math.max(1, sums.edges),
    recall: sums.foundPairs / sums.truePairs,
    directPrecision: sums.direct / Math.max(1, sums.edges),
    directRecall: sums.direct / sums.trueEdges,
    lost: sums.lost / puzzles.length,
    edges: sums.edges,
  };
}

/** All that comes after each step. */
function reach(count: number, edges: readonly Edge[]): readonly ReadonlySet<number>[] {
  return Array.from({ length: count }, (_, start) => {
    const reached = new Set<number>();
    const pending = [start];
    for (let step = pending.pop(); step !== undefined; step = pending.pop()) {
      for (const [from, to] of edges) {
        if (from !== step || reached.has(to)) continue;
        reached.add(to);
        pending.push(to);
      }
    }
    return reached;
  });
}

/** Seconds with as many hands as steps, under the true dependencies and those added that agree with them. */
function makespan({ seconds, truth }: Puzzle, added: readonly Edge[]): number {
  const edges: Edge[] = [...truth];
  for (const [from, to] of added)
    if (!reach(seconds.length, edges)[to]?.has(from) && from !== to) edges.push([from, to]);
  const ends = new Map<number, number>();
  const endOf = (step: number): number => {
    const known = ends.get(step);
    if (known !== undefined) return known;
    const start = Math.max(0, ...edges.filter(([, to]) => to === step).map(([from]) => endOf(from)));
    ends.set(step, start + (seconds[step] ?? 0));
    return ends.get(step) ?? 0;
  };
  return Math.max(1e-9, ...seconds.map((_, step) => endOf(step)));
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function figuresOf(name: string, puzzles: readonly Puzzle[]): readonly Figure[] {
  const [found, words, row] = [ours, lexical, chain].map((guess) => score(puzzles, guess)) as [Score, Score, Score];
  const peers = (show: (each: Score) => number): Record<string, string> => ({
    "shared words": percent(show(words)),
    chain: percent(show(row)),
  });
  return [
    {
      name: `${name}: applied dependencies that do not hold`,
      value: 100 * (1 - found.precision),
      unit: "%",
      target: 10,
      remark: `${found.edges} applied, ${percent(found.directPrecision)} of them given by people as they are`,
      peers: peers((each) => 1 - each.precision),
    },
    {
      name: `${name}: ordered pairs found (recall)`,
      value: 100 * found.recall,
      unit: "%",
      remark: `direct ones ${percent(found.directRecall)}`,
      peers: peers((each) => each.recall),
    },
    {
      name: `${name}: time lost to dependencies that do not hold`,
      value: 100 * found.lost,
      unit: "%",
      peers: peers((each) => each.lost),
    },
  ];
}

/** How good the dependencies are that texts suggest. */
export const dependencies: Part = {
  name: "dependencies",
  about:
    "400 plans of AsyncHow (folder PARALLELIZATION_BENCH_DATA), steps shuffled, dependencies hidden. An applied dependency holds when people gave it, directly or through others. The numbers of the rules were set on the plans 1, 3, 5, … alone.",
  async measure(say) {
    const puzzles = (await readPlans()).map((plan, number) => shuffled(plan, number + 1));
    if (puzzles.length === 0) {
      say("PARALLELIZATION_BENCH_DATA names no folder with asynchow: nothing measured");
      return [];
    }
    return [
      ...figuresOf(
        "AsyncHow, plans not used for the numbers",
        puzzles.filter((_, number) => number % 2 === 1),
      ),
      ...figuresOf(
        "AsyncHow, plans used for the numbers",
        puzzles.filter((_, number) => number % 2 === 0),
      ),
    ];
  },
};
