import type { TaskInput } from "../../schema/task.ts";
import { normalizedTitle, tokenize, type Token } from "./text-tokens.ts";

/** How easily the name of a task is taken for an ordinary word. */
export type NameShape = "distinct" | "hyphenated" | "phrase" | "word" | "bare";

/** A task's id found in a text. */
export interface NameMatch {
  readonly task: number;
  readonly shape: NameShape;
  /** How many tokens it covers. */
  readonly length: number;
}

/** Finds the tasks of a plan by the names texts call them. */
export interface TaskNames {
  /** The longest id that the tokens from `index` on spell as whole words. */
  idAt(tokens: readonly Token[], index: number): NameMatch | undefined;
  /** The task whose id or title a quotation repeats. */
  quoted(text: string): number | undefined;
}

interface NameNode {
  readonly next: Map<string, NameNode>;
  /** Tasks spelled by the way to here; more than one is ambiguous. */
  readonly tasks: number[];
}

const longestNameWords = 12;

/** Indexes ids by their words (a trie) and titles whole; names that two tasks share find neither. */
export function taskNames(tasks: readonly TaskInput[]): TaskNames {
  const root: NameNode = { next: new Map(), tasks: [] };
  const shapes = tasks.map((task) => shapeOf(task.id));
  const titles = new Map<string, number | undefined>();
  const addTitle = (text: string, task: number): void => {
    const title = normalizedTitle(text);
    if (title === "") return;
    const taken = titles.has(title) && titles.get(title) !== task;
    titles.set(title, taken ? undefined : task);
  };
  tasks.forEach((task, number) => {
    if (isMadeOfWords(task.id)) {
      addId(root, task.id, number);
      addTitle(task.id, number);
    }
    addTitle(task.description, number);
    addTitle(firstSentence(task.description), number);
  });
  const idAt = (tokens: readonly Token[], index: number): NameMatch | undefined => {
    let node: NameNode | undefined = root;
    let found: NameMatch | undefined;
    for (let length = 1; length <= longestNameWords; length++) {
      const word: string | undefined = tokens[index + length - 1]?.text;
      node = word === undefined ? undefined : node?.next.get(word);
      if (!node) break;
      const [task] = node.tasks;
      if (task !== undefined && node.tasks.length === 1) found = { task, shape: shapes[task] ?? "word", length };
    }
    return found;
  };
  return { idAt, quoted: (text) => titles.get(normalizedTitle(text)) };
}

/** Ids such as `.*` or `(1)` are taken for punctuation too easily to be looked for. */
function isMadeOfWords(id: string): boolean {
  const tokens = tokenize(id);
  const spelled = tokens.map((token) => token.raw).join("");
  return tokens.every((token) => token.kind === "word") && spelled === id.replaceAll(/\s+/g, "");
}

function addId(root: NameNode, id: string, task: number): void {
  const words = tokenize(id).map((token) => token.text);
  if (words.length === 0 || words.length > longestNameWords) return;
  let node = root;
  for (const word of words) {
    const next = node.next.get(word) ?? { next: new Map(), tasks: [] };
    node.next.set(word, next);
    node = next;
  }
  node.tasks.push(task);
}

function firstSentence(text: string): string {
  const stop = tokenize(text.slice(0, 400)).find((token) => token.kind === "stop");
  return stop ? text.slice(0, stop.start) : text;
}

/** `db_schema`, `task-1` and `userApi` name tasks; `sign-in`, `login` and `2` may just be words. */
function shapeOf(id: string): NameShape {
  const words = tokenize(id);
  if (words.length > 1) return "phrase";
  const word = words[0]?.raw ?? "";
  if (/^\p{N}+$/u.test(word)) return "bare";
  if (/[\p{N}_./:@]/u.test(word) || /\p{Ll}\p{Lu}/u.test(word)) return "distinct";
  if (word.length < 3) return "bare";
  return word.includes("-") ? "hyphenated" : "word";
}
