import { stemOf } from "../evidence/word-forms.ts";
import { actionKey, isActivity, roleOfVerb } from "./task-verbs.ts";
import type { TaskSubject, TaskThing } from "./title-things.ts";

/** How a text names what may be another task's thing. */
export interface NamedThing {
  /** Stems of the name as it stands, its head last. */
  readonly stems: readonly string[];
  /** Stems of what stands behind an "of". */
  readonly complement: readonly string[];
  /** Stem of what has to be done to it ("has been trained"); undefined where only its end is spoken of. */
  readonly done: string | undefined;
  /** Whether all that fit are meant: "all migrations", "the migrations". */
  readonly several: boolean;
  /** Whether only a task that makes the thing can be meant: "using the schema". */
  readonly made: boolean;
}

/** The tasks that a name fits. */
export interface FittingTasks {
  readonly tasks: readonly number[];
  /** False where it fits several and means one. */
  readonly sure: boolean;
}

/** Finds tasks by the things that they make or do something to. */
export type ThingIndex = (named: NamedThing, self: number) => FittingTasks | undefined;

/** Heads that say nothing of which task is meant. */
const emptyHeads = new Set(
  (
    "task step work thing part one user customer value argument time minute hour day week month first last other rest all end start " +
    "beginning case result output input code file project moment way it item line call request everything anything everyone team person point"
  )
    .split(" ")
    .map(stemOf),
);

/** Indexes what tasks are about by the heads of their things and by what they do. */
export function thingIndex(subjects: readonly TaskSubject[]): ThingIndex {
  const byHead = new Map<string, TaskThing[]>();
  const byAction = new Map<string, number[]>();
  subjects.forEach(({ things, verb }, task) => {
    for (const thing of things) push(byHead, thing.stems.at(-1) ?? "", thing);
    if (verb !== "") push(byAction, actionKey(verb), task);
  });
  return (named, self) => {
    const head = named.stems.at(-1);
    if (head === undefined) return undefined;
    const fits = emptyHeads.has(head) ? [] : fitsOf(head, named);
    const shorter = named.stems.slice(0, -1);
    const part = shorter.at(-1);
    if (fits.length > 0 || part === undefined || !isActivity(head)) return choose(fits, self, named);
    return choose(emptyHeads.has(part) ? [] : fitsOf(part, { ...named, stems: shorter }), self, named);
  };

  function fitsOf(head: string, named: NamedThing): Fit[] {
    const acts = actionFits(byAction.get(actionKey(head)) ?? [], named, subjects);
    return [...fitting(byHead.get(head) ?? [], named, subjects), ...acts];
  }
}

interface Fit {
  readonly task: number;
  /** Whether the name is the thing's whole name. */
  readonly exact: boolean;
  readonly makes: boolean;
}

function fitting(things: readonly TaskThing[], named: NamedThing, subjects: readonly TaskSubject[]): Fit[] {
  const fits: Fit[] = [];
  for (const { task, stems, role, verb } of things) {
    if (![...named.stems, ...named.complement].every((stem) => stems.includes(stem) || subjects[task]?.words.has(stem)))
      continue;
    const asDone = named.done !== undefined && actionKey(named.done) === actionKey(verb);
    const makes = role === "makes" || asDone;
    if (!makes && (named.made || role === "looks")) continue;
    if (named.done !== undefined && !asDone && !(role === "makes" && roleOfVerb(named.done) === "makes")) continue;
    const exact = stems.length === named.stems.length && stems.every((stem, place) => stem === named.stems[place]);
    fits.push({ task, exact, makes });
  }
  return fits;
}

/** "The deployment" names the task that deploys. */
function actionFits(tasks: readonly number[], named: NamedThing, subjects: readonly TaskSubject[]): Fit[] {
  const others = [...named.stems.slice(0, -1), ...named.complement];
  return tasks
    .filter((task) => others.every((stem) => subjects[task]?.words.has(stem)))
    .map((task) => ({ task, exact: others.length === 0, makes: true }));
}

function choose(fits: readonly Fit[], self: number, named: NamedThing): FittingTasks | undefined {
  const best = bestOf(fits);
  if (best.has(self) && !named.several) return undefined;
  best.delete(self);
  if (best.size === 0) return undefined;
  return { tasks: [...best], sure: best.size === 1 || named.several };
}

/** Who makes just this comes before who makes something of the kind or does something to just this. */
function bestOf(fits: readonly Fit[]): Set<number> {
  for (const wanted of [(fit: Fit) => fit.exact && fit.makes, (fit: Fit) => fit.exact || fit.makes, () => true]) {
    const chosen = fits.filter(wanted);
    if (chosen.length > 0) return new Set(chosen.map(({ task }) => task));
  }
  return new Set();
}

function push<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
