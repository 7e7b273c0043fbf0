/**
 * Graphs after the shapes of published workflows: which stages there are, how wide each is, what waits for what, and
 * roughly how long the stages take beside each other. Montage, CyberShake and Epigenomics after Bharathi et al.,
 * "Characterization of Scientific Workflows" (2008); 1000Genome after the WfCommons collection (2021); fork-join,
 * trees, diamonds, pipelines and layers as in the Standard Task Graph Set (Tobita and Kasahara 2002). Every task's time
 * is drawn from a fixed seed around what is usual for its stage.
 */
import { hashText, seededRandom } from "../src/util/seeded-random.ts";
import type { TaskShape } from "./task-shapes.ts";

/** A graph with the time of each task, and how many agents work on it. */
export interface Workflow extends TaskShape {
  /** In any unit; they are scaled before they are played. */
  readonly times: readonly number[];
  readonly agents: number;
}

/** Collects the tasks of one workflow. */
interface Sketch {
  /** Adds a task that usually takes `time`, and gives its number. */
  add(time: number, needs?: readonly number[]): number;
  /** Adds `count` tasks of one stage with the same needs. */
  stage(count: number, time: number, needs?: readonly number[]): number[];
  /** A whole number from 0 to below `limit`. */
  draw(limit: number): number;
}

/** Times of one stage are spread log-normally, as those of real workflows are. */
const spread = 0.6;

function sketch(name: string, agents: number, plan: (sketch: Sketch) => void): Workflow {
  const random = seededRandom(hashText(name));
  const needs: number[][] = [];
  const times: number[] = [];
  const add: Sketch["add"] = (time, list = []) => {
    times.push(time * Math.exp(spread * random.normal()));
    return needs.push([...new Set(list)]) - 1;
  };
  plan({
    add,
    stage: (count, time, list = []) => Array.from({ length: count }, () => add(time, list)),
    draw: (limit) => Math.floor(random.next() * limit),
  });
  return { name, agents, needs, times };
}

const forkJoin = sketch("fork-join", 10, ({ add, stage }) => {
  let join = add(2);
  for (let round = 0; round < 4; round++) join = add(2, stage(18, 10, [join]));
});

const layered = sketch("layered", 5, ({ stage }) => {
  let layer = stage(12, 10);
  for (let depth = 0; depth < 6; depth++) {
    const before = layer;
    layer = before.flatMap((_, place) => stage(1, 10, [before[place] ?? 0, before[(place + 5) % before.length] ?? 0]));
  }
});

const randomLayered = sketch("random layered", 6, ({ add, draw }) => {
  let layer = Array.from({ length: 9 }, () => add(8));
  for (let depth = 0; depth < 7; depth++) {
    const before = layer;
    layer = Array.from({ length: 6 + draw(8) }, () => {
      const needs = Array.from({ length: 1 + draw(3) }, () => before[draw(before.length)] ?? 0);
      return add(4 + draw(14), needs);
    });
  }
});

const montage = sketch("montage-like", 10, ({ add, stage }) => {
  const projected = stage(24, 12);
  const fitted = projected.flatMap((image, place) =>
    [1, 2].map((step) => add(6, [image, projected[(place + step) % projected.length] ?? 0])),
  );
  const model = add(12, [add(5, fitted)]);
  const corrected = projected.map((image) => add(5, [image, model]));
  add(4, [add(6, [add(14, [add(5, corrected)])])]);
});

const epigenomics = sketch("epigenomics-like", 4, ({ add, stage }) => {
  const lanes = [7, 9, 8].map((chunks) => {
    const split = add(4);
    const mapped = stage(chunks, 3, [split]).map((filtered) => add(22, [add(3, [add(3, [filtered])])]));
    return add(6, mapped);
  });
  add(5, [add(4, [add(8, lanes)])]);
});

const cyberShake = sketch("cybershake-like", 4, ({ add }) => {
  const strains = [add(14), add(12), add(16)];
  const seismograms = strains.flatMap((strain) => Array.from({ length: 22 }, () => add(10, [strain])));
  const peaks = seismograms.map((seismogram) => add(2, [seismogram]));
  add(3, seismograms);
  add(3, peaks);
});

const genome = sketch("genome-like", 5, ({ add, stage }) => {
  const populations = stage(4, 3);
  for (let chromosome = 0; chromosome < 3; chromosome++) {
    const merged = add(7, stage(12, 12));
    const sifted = add(5);
    for (const population of populations) {
      add(9, [merged, sifted, population]);
      add(13, [merged, sifted, population]);
    }
  }
});

const pipelines = sketch("pipelines", 6, ({ add }) => {
  for (let line = 0; line < 14; line++) {
    let stage = add(5);
    for (const time of [8, 3, 10, 4]) stage = add(time, [stage]);
  }
});

const diamonds = sketch("diamond chains", 6, ({ add }) => {
  for (let chain = 0; chain < 4; chain++) {
    let join = add(3);
    for (let link = 0; link < 5; link++) join = add(4, [add(8, [join]), add(6, [join]), add(5, [join])]);
  }
});

const outTree = sketch("out-tree", 10, ({ add }) => {
  let layer = [add(6)];
  for (let depth = 0; depth < 6; depth++) layer = layer.flatMap((root) => [add(6, [root]), add(6, [root])]);
});

const inTree = sketch("in-tree", 4, ({ add, stage }) => {
  let layer = stage(64, 6);
  while (layer.length > 1) {
    const below = layer;
    layer = below.flatMap((leaf, place) => (place % 2 === 0 ? [add(6, [leaf, below[place + 1] ?? leaf])] : []));
  }
});

const software = sketch("software release", 10, ({ add, stage, draw }) => {
  const design = add(8);
  const schema = add(6, [design]);
  const interfaces = stage(6, 8, [design]);
  const modules = interfaces.flatMap((part) => stage(3, 14, [part, schema]));
  const tests = modules.map((module) => add(5 + draw(6), [module]));
  const docs = interfaces.map((part) => add(7, [part]));
  add(4, [add(9, tests), ...docs]);
});

/** A dozen of them, for 4 to 10 agents. */
export const workflows: readonly Workflow[] = [
  forkJoin,
  layered,
  randomLayered,
  montage,
  epigenomics,
  cyberShake,
  genome,
  pipelines,
  diamonds,
  outTree,
  inTree,
  software,
];
