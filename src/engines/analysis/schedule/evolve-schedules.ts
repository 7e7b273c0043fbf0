import { floatAt, intAt } from "../../../util/typed-at.ts";
import type { SeededRandom } from "../../../util/seeded-random.ts";
import type { Justifier } from "./justify.ts";
import type { Incumbent } from "./incumbent.ts";
import { chainsBelow, type ScheduleProblem } from "./schedule-problem.ts";

/** What a search works with. */
export interface EvolveOptions {
  readonly problem: ScheduleProblem;
  readonly justifier: Justifier;
  readonly random: SeededRandom;
  /** The best so far; the search puts what it finds there, and stops when it says so. */
  readonly incumbent: Incumbent;
  /** Gives up after so many schedules without one that is better than all of this evolution. */
  readonly patience: number;
  /** Start times that the first list is made of; without them this evolution owes nothing to the incumbent. */
  readonly first?: Float64Array;
}

interface Member {
  readonly list: Int32Array;
  readonly starts: Float64Array;
  makespan: number;
}

const populationSize = 24;
const schedulesPerChild = 3;
const swapChance = 0.06;
const windowTries = 3;

/**
 * A hybrid genetic search over task lists: children take a busy window of one parent and the rest from the other
 * (after Debels and Vanhoucke 2007), and every child is improved forwards and backwards (Valls et al. 2008).
 */
export function evolveSchedules(options: EvolveOptions): void {
  const { problem, justifier, random, incumbent } = options;
  const chains = chainsBelow(problem);
  const newMember = (): Member => ({
    list: new Int32Array(problem.count),
    starts: new Float64Array(problem.count),
    makespan: Infinity,
  });
  const evaluate = (member: Member): void => {
    justifier.build(member.list, member.starts);
    member.makespan = justifier.improve(member.list, member.starts);
    justifier.sortByStart(member.list, member.starts);
    incumbent.offer(member.makespan, member.starts, schedulesPerChild);
  };
  const members: Member[] = [];
  const found = newMember();
  found.list.set(problem.order);
  justifier.sortByStart(found.list, options.first ?? chains.map((chain) => -chain));
  evaluate(found);
  members.push(found);
  while (members.length < populationSize && !incumbent.isOver()) {
    const member = newMember();
    sampleList(problem, { chains, random, list: member.list });
    evaluate(member);
    members.push(member);
  }
  let child = newMember();
  let futile = 0;
  let best = Math.min(...members.map((member) => member.makespan));
  while (!incumbent.isOver() && futile < options.patience) {
    const father = pickMember(members, random);
    const mother = pickMember(members, random);
    cross({ problem, father, mother, random, list: child.list });
    disturb(problem, random, child.list);
    evaluate(child);
    futile = child.makespan < best ? 0 : futile + schedulesPerChild;
    best = Math.min(best, child.makespan);
    child = replaceWorst(members, child);
  }
}

/** The better of two drawn at random. */
function pickMember(members: readonly Member[], random: SeededRandom): Member {
  const draw = (): Member => members[Math.floor(random.next() * members.length)] as Member;
  const [first, second] = [draw(), draw()];
  return first.makespan <= second.makespan ? first : second;
}

/** Takes the child in for the worst member unless it is worse or the same as one; gives what may be overwritten. */
function replaceWorst(members: Member[], child: Member): Member {
  let worst = 0;
  for (const [index, member] of members.entries()) {
    if (member.makespan === child.makespan && sameStarts(member.starts, child.starts)) return child;
    if (member.makespan > (members[worst] as Member).makespan) worst = index;
  }
  const former = members[worst] as Member;
  if (child.makespan > former.makespan) return child;
  members[worst] = child;
  return former;
}

function sameStarts(left: Float64Array, right: Float64Array): boolean {
  for (let task = 0; task < left.length; task++) if (left[task] !== right[task]) return false;
  return true;
}

interface Crossing {
  readonly problem: ScheduleProblem;
  readonly father: Member;
  readonly mother: Member;
  readonly random: SeededRandom;
  readonly list: Int32Array;
}

/** What the father does before, in and after a window keeps that place; outside the window the mother gives the order. */
function cross(crossing: Crossing): void {
  const { father, mother, list } = crossing;
  const [from, until] = busyWindow(crossing);
  let next = 0;
  for (let part = 0; part < 3; part++) {
    const source = part === 1 ? father.list : mother.list;
    for (let index = 0; index < source.length; index++) {
      const task = intAt(source, index);
      const start = floatAt(father.starts, task);
      const own = start < from ? 0 : start < until ? 1 : 2;
      if (own === part) list[next++] = task;
    }
  }
}

function busyWindow({ problem, father, random }: Crossing): [number, number] {
  let best: [number, number] = [0, 0];
  let most = -1;
  for (let draw = 0; draw < windowTries; draw++) {
    const length = father.makespan * (0.2 + 0.6 * random.next());
    const from = random.next() * (father.makespan - length);
    let work = 0;
    for (let task = 0; task < problem.count; task++) {
      const start = floatAt(father.starts, task);
      const end = start + floatAt(problem.duration, task);
      work += Math.max(0, Math.min(end, from + length) - Math.max(start, from));
    }
    if (work / length <= most) continue;
    most = work / length;
    best = [from, from + length];
  }
  return best;
}

function disturb(problem: ScheduleProblem, random: SeededRandom, list: Int32Array): void {
  for (let index = 1; index < list.length; index++) {
    if (random.next() >= swapChance) continue;
    const [first, second] = [intAt(list, index - 1), intAt(list, index)];
    if (needs(problem, second, first)) continue;
    list[index - 1] = second;
    list[index] = first;
  }
}

function needs(problem: ScheduleProblem, task: number, other: number): boolean {
  const end = intAt(problem.predecessorStart, task + 1);
  for (let edge = intAt(problem.predecessorStart, task); edge < end; edge++) {
    if (problem.predecessors[edge] === other) return true;
  }
  return false;
}

interface Sampling {
  readonly chains: Float64Array;
  readonly random: SeededRandom;
  readonly list: Int32Array;
}

/** A random list in which tasks with long chains below tend to come early (regret-based sampling, Drexl 1991). */
function sampleList(problem: ScheduleProblem, { chains, random, list }: Sampling): void {
  const waitsFor = new Int32Array(problem.count);
  const open: number[] = [];
  for (let task = 0; task < problem.count; task++) {
    waitsFor[task] = intAt(problem.predecessorStart, task + 1) - intAt(problem.predecessorStart, task);
    if (waitsFor[task] === 0) open.push(task);
  }
  for (let next = 0; next < problem.count; next++) {
    const place = open.length > 1 ? drawRegret(open, chains, random) : 0;
    const task = open[place] as number;
    open[place] = open.at(-1) as number;
    open.pop();
    list[next] = task;
    const end = intAt(problem.successorStart, task + 1);
    for (let edge = intAt(problem.successorStart, task); edge < end; edge++) {
      const successor = intAt(problem.successors, edge);
      waitsFor[successor] = intAt(waitsFor, successor) - 1;
      if (waitsFor[successor] === 0) open.push(successor);
    }
  }
}

/** Two or three drawn evenly, the one with the longest chain taken: biased, and of the same cost for any number. */
function drawRegret(open: readonly number[], chains: Float64Array, random: SeededRandom): number {
  let best = Math.floor(random.next() * open.length);
  for (let draw = 0; draw < 2; draw++) {
    const other = Math.floor(random.next() * open.length);
    if (floatAt(chains, open[other] as number) > floatAt(chains, open[best] as number)) best = other;
  }
  return best;
}
