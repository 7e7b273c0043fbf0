import type { TaskInput } from "../../../schema/task.ts";
import type { DependencyCandidates } from "./candidates.ts";
import { doneOrder, readDoing, type Doing } from "./done-things.ts";
import { readStep, type StepReading } from "./step-reading.ts";
import { isEverydayWork } from "./technical-text.ts";
import { usualOrder } from "./usual-order.ts";
import { workOrder } from "./work-order.ts";

/** Where tasks are more, nothing is read from what is usual. */
const mostTasks = 200;
const quotedCharacters = 70;

/**
 * Collects what is usual: the order of the steps of an errand, or of the parts of software. Steps
 * of an errand are told from tasks on software by their words, and by what callers declare; where a
 * caller states dependencies, what is usual is only a hint.
 */
export function collectUsualOrder(
  tasks: readonly TaskInput[],
  { candidates, goal }: { readonly candidates: DependencyCandidates; readonly goal: string | undefined },
): void {
  if (tasks.length > mostTasks) return;
  const steps = tasks.map((task) => readStep(task.description));
  const doings = steps.map(readDoing);
  if (isEverydayWork(tasks.map((task) => task.description)) && !tasks.some(declaresFiles)) {
    collectDone(doings, { candidates, most: onlyMaker });
    collectErrand(tasks, { doings, steps, candidates, goal });
    return;
  }
  // A "cached page" of a program may have been there before anybody works on the cache.
  collectDone(doings, { candidates, most: unsureMaker });
  for (const { from, to, confidence, areas, shared } of workOrder(steps)) {
    const about = shared.length === 0 ? "" : ` Both speak of ${shared.slice(0, 3).join(", ")}.`;
    const reasoning = `Usually ${areas[0]} comes before ${areas[1]}.${about}`;
    candidates.add({ from, to, confidence, reasoning, evidence: quotes(steps, from, to), usual: true });
  }
}

interface Errand {
  readonly doings: readonly Doing[];
  readonly steps: readonly StepReading[];
  readonly candidates: DependencyCandidates;
  readonly goal: string | undefined;
}

/** Where one step alone makes a thing what another calls it, "the trained model", and where it may be otherwise. */
const onlyMaker = 0.87;
const unsureMaker = 0.65;
/** A caller who states dependencies has thought about the order of the others as well. */
const mostWhereStated = 0.8;

function collectErrand(tasks: readonly TaskInput[], { doings, steps, candidates, goal }: Errand): void {
  const stated = tasks.some((task) => (task.dependsOn?.length ?? 0) > 0);
  for (const order of usualOrder(steps, goal === undefined ? undefined : readStep(goal))) {
    const { from, to, shared } = order;
    // What the words say weighs more than what is usual.
    if (candidates.states(to, from) || doneOrder(doings[from]?.done ?? [], doings[to] as Doing)) continue;
    const about = shared === undefined ? "" : `; both speak of ${shared}`;
    candidates.add({
      from,
      to,
      confidence: stated ? Math.min(mostWhereStated, order.confidence) : order.confidence,
      reasoning: `Steps of an errand usually come in this order: ${kindOf(steps[from])}, then ${kindOf(steps[to])}${about}`,
      evidence: quotes(steps, from, to),
      usual: true,
    });
  }
}

/** Collects the things that one step does and another speaks of as done: "Train the model", "Test the trained model". */
function collectDone(
  doings: readonly Doing[],
  { candidates, most }: { readonly candidates: DependencyCandidates; readonly most: number },
): void {
  doings.forEach(({ done, reading }, to) => {
    if (done.length === 0) return;
    const makers = doings.flatMap((maker, from) =>
      from !== to && doneOrder(done, maker) === "made-by-other" ? [{ maker, from }] : [],
    );
    for (const { maker, from } of makers) {
      const spoken = done.find(({ verb, thing }) => maker.verbs.has(verb) && maker.reading.things.has(thing));
      const reasoning = `"${reading.text.slice(0, quotedCharacters)}" speaks of what "${maker.reading.text.slice(0, quotedCharacters)}" does as done`;
      const confidence = makers.length === 1 && spoken?.told === false ? most : unsureMaker;
      candidates.add({ from, to, confidence, reasoning, evidence: spoken?.evidence ?? "" });
    }
  });
}

function kindOf(step: StepReading | undefined): string {
  return step?.kind ?? "another step";
}

function quotes(steps: readonly StepReading[], from: number, to: number): string {
  const quote = (number: number): string => `"${(steps[number]?.text ?? "").slice(0, quotedCharacters)}"`;
  return `${quote(from)} … ${quote(to)}`;
}

function declaresFiles(task: TaskInput): boolean {
  return (
    [task.reads, task.writes, task.exclusive].some((list) => list !== undefined && list.length > 0) ||
    task.command !== undefined
  );
}
