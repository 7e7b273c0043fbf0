import type { TaskInput } from "../../../schema/task.ts";
import { predecessorsOf, successorsOf } from "../graph/adjacency.ts";
import type { DependencyCandidates } from "../evidence/candidates.ts";
import type { TaskGraph } from "../graph/task-graph.ts";
import type { TaskNames } from "./task-names.ts";
import { clauseTokens } from "./clause-tokens.ts";
import type { NameLookup } from "./name-reader.ts";
import { maySayOrder } from "./order-phrases.ts";
import { readOrder, type Speaker, type StatedOrder } from "./order-reader.ts";
import { isActing } from "./task-verbs.ts";
import { idsByNumber } from "./task-reference.ts";
import { thingIndex, type ThingIndex } from "./thing-index.ts";
import { readSubject } from "./title-things.ts";
import { readListPlace, type ListPlace } from "./whole-list.ts";

/*
 * Confidences of order that a text states. They are judgement and not counted: in the lists of tasks that are published
 * with an order too few such sentences occur.
 */
const clearlyStated = 0.9;
const unclear = 0.6;
const mostNamedUnclear = 4;
const ofTasks = /\b(?:tasks?|steps?|is|are|has|have)\b/i;
/** Where more tasks claim the same end of the list, the words may mean something else. */
const mostClaims = 8;
/** Of more claims the first are read. */
const mostClaimsRead = 200;

/**
 * Collects the order that texts state in plain words of other tasks' things: "needs the parser", "once
 * the schema exists", "after everything else". Words that fit several tasks are collected for each of
 * them, too unsure to be applied.
 */
export function collectStatedOrder(
  graph: TaskGraph,
  { candidates, names }: { readonly candidates: DependencyCandidates; readonly names: () => TaskNames },
): void {
  const { tasks } = graph;
  if (!tasks.some((task) => maySayOrder(task.description))) return;
  let things: ThingIndex | undefined;
  const lookup: NameLookup = {
    names: names(),
    count: tasks.length,
    byNumber: idsByNumber(graph.ids),
    // Texts that name ids need no index of what all tasks are about.
    things: (named, self) => (things ??= thingIndex(tasks.map(readSubject)))(named, self),
  };
  const claims: Claims = { first: new Map(), last: new Map() };
  tasks.forEach((task, number) => {
    const text = task.description;
    if (!maySayOrder(text)) return;
    const subject = readSubject(task, number);
    const tokens = clauseTokens(text);
    for (const stated of readOrder({ id: task.id, number, text, tokens, subject }, lookup))
      addStated(tasks, { number, stated, candidates });
    const place = listPlaceOf({ text, tokens, subject });
    if (place?.place === "after-previous" && number > 0) {
      const stated = { tasks: [number - 1], sure: true, direction: "needs", evidence: place.evidence } as const;
      addStated(tasks, { number, stated, candidates });
    } else if (place && place.place !== "after-previous") claims[place.place].set(number, place);
  });
  addClaims(graph, claims, candidates);
}

/** "Close it after everything" may be what a program does; that other tasks are done is said of tasks. */
function listPlaceOf({ text, tokens, subject }: Pick<Speaker, "text" | "tokens" | "subject">): ListPlace | undefined {
  const place = readListPlace(text, tokens, subject);
  return place && isActing(subject.verb) && !ofTasks.test(place.evidence) ? undefined : place;
}

interface Addition {
  readonly number: number;
  readonly stated: StatedOrder;
  readonly candidates: DependencyCandidates;
}

function addStated(tasks: readonly TaskInput[], { number, stated, candidates }: Addition): void {
  const needs = stated.direction === "needs";
  const side = needs ? "after" : "before";
  const idOf = (task: number): string => `"${tasks[task]?.id ?? ""}"`;
  const fitting = stated.tasks.slice(0, stated.sure ? stated.tasks.length : mostNamedUnclear);
  for (const other of fitting) {
    if (candidates.isFullOfStated()) return candidates.leaveOut();
    const puts = `The text of ${idOf(number)} puts it ${side}`;
    candidates.add({
      from: needs ? other : number,
      to: needs ? number : other,
      confidence: stated.sure ? clearlyStated : unclear,
      reasoning: stated.sure ? `${puts} ${idOf(other)}` : puts + doubtOf(stated, fitting.map(idOf)),
      evidence: stated.evidence,
      stated: true,
    });
  }
}

function doubtOf(stated: StatedOrder, ids: readonly string[]): string {
  if (ids.length === 1) return ` ${ids[0]}, or says what happens when the work is in use`;
  const more = stated.tasks.length - ids.length;
  return ` one of several tasks that its words fit: ${ids.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

interface Claims {
  readonly first: Map<number, ListPlace>;
  readonly last: Map<number, ListPlace>;
}

/** Who says to come last waits for all that nobody else waits for; who says to come first goes before all that wait for nobody. */
function addClaims(graph: TaskGraph, claims: Claims, candidates: DependencyCandidates): void {
  for (const [place, neighbours] of [
    ["first", predecessorsOf],
    ["last", successorsOf],
  ] as const) {
    const claimants = claims[place];
    const sure = claimants.size <= mostClaims;
    if (claimants.size > mostClaimsRead) candidates.leaveOut();
    for (const [number, { evidence }] of [...claimants].slice(0, mostClaimsRead)) {
      const excluded = reachedFrom(graph, number, neighbours);
      const others = graph.tasks.flatMap((_, task) => (excluded.has(task) || claimants.has(task) ? [] : [task]));
      const counted = new Set(others);
      for (const other of others) {
        if (neighbours(graph, other).some((next) => counted.has(next))) continue;
        const [from, to] = place === "first" ? [number, other] : [other, number];
        const id = graph.ids[number] ?? "";
        const puts = `The text of "${id}" puts it ${place === "first" ? "before" : "after"} all other tasks`;
        const reasoning = sure ? puts : `${puts}, as those of ${claimants.size - 1} others do for themselves`;
        candidates.add({ from, to, confidence: sure ? clearlyStated : unclear, reasoning, evidence, stated: true });
      }
    }
  }
}

function reachedFrom(
  graph: TaskGraph,
  start: number,
  neighbours: (graph: TaskGraph, task: number) => Int32Array,
): ReadonlySet<number> {
  const reached = new Set([start]);
  // A Set hands out what is added while it is walked, which makes it the queue as well.
  for (const task of reached) for (const next of neighbours(graph, task)) reached.add(next);
  return reached;
}
