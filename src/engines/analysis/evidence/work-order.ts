import { placeOfArea, type WorkArea } from "./area-words.ts";
import type { StepReading } from "./step-reading.ts";

/** Two tasks on software whose parts are usually made in this order. */
export interface WorkOrder {
  readonly from: number;
  readonly to: number;
  /** 0-1. */
  readonly confidence: number;
  readonly areas: readonly [WorkArea, WorkArea];
  /** Things that both speak of. */
  readonly shared: readonly string[];
}

/*
 * Counted on 17 lists of 10 to 40 software tasks with stated dependencies, published in repositories on GitHub: of the
 * pairs that these rules found, the share that was ordered that way, directly or through others. The parts were fewer
 * then: types, models and builds have become parts of their own since. None is near certain, so that none is ever more
 * than a hint.
 */
const foundationFirst = 0.7;
const testsAndReleaseLater = 0.45;
const layersInOrder = 0.4;

const sharedThings = 2;
const mostTasks = 200;
const mostFound = 400;
const lateAreas: ReadonlySet<WorkArea> = new Set<WorkArea>(["test", "document", "build", "release", "operate"]);

/**
 * The order in which the parts of software are usually made (set-up, types, schema, models, code,
 * endpoints, pages, tests and documents, build, release), for tasks that share at least two things or of which one sets everything up. Weak
 * evidence, for up to 200 tasks.
 */
export function workOrder(tasks: readonly StepReading[]): WorkOrder[] {
  if (tasks.length > mostTasks) return [];
  const found: WorkOrder[] = [];
  tasks.forEach((earlier, from) => {
    tasks.forEach((later, to) => {
      if (found.length < mostFound) found.push(...orderOf({ earlier, from, later, to }));
    });
  });
  return found;
}

interface Pair {
  readonly earlier: StepReading;
  readonly from: number;
  readonly later: StepReading;
  readonly to: number;
}

function orderOf({ earlier, from, later, to }: Pair): WorkOrder[] {
  const { area: first } = earlier;
  const { area: second } = later;
  if (first === undefined || second === undefined) return [];
  if (placeOfArea(first) >= placeOfArea(second)) return [];
  const shared = [...earlier.things.values()].filter((thing) => later.things.has(thing.stem)).map((thing) => thing.raw);
  const enough = shared.length >= sharedThings;
  if (!enough && first !== "foundation") return [];
  let confidence = lateAreas.has(second) ? testsAndReleaseLater : layersInOrder;
  if (first === "foundation") confidence = foundationFirst;
  return [{ from, to, confidence, areas: [first, second], shared }];
}
