import type { TaskInput } from "../../../schema/task.ts";
import { declaredWrites, filePattern, filesNamedIn, normalizedPath } from "../file-patterns.ts";
import { tokenize, type Token } from "../text-tokens.ts";
import { isExample, isSpokenAway, mayBeTwoFiles } from "./file-place.ts";
import type { MeantPath } from "./meant-path.ts";
import { stemOf } from "./word-forms.ts";

/** A file that one task writes, or takes away, and another's text names without changing it. */
export interface NamedFile {
  readonly from: number;
  readonly to: number;
  readonly path: string;
  /** Whether `to` deletes it: then its users come first. */
  readonly removed: boolean;
  /** Whether a word of use stands before the path ("using src/api.ts", "tests for src/api.ts") and no other file can be meant. */
  readonly used: boolean;
  readonly evidence: string;
}

const stems = (text: string): ReadonlySet<string> => new Set(text.split(" ").map(stemOf));
const changing = stems(
  "update edit modify change fix refactor rename move rewrite extend patch adapt migrate append insert split replace " +
    "optimize improve add bump format lint",
);
const removing = stems("delete remove drop");
const making = stems("create write generate produce output emit build export save define implement scaffold");
const using = stems(
  "use using from import read load parse call consume via with against based document test cover review check see",
);
const wordsBefore = 4;
const charactersRead = 2_000;
const mostUsers = 40;
const mostPaths = 30;

interface Place {
  readonly role: "makes" | "changes" | "removes" | "uses" | "names";
  readonly evidence: string;
}

/**
 * Files that one task writes (declared, or "create src/api.ts" in its text) and another names. Who
 * changes a file as well is no user of it: two writers are in conflict, and nothing says which of
 * them comes first. A file with several writers gives nothing.
 */
export function namedFiles(tasks: readonly TaskInput[], resolve: MeantPath): NamedFile[] {
  const places = tasks.map((task) => placesIn(textOf(task), resolve));
  const writers = new Map<string, Set<number>>();
  const addWriter = (path: string, task: number): void => {
    writers.set(path, (writers.get(path) ?? new Set()).add(task));
  };
  tasks.forEach((task, number) => {
    for (const path of declaredWrites(task)) if (!filePattern(path).isGlob) addWriter(resolve(path), number);
    for (const [path, { role }] of places[number] ?? [])
      if (role === "makes" || role === "changes" || role === "removes") addWriter(path, number);
  });
  const removes = (path: string, task: number): boolean => places[task]?.get(path)?.role === "removes";
  const apart = (path: string, left: number, right: number): boolean =>
    mayBeTwoFiles(path, [textOf(tasks[left]), textOf(tasks[right])]);
  return tasks.flatMap((_, number) => usesOf({ number, places: places[number] ?? new Map(), writers, removes, apart }));
}

function textOf(task: TaskInput | undefined): string {
  return task?.description.slice(0, charactersRead) ?? "";
}

interface Reading {
  readonly number: number;
  readonly places: ReadonlyMap<string, Place>;
  readonly writers: ReadonlyMap<string, ReadonlySet<number>>;
  readonly removes: (path: string, task: number) => boolean;
  /** Whether the two tasks may mean two files that are called alike. */
  readonly apart: (path: string, left: number, right: number) => boolean;
}

function usesOf({ number, places, writers, removes, apart }: Reading): NamedFile[] {
  return [...places]
    .flatMap(([path, { role, evidence }]) => {
      const writing = writers.get(path);
      const [writer] = writing ?? [];
      if (!writing || writing.size !== 1 || writer === undefined || writer === number) return [];
      const removed = removes(path, writer);
      const [from, to] = removed ? [number, writer] : [writer, number];
      const used = role === "uses" && !apart(path, writer, number);
      return [{ from, to, path, removed, used, evidence }];
    })
    .slice(0, mostUsers);
}

function placesIn(text: string, resolve: MeantPath): Map<string, Place> {
  const places = new Map<string, Place>();
  if (!text.includes(".")) return places;
  const known = [...filesNamedIn(text)].slice(0, mostPaths);
  if (known.length === 0) return places;
  const tokens = tokenize(text);
  tokens.forEach((token, index) => {
    const path = normalizedPath(token.raw);
    const named = path.includes(".") ? known.find((each) => each === path || each.endsWith(`/${path}`)) : undefined;
    const resolved = named === undefined ? undefined : resolve(named);
    if (resolved === undefined || places.has(resolved) || isSpokenAway(tokens, index)) return;
    const before = wordsOf(tokens, index);
    const evidence = text.slice(before[0]?.start ?? token.start, token.end);
    const role = isExample(tokens, index) ? "names" : roleOf(before);
    // "Remove a.ts from the index" changes the index.
    const stays = role === "removes" && tokens[index + 1]?.text === "from";
    places.set(resolved, { role: stays ? "names" : role, evidence });
  });
  return places;
}

/** Up to four words before a token, in the same sentence. */
function wordsOf(tokens: readonly Token[], index: number): readonly Token[] {
  const before: Token[] = [];
  for (let at = index - 1; at >= 0 && before.length < wordsBefore; at--) {
    const token = tokens[at] as Token;
    if (token.kind === "stop") break;
    if (token.kind === "word") before.unshift(token);
  }
  return before;
}

/** The last word that says something decides: "update the tests for src/api.ts" uses the file. */
function roleOf(before: readonly Token[]): Place["role"] {
  for (const token of before.toReversed()) {
    const stem = stemOf(token.text);
    if (token.text === "for" || using.has(stem)) return "uses";
    if (removing.has(stem)) return "removes";
    if (changing.has(stem)) return "changes";
    if (making.has(stem)) return "makes";
  }
  return "names";
}
