import type { Token } from "../text-tokens.ts";
import { wordSet } from "./clause-tokens.ts";
import type { TaskNames } from "./task-names.ts";

const hedges = wordSet("ideally preferably preferred possibly perhaps maybe probably nice optionally");
const quitting = wordSet("stop avoid quit cease discontinue stops avoids");
const looseUses = wordSet("lazily optionally runtime occasionally sometimes");
const failing = wordSet(
  "fails fail failed crashes crash crashed errors error errored breaks aborts times hangs rejects",
);
const passedOver = wordSet(
  "comes come runs run goes go starts start happens must should shall can will is are has have to be done only always needs begin begins",
);
const beginnings = wordSet("that note so task the because and but if since step");
const marks: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["`", "`"],
  ["“", "”"],
  ["«", "»"],
]);
const wordsLookedBack = 12;
const wordsLookedAhead = 3;

/** The places of tokens within quotation marks and backticks that are closed on their line and are not the whole text; one pass. */
export function quotedPlaces(tokens: readonly Token[]): ReadonlySet<number> {
  const quoted = new Set<number>();
  let opened: { readonly at: number; readonly closing: string } | undefined;
  tokens.forEach((token, at) => {
    if (opened && token.raw === opened.closing) {
      const whole = opened.at === 0 && at === tokens.length - 1;
      for (let within = whole ? at : opened.at + 1; within < at; within++) quoted.add(within);
      opened = undefined;
    } else if (token.raw === "\n") opened = undefined;
    else if (!opened && marks.has(token.raw)) opened = { at, closing: marks.get(token.raw) as string };
  });
  return quoted;
}

/** The task that the clause of a phrase is about, where an id is its subject: "t2 comes after t1". */
export function subjectTask(tokens: readonly Token[], index: number, names: TaskNames): number | undefined {
  let at = index - 1;
  while (at > 0 && index - at < wordsLookedBack && passedOver.has(tokens[at]?.text ?? "")) at -= 1;
  const token = tokens[at];
  if (token?.kind !== "word") return undefined;
  const match = names.idAt(tokens, at);
  if (!match || match.length > 1 || match.shape === "bare") return undefined;
  const previous = tokens[at - 1];
  const begins = previous?.kind !== "word" || beginnings.has(previous.text) || token.start - previous.end > 1;
  return begins ? match.task : undefined;
}

/** Whether a wish or a guess stands before a phrase in its clause: "ideally after", "perhaps once". */
export function isHedged(tokens: readonly Token[], index: number): boolean {
  for (let at = index - 1; at >= Math.max(0, index - wordsLookedBack); at--) {
    const { kind, text } = tokens[at] as Token;
    if (kind === "stop" || kind === "comma") return false;
    if (hedges.has(text)) return true;
  }
  return false;
}

/** Whether the word right before a phrase takes its sense: "even before", "stop using". */
export function isDisarmed(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1]?.text ?? "";
  return before === "even" || quitting.has(before);
}

/** Whether what stands behind a name says that it is used now and then: "only lazily", "at runtime". */
export function isLooseUse(tokens: readonly Token[], next: number): boolean {
  for (let at = next; at < next + wordsLookedAhead; at++) {
    const token = tokens[at];
    if (token?.kind !== "word") return false;
    if (looseUses.has(token.text)) return true;
  }
  return false;
}

/** Whether it is said to fail: "once t1 fails". */
export function isFailing(token: Token | undefined): boolean {
  return failing.has(token?.text ?? "");
}
