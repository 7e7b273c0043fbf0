import { alg, Graph } from "graphlib";
import { expect, test } from "vitest";
import { buildAdjacency } from "../../../src/engines/analysis/graph/adjacency.ts";
import { findCycles, stronglyConnected } from "../../../src/engines/analysis/graph/find-cycles.ts";
import { buildTaskGraph } from "../../../src/engines/analysis/graph/task-graph.ts";
import type { TaskInput } from "../../../src/schema/task.ts";
import { seededRandom } from "../../../src/util/seeded-random.ts";
import { task } from "../../rig/task-rig.ts";

interface RandomGraph {
  readonly tasks: readonly TaskInput[];
  readonly oracle: Graph;
  readonly from: number[];
  readonly to: number[];
}

/** Half of the graphs are acyclic by construction, the rest mostly are not. */
function randomGraph(seed: number): RandomGraph {
  const random = seededRandom(seed);
  const count = 2 + Math.floor(random.next() * 30);
  const oracle = new Graph();
  const needs: string[][] = Array.from({ length: count }, () => []);
  const from: number[] = [];
  const to: number[] = [];
  for (let node = 0; node < count; node++) oracle.setNode(String(node));
  for (let edge = 0; edge < count * 1.3; edge++) {
    const ends = [Math.floor(random.next() * count), Math.floor(random.next() * count)] as [number, number];
    const [source, target] = seed % 2 === 0 ? ends.toSorted((left, right) => left - right) : ends;
    if (source === undefined || target === undefined || source === target) continue;
    oracle.setEdge(String(source), String(target));
    needs[target]?.push(String(source));
    from.push(source);
    to.push(target);
  }
  return { tasks: needs.map((ids, node) => task(String(node), 1, ids)), oracle, from, to };
}

const seeds = Array.from({ length: 400 }, (_, seed) => seed);

test("graphlib and we agree on 400 random graphs which of them are free of cycles (P4)", () => {
  const verdicts = seeds.map((seed) => {
    const { tasks, oracle } = randomGraph(seed);
    expect(buildTaskGraph(tasks).ok, `seed ${seed}`).toBe(alg.isAcyclic(oracle));
    return alg.isAcyclic(oracle);
  });
  expect(new Set(verdicts)).toEqual(new Set([true, false]));
});

test("our order is an order for every edge that graphlib knows (P4)", () => {
  for (const seed of seeds) {
    const { tasks, oracle } = randomGraph(seed);
    const built = buildTaskGraph(tasks);
    if (!built.ok) continue;
    const place = new Map(Array.from(built.value.order, (node, index) => [String(node), index]));
    expect(place.size).toBe(alg.topsort(oracle).length);
    for (const { v, w } of oracle.edges()) expect(place.get(v)).toBeLessThan(place.get(w) ?? -1);
  }
});

test("our components are those of graphlib, and each knot gives one closed path along real edges (P4)", () => {
  for (const seed of seeds) {
    const { tasks, oracle, from, to } = randomGraph(seed);
    const adjacency = buildAdjacency(tasks.length, { from: Int32Array.from(from), to: Int32Array.from(to) });
    const knots = alg.findCycles(oracle).map((nodes) => nodes.map(Number).toSorted((left, right) => left - right));
    expect(stronglyConnected(adjacency).count).toBe(alg.tarjan(oracle).length);
    const cycles = findCycles(adjacency);
    expect(cycles).toHaveLength(Math.min(20, knots.length));
    for (const cycle of cycles) {
      expect(cycle[0]).toBe(cycle.at(-1));
      expect(new Set(cycle).size).toBe(cycle.length - 1);
      expect(knots.some((knot) => cycle.every((node) => knot.includes(node)))).toBe(true);
      for (let step = 1; step < cycle.length; step++) {
        expect(oracle.hasEdge(String(cycle[step - 1]), String(cycle[step]))).toBe(true);
      }
    }
  }
});
