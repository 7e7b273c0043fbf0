import type { TaskNames } from "./task-names.ts";
import type { Token } from "../text-tokens.ts";
import { wordSet } from "./clause-tokens.ts";

/** A task named by its id or by its place in the list. */
export interface TaskReference {
  readonly task: number;
  /** Place of the first token behind it. */
  readonly next: number;
}

const markers = wordSet("task step subtask ticket item # tasks steps subtasks tickets items");
const ordinals: ReadonlyMap<string, number> = new Map(
  "first second third fourth fifth sixth seventh eighth ninth tenth".split(" ").map((word, place) => [word, place]),
);
const before = wordSet("previous preceding prior");
/** What may stand behind an id of one letter or a number, which otherwise would be an article or an amount. */
const endsOfId = wordSet("and or & is are has have before first then");

/** What references are looked up in. */
export interface KnownTasks {
  readonly names: TaskNames;
  readonly count: number;
  /** Tasks by the number that their id ends with; undefined where several end with it. */
  readonly byNumber: ReadonlyMap<string, number | undefined>;
}

/** Indexes ids such as `t1` and `step-2` by their number. */
export function idsByNumber(ids: readonly string[]): ReadonlyMap<string, number | undefined> {
  const byNumber = new Map<string, number | undefined>();
  ids.forEach((id, task) => {
    const number = /^\D*(\d{1,4})$/.exec(id.slice(-40))?.[1];
    if (number !== undefined) byNumber.set(number, byNumber.has(number) ? undefined : task);
  });
  return byNumber;
}

/** Whether an id or a number follows such a word: "task 2", "steps 1, 2 and 3". */
export function isMarker(token: Token | undefined): boolean {
  return markers.has(token?.text ?? "");
}

/** Reads "task t1", "the first task", "the previous step" or an id that is no ordinary word; behind "steps 1," any id. */
export function taskReference(
  tokens: readonly Token[],
  index: number,
  known: KnownTasks & { readonly self: number; readonly marked?: boolean },
): TaskReference | undefined {
  if (known.marked) {
    const more = marked(tokens, index, known);
    if (more) return more;
  }
  const word = tokens[index]?.text ?? "";
  const following = tokens[index + 1]?.text ?? "";
  if (markers.has(word)) return marked(tokens, index + 1, known);
  if (markers.has(following)) {
    const place = before.has(word) ? known.self - 1 : ordinals.get(word);
    if (place !== undefined && place >= 0 && place < known.count) return { task: place, next: index + 2 };
  }
  const match = known.names.idAt(tokens, index);
  if (!match) return undefined;
  const short = match.length === 1 && isShortId(tokens, index);
  if (match.shape !== "distinct" && match.shape !== "hyphenated" && !short) return undefined;
  return { task: match.task, next: index + match.length };
}

/** "Needs A", "depends on 1 and 2": a letter or a number that counts nothing and is the whole name. */
function isShortId(tokens: readonly Token[], index: number): boolean {
  const following = tokens[index + 1];
  const ends = following?.kind !== "word" || endsOfId.has(following.text);
  return ends && /^(?:[A-HJ-Za-hj-z]|\d{1,4})$/.test(tokens[index]?.raw ?? "");
}

function marked(tokens: readonly Token[], index: number, { names, byNumber }: KnownTasks): TaskReference | undefined {
  const at = tokens[index]?.text === "#" || tokens[index]?.kind === "quote" ? index + 1 : index;
  const match = names.idAt(tokens, at);
  if (match) return { task: match.task, next: at + match.length };
  // "task 2" where the ids are t1, t2 and t3.
  const task = byNumber.get(tokens[at]?.text ?? "");
  return task === undefined ? undefined : { task, next: at + 1 };
}
