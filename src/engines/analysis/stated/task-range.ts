import { tokenize, type Token } from "../text-tokens.ts";
import { isMarker, taskReference, type KnownTasks } from "./task-reference.ts";

/** Tasks named by the first and the last of them, or joined by a slash. */
export interface TaskRange {
  readonly tasks: readonly number[];
  /** Place of the first token behind them. */
  readonly next: number;
}

const mostOfRange = 50;
const joined = /^([\p{L}_-]{0,20}?)(\d{1,4})(-|\.{2,3}|\/)([\p{L}_-]{0,20}?)(\d{1,4})$/u;
const numbered = /^([\p{L}_-]{0,20}?)(\d{1,4})$/u;
const through = new Set(["to", "through", "thru"]);

/** Reads "tasks 1-3", "t1 through t3", "t1..t3" and "t1/t2"; undefined where one of them is no other task. */
export function taskRange(
  tokens: readonly Token[],
  index: number,
  known: KnownTasks & { readonly self: number },
): TaskRange | undefined {
  const marked = isMarker(tokens[index]);
  const at = marked ? index + 1 : index;
  const first = tokens[at];
  if (first?.kind !== "word") return undefined;
  const parts = joined.exec(first.raw);
  if (parts) {
    const [, prefix = "", from = "", link, suffix = "", to = ""] = parts;
    if (!marked && prefix === "") return undefined;
    if (suffix !== "" && suffix !== prefix) return undefined;
    const tasks = expand({ prefix, from: Number(from), to: Number(to) }, { known, ends: link === "/" });
    return tasks && { tasks, next: at + 1 };
  }
  const last = tokens[at + 2];
  if (!through.has(tokens[at + 1]?.text ?? "") || last?.kind !== "word") return undefined;
  const [, prefix = "", from = ""] = numbered.exec(first.raw) ?? [];
  const [, suffix = "", to = ""] = numbered.exec(last.raw) ?? [];
  if (from === "" || to === "" || (suffix !== "" && suffix !== prefix) || (!marked && prefix === "")) return undefined;
  const tasks = expand({ prefix, from: Number(from), to: Number(to) }, { known, ends: false });
  return tasks && { tasks, next: at + 3 };
}

function expand(
  { prefix, from, to }: { readonly prefix: string; readonly from: number; readonly to: number },
  { known, ends }: { readonly known: KnownTasks & { readonly self: number }; readonly ends: boolean },
): readonly number[] | undefined {
  if (to <= from || to - from >= mostOfRange) return undefined;
  const tasks: number[] = [];
  for (let number = from; number <= to; number += ends ? to - from : 1) {
    const found = taskReference(tokenize(`task ${prefix}${number}`), 0, known);
    if (!found || found.task === known.self) return undefined;
    tasks.push(found.task);
  }
  return tasks;
}
