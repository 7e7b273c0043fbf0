import type { ActionKind } from "./action-words.ts";
import type { Scene } from "./scene-words.ts";

/*
 * Where these numbers come from: two logistic regressions with a Gaussian prior (strength 4), fitted on 200 plans of
 * everyday errands (every second plan of 400 of AsyncHow, Lin et al. 2024) of five to seven steps each, one weight for
 * each kind of step, not for single words. The first says in what order two steps come if they are ordered at all, the
 * second whether they are. On the 200 plans that were not used, of the pairs given 0.6, 0.7, 0.8 and 0.9 (and up to 0.1
 * more) 353 of 591, 337 of 499, 264 of 303 and 126 of 134 were really ordered that way, directly or through others, and
 * 241 of the 261 from 0.85 on; about a quarter of each directly. Errands say nothing of software: there the weights are
 * not asked.
 */

/** How much earlier than others a step of this kind comes, in log odds. */
export const kindWeight: Readonly<Record<ActionKind, number>> = {
  rise: 0.8,
  think: 1.5,
  inquire: 1.2,
  choose: 1.2,
  fund: 0.5,
  enrol: 0.7,
  schedule: 0.1,
  list: 0,
  device: 0.2,
  errand: 0.8,
  dress: 0.5,
  acquire: 0.3,
  depart: 0,
  arrive: -0.6,
  open: -0.1,
  ready: -0.5,
  make: -0.3,
  heat: -1,
  use: -0.8,
  wait: -0.9,
  check: -0.3,
  pay: -0.1,
  finish: -0.9,
  enjoy: -0.1,
  back: -0.5,
  tidy: -0.1,
};

/** How much earlier than others a step comes that speaks of such a thing, in log odds. */
export const sceneWeight: Readonly<Record<Scene, number>> = {
  online: 1.7,
  storage: 1.4,
  supplies: 0.5,
  facts: 0,
  shop: 0.8,
  carried: 0.3,
  vehicle: -0.2,
  venue: -0.5,
  heat: 0,
  checkout: -0.6,
  company: -0.6,
};

/** What else speaks for an order, in log odds. */
export const orderWeight = {
  /** A thing becomes definite: "a ticket", then "the ticket". */
  becomesDefinite: 0.6,
  /** Only the later one speaks of things that are there already. */
  speaksOfKnownThings: 0.3,
  /** One finds, makes or gets what the other only has to do with. */
  providesThing: 0.9,
  /** The step does what the whole is for. */
  isTheGoal: 1,
  goesHome: 0.3,
  /** For every three things more. */
  moreThings: 0.3,
} as const;

/** What speaks for two steps being ordered at all, in log odds. */
export const relationWeight = {
  always: 1.7,
  sharedThing: 0.3,
  /** For each thing, up to two, that no third step speaks of. */
  ownSharedThing: 0.2,
  sameAction: -1.7,
  sameKind: -0.6,
  unknownKind: 0.1,
  /** For the strength of the order between them. */
  order: 0.1,
  orderSquared: 0.3,
  /** For the logarithm of the number of steps over six. */
  steps: 0.4,
} as const;
