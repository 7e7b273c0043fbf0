import type { PredictedConflict } from "../../schema/plan.ts";
import type { RepositoryIndex } from "../../schema/repository-index.ts";
import type { TaskInput } from "../../schema/task.ts";
import { roundTo } from "../../util/round-to.ts";
import { meantPath, type MeantPath } from "./evidence/meant-path.ts";
import { likelyMeetings } from "./evidence/shared-files.ts";
import { fileMutex } from "./file-mutexes.ts";
import { declaredWrites, filePattern, filesNamedIn, patternsOverlap, type FilePattern } from "./file-patterns.ts";
import { bitSet, overlapsSome, type Reachability } from "./graph/reachability.ts";
import type { TaskGraph } from "./graph/task-graph.ts";

/** A predicted conflict with its tasks by number, and whether it is one that the schedule already keeps apart. */
export interface ConflictForecast extends PredictedConflict {
  readonly taskNumbers: readonly number[];
  /** Tasks that share a mutex wait for each other; nothing is at risk but time. */
  readonly serialised: boolean;
}

const mostReported = 200;
const mostGlobs = 500;
const mostPaths = 20_000;
const declaredFile = 0.95;
const declaredGlob = 0.8;
const coveredByGlob = 0.5;
const namedInText = 0.7;

/** One task's part in a resource: how probable it is that it changes it. */
type Users = Map<number, number>;

/**
 * Predicts which tasks without an order between them will touch the same thing: a shared mutex, the
 * same declared file or overlapping globs, or the same file named in their texts (only for tasks
 * that declare no writes), and, where a repository is given, the files that their texts speak of
 * most. At most 200, the most probable first. Two tasks that meet get no order from it; those that
 * declare the same file wait for each other as for a mutex. Reads no file.
 */
export function predictConflicts(
  graph: TaskGraph,
  reach: Reachability,
  repository?: RepositoryIndex,
): ConflictForecast[] {
  const stated = [...mutexForecasts(graph, reach), ...fileForecasts(graph, reach, meantPath(repository))];
  const likely = repository ? likelyForecasts(graph, reach, { repository, stated }) : [];
  const forecasts = [...stated, ...likely];
  return forecasts
    .toSorted((left, right) => right.probability - left.probability || right.tasks.length - left.tasks.length)
    .slice(0, mostReported);
}

/** A forecast as callers see it, with the mutex that would keep its tasks apart. */
export function toPredictedConflict(found: ConflictForecast): PredictedConflict {
  const { tasks, resource, probability, reason, serialised } = found;
  return { tasks, resource, probability, reason, ...(!serialised && { exclusive: fileMutex(resource) }) };
}

/** Pairs that the repository's files suggest, unless it is known already that they meet. */
function likelyForecasts(
  graph: TaskGraph,
  reach: Reachability,
  known: { readonly repository: RepositoryIndex; readonly stated: readonly ConflictForecast[] },
): ConflictForecast[] {
  const together = (left: number, right: number): boolean =>
    known.stated.some(({ taskNumbers }) => taskNumbers.includes(left) && taskNumbers.includes(right));
  return likelyMeetings(graph.tasks, known.repository).flatMap(({ tasks, path, probability, paths }) => {
    const [left, right] = tasks;
    if (together(left, right) || concurrent(reach, [left], [right]).length === 0) return [];
    const also = paths.length > 1 ? `, also ${paths.slice(1).join(", ")}` : "";
    const reason = `The texts of both speak most of what stands in ${path}${also}`;
    return [forecast(graph, { numbers: tasks, resource: path, probability, reason, serialised: false })];
  });
}

function mutexForecasts(graph: TaskGraph, reach: Reachability): ConflictForecast[] {
  const holders = new Map<string, Users>();
  graph.tasks.forEach((task, number) => {
    for (const name of task.exclusive ?? []) addUser(holders, name, { number, weight: 1 });
  });
  return [...holders].flatMap(([name, users]) => {
    const numbers = concurrent(reach, [...users.keys()], [...users.keys()]);
    if (numbers.length < 2) return [];
    const reason = `They share the mutex "${name}" and therefore run one after another`;
    return [forecast(graph, { numbers, resource: name, probability: 1, reason, serialised: true })];
  });
}

function fileForecasts(graph: TaskGraph, reach: Reachability, meant: MeantPath): ConflictForecast[] {
  const users = new Map<string, Users>();
  graph.tasks.forEach((task, number) => {
    for (const [path, weight] of likelyChanges(task, meant)) {
      if (users.size < mostPaths || users.has(path)) addUser(users, path, { number, weight });
    }
  });
  const patterns = [...users.keys()].map(filePattern);
  const globs = patterns.filter((pattern) => pattern.isGlob).slice(0, mostGlobs);
  const files = patterns.filter((pattern) => !pattern.isGlob);
  return [
    ...files.flatMap((file) => sameFile(graph, reach, { path: file.text, users: users.get(file.text) ?? new Map() })),
    ...globs.flatMap((glob) => underGlob(graph, reach, { glob, patterns, users })),
  ];
}

/** What a task will probably change: what it declares, or else the files its text names. */
function likelyChanges(task: TaskInput, meant: MeantPath): [string, number][] {
  const declared = [...declaredWrites(task)];
  if (declared.length > 0)
    return declared.map((path) => [path, filePattern(path).isGlob ? declaredGlob : declaredFile]);
  return [...filesNamedIn(task.description)].map((path) => [meant(path), namedInText]);
}

function sameFile(graph: TaskGraph, reach: Reachability, found: { path: string; users: Users }): ConflictForecast[] {
  const { path, users } = found;
  if (users.size < 2) return [];
  const numbers = concurrent(reach, [...users.keys()], [...users.keys()]);
  if (numbers.length < 2) return [];
  const weights = numbers.map((number) => users.get(number) ?? 0).toSorted((left, right) => right - left);
  const probability = (weights[0] ?? 0) * (weights[1] ?? 0);
  const declared = weights.every((weight) => weight === declaredFile);
  const reason = `${numbers.length} tasks without an order between them ${declared ? "declare to write" : "name"} ${path}`;
  const held = `${reason}, so that only one of them runs at a time`;
  return [
    forecast(graph, { numbers, resource: path, probability, reason: declared ? held : reason, serialised: declared }),
  ];
}

interface GlobSearch {
  readonly glob: FilePattern;
  readonly patterns: readonly FilePattern[];
  readonly users: ReadonlyMap<string, Users>;
}

function underGlob(graph: TaskGraph, reach: Reachability, search: GlobSearch): ConflictForecast[] {
  const { glob, patterns, users } = search;
  const owners = [...(users.get(glob.text)?.keys() ?? [])];
  const covered = new Set<number>();
  for (const pattern of patterns) {
    // Two overlapping globs are reported once, at the one that comes first in the alphabet.
    if (pattern.isGlob ? pattern.text <= glob.text : false) continue;
    if (!patternsOverlap(glob, pattern)) continue;
    for (const number of users.get(pattern.text)?.keys() ?? []) covered.add(number);
  }
  for (const owner of owners) covered.delete(owner);
  const all = concurrent(reach, [...owners, ...covered], owners);
  const held = concurrent(reach, owners, [...owners, ...covered]);
  const numbers = [...new Set([...held, ...all])].toSorted((left, right) => left - right);
  if (numbers.length < 2) return [];
  const shared = held.length > 1 && concurrent(reach, owners, owners).length > 1;
  const probability = shared ? declaredGlob * declaredGlob : declaredGlob * coveredByGlob;
  const reason = `${numbers.length} tasks without an order between them write below ${glob.text}`;
  return [forecast(graph, { numbers, resource: glob.text, probability, reason, serialised: false })];
}

/** Those of `numbers` that may run at the same time as one of `partners`. */
function concurrent(reach: Reachability, numbers: readonly number[], partners: readonly number[]): number[] {
  if (numbers.length === 0 || partners.length === 0) return [];
  const set = bitSet(partners, reach.width);
  return numbers.filter((number) => overlapsSome(reach, number, set));
}

interface Forecast {
  readonly numbers: readonly number[];
  readonly resource: string;
  readonly probability: number;
  readonly reason: string;
  readonly serialised: boolean;
}

function forecast(graph: TaskGraph, found: Forecast): ConflictForecast {
  return {
    tasks: found.numbers.map((number) => graph.ids[number] as string),
    resource: found.resource,
    probability: roundTo(found.probability, 2),
    reason: found.reason,
    taskNumbers: found.numbers,
    serialised: found.serialised,
  };
}

function addUser(
  map: Map<string, Users>,
  key: string,
  user: { readonly number: number; readonly weight: number },
): void {
  const users = map.get(key) ?? new Map<number, number>();
  map.set(key, users);
  users.set(user.number, Math.max(user.weight, users.get(user.number) ?? 0));
}
