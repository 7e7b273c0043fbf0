import type { TaskInput } from "../../../schema/task.ts";
import { normalizedTitle, titleOf, tokenize, type Token } from "../text-tokens.ts";

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
  /** Made only when a name goes on, because most names are a single word. */
  next: Map<string, NameNode> | undefined;
  /** The task spelled by the way to here. */
  task: number | undefined;
  /** Whether the way to here spells another task as well. */
  ambiguous: boolean;
}

/** Ids that are far more often words than names. */
const commonShort = new Set(
  "to is of in on or at by an as be do go if no so up us we my me he it am ok vs re".split(" "),
);
const longestNameWords = 12;
const firstSentenceCharacters = 400;

/** Indexes ids by their words (a trie) and titles whole; names that two tasks share find neither. */
export function taskNames(tasks: readonly TaskInput[]): TaskNames {
  const root = newNode();
  tasks.forEach((task, number) => addId(root, wordsOfId(task.id), number));
  const idAt = (tokens: readonly Token[], index: number): NameMatch | undefined => {
    let node: NameNode | undefined = root;
    let found: { readonly task: number; readonly length: number } | undefined;
    for (let length = 1; length <= longestNameWords; length++) {
      const word: string | undefined = tokens[index + length - 1]?.text;
      node = word === undefined ? undefined : node?.next?.get(word);
      if (!node) break;
      if (node.task !== undefined && !node.ambiguous) found = { task: node.task, length };
    }
    return found && { ...found, shape: shapeOf(tasks[found.task]?.id ?? "") };
  };
  // Reading the titles of many tasks takes longer than all the rest, and few texts quote one.
  let titles: ReadonlyMap<string, number | undefined> | undefined;
  const quoted = (text: string): number | undefined => (titles ??= titlesOf(tasks)).get(normalizedTitle(text));
  return { idAt, quoted };
}

/** The ids, descriptions and first sentences, as titles are compared; undefined where two tasks share one. */
function titlesOf(tasks: readonly TaskInput[]): ReadonlyMap<string, number | undefined> {
  const titles = new Map<string, number | undefined>();
  const addTitle = (tokens: readonly Token[], task: number): void => {
    const title = titleOf(tokens);
    if (title === "") return;
    const taken = titles.has(title) && titles.get(title) !== task;
    titles.set(title, taken ? undefined : task);
  };
  tasks.forEach(({ id, description }, number) => {
    const tokens = tokenize(description);
    addTitle(wordsOfId(id), number);
    addTitle(tokens, number);
    const long = description.length > firstSentenceCharacters;
    const opening = long ? tokenize(description.slice(0, firstSentenceCharacters)) : tokens;
    const stop = opening.findIndex((token) => token.kind === "stop");
    if (stop >= 0) addTitle(opening.slice(0, stop), number);
  });
  return titles;
}

function newNode(): NameNode {
  return { next: undefined, task: undefined, ambiguous: false };
}

/** The words of an id; none for ids such as `.*` or `(1)`, which are taken for punctuation too easily to be looked for. */
function wordsOfId(id: string): readonly Token[] {
  const tokens = tokenize(id);
  const spelled = tokens.map((token) => token.raw).join("");
  const isMadeOfWords = tokens.every((token) => token.kind === "word") && spelled === id.replaceAll(/\s+/g, "");
  return isMadeOfWords ? tokens : [];
}

function addId(root: NameNode, words: readonly Token[], task: number): void {
  if (words.length === 0 || words.length > longestNameWords) return;
  let node = root;
  for (const { text } of words) {
    node.next ??= new Map();
    let next = node.next.get(text);
    if (!next) node.next.set(text, (next = newNode()));
    node = next;
  }
  node.ambiguous = node.task !== undefined;
  node.task = task;
}

/** Whether a name is so short and common that it is taken for a word: "to", "is", "x". */
export function isCommonWord(name: string): boolean {
  return [...name].length < 2 || commonShort.has(name.toLowerCase());
}

/** `db_schema`, `task-1` and `userApi` name tasks; `sign-in`, `login` and `2` may just be words. */
function shapeOf(id: string): NameShape {
  const words = tokenize(id);
  if (words.length > 1) return "phrase";
  const word = words[0]?.raw ?? "";
  if (/^\p{N}+$/u.test(word) || isCommonWord(word)) return "bare";
  if (/[\p{N}_./:@]/u.test(word) || /\p{Ll}\p{Lu}/u.test(word)) return "distinct";
  return word.includes("-") ? "hyphenated" : "word";
}
