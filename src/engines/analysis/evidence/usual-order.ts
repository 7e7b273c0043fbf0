import { roundTo } from "../../../util/round-to.ts";
import type { ActionKind } from "./action-words.ts";
import { kindWeight, orderWeight, relationWeight, sceneWeight } from "./order-weights.ts";
import type { StepReading } from "./step-reading.ts";

/** Two steps that usually come in this order. */
export interface UsualOrder {
  readonly from: number;
  readonly to: number;
  /** 0-1. */
  readonly confidence: number;
  /** A thing that both speak of; undefined where only the kinds of steps suggest the order. */
  readonly shared: string | undefined;
}

/** A list with more steps is no errand whose steps follow from one another. */
const mostSteps = 20;
const leastConfidence = 0.6;
const mostConfidence = 0.95;
/** The numbers come from plans with five to seven steps. */
const mostStepsWeighed = 9;
const providing: ReadonlySet<ActionKind | undefined> = new Set<ActionKind>([
  "think",
  "inquire",
  "choose",
  "fund",
  "enrol",
  "schedule",
  "list",
  "acquire",
  "make",
]);

/**
 * The usual order of the steps of one everyday errand, from what kind of step each is and what
 * things they share. Nothing for lists of more than 20 steps; see order-weights.ts for how often it
 * is right. What its callers do not give it, it does not know: it is no evidence for work on code.
 */
export function usualOrder(steps: readonly StepReading[], goal: StepReading | undefined): UsualOrder[] {
  if (steps.length > mostSteps) return [];
  const speakers = countSpeakers(steps);
  const found: UsualOrder[] = [];
  for (let from = 0; from < steps.length; from++) {
    for (let to = from + 1; to < steps.length; to++) {
      const pair: Pair = { from: steps[from] as StepReading, to: steps[to] as StepReading, goal };
      const shared = [...pair.from.things.keys()].filter((stem) => pair.to.things.has(stem));
      const order = orderOdds(pair, shared);
      const related = chance(relationOdds(pair, { shared, order, speakers, count: steps.length }));
      const forward = chance(order);
      const confidence = roundTo(Math.min(mostConfidence, related * Math.max(forward, 1 - forward)), 2);
      if (confidence < leastConfidence) continue;
      const thing = pair.from.things.get(shared[0] ?? "")?.raw;
      found.push(
        forward >= 0.5 ? { from, to, confidence, shared: thing } : { from: to, to: from, confidence, shared: thing },
      );
    }
  }
  return found;
}

interface Pair {
  readonly from: StepReading;
  readonly to: StepReading;
  readonly goal: StepReading | undefined;
}

/** Log odds that `from` comes before `to`; turned round, the pair has the opposite odds. */
function orderOdds({ from, to, goal }: Pair, shared: readonly string[]): number {
  const definite = shared.reduce((sum, stem) => sum + turnsDefinite(from, to, stem), 0);
  const speaksOf = (step: StepReading): number => Number([...step.things.values()].some((thing) => thing.definite));
  const provides = Number(providesFor(from, to, shared)) - Number(providesFor(to, from, shared));
  const isGoal = (step: StepReading): number => Number(step.action !== "" && step.action === goal?.action);
  return (
    placeOf(from) -
    placeOf(to) +
    orderWeight.becomesDefinite * clamp(definite) +
    orderWeight.speaksOfKnownThings * (speaksOf(to) - speaksOf(from)) +
    orderWeight.providesThing * provides +
    orderWeight.isTheGoal * (isGoal(to) - isGoal(from)) +
    orderWeight.goesHome * (Number(to.homeward) - Number(from.homeward)) +
    orderWeight.moreThings * clamp((to.things.size - from.things.size) / 3)
  );
}

function placeOf(step: StepReading): number {
  let place = step.kind === undefined ? 0 : kindWeight[step.kind];
  for (const scene of step.scenes) place += sceneWeight[scene];
  return place;
}

function turnsDefinite(from: StepReading, to: StepReading, stem: string): number {
  return Number(to.things.get(stem)?.definite ?? false) - Number(from.things.get(stem)?.definite ?? false);
}

function providesFor(provider: StepReading, user: StepReading, shared: readonly string[]): boolean {
  if (!providing.has(provider.kind) || providing.has(user.kind)) return false;
  return shared.some((stem) => provider.things.get(stem)?.direct === true);
}

interface PairFacts {
  readonly shared: readonly string[];
  readonly order: number;
  readonly speakers: ReadonlyMap<string, number>;
  readonly count: number;
}

/** Log odds that one of the two has to wait for the other. */
function relationOdds({ from, to }: Pair, { shared, order, speakers, count }: PairFacts): number {
  const own = shared.filter((stem) => speakers.get(stem) === 2).length;
  const strength = Math.min(3, Math.abs(order));
  const unknown = Number(from.kind === undefined) + Number(to.kind === undefined);
  return (
    relationWeight.always +
    (shared.length > 0 ? relationWeight.sharedThing : 0) +
    relationWeight.ownSharedThing * Math.min(2, own) +
    (from.action !== "" && from.action === to.action ? relationWeight.sameAction : 0) +
    (from.kind !== undefined && from.kind === to.kind ? relationWeight.sameKind : 0) +
    relationWeight.unknownKind * unknown +
    relationWeight.order * Math.abs(order) +
    (relationWeight.orderSquared * strength ** 2) / 4 +
    relationWeight.steps * Math.log(Math.min(count, mostStepsWeighed) / 6)
  );
}

function countSpeakers(steps: readonly StepReading[]): ReadonlyMap<string, number> {
  const speakers = new Map<string, number>();
  for (const { things } of steps) for (const stem of things.keys()) speakers.set(stem, (speakers.get(stem) ?? 0) + 1);
  return speakers;
}

const chance = (odds: number): number => 1 / (1 + Math.exp(-odds));
const clamp = (value: number): number => Math.max(-1, Math.min(1, value));
