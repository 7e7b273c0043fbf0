import type { Token } from "../text-tokens.ts";
import { wordSet } from "./clause-tokens.ts";

/** How a "before" is read behind a "not": the task is barred until then, or perhaps; undefined where nothing is. */
export type Barred = "task" | "unclear" | undefined;

const nots = wordSet("not never cannot cant dont");
const modals = wordSet("must should can may shall could will do");
const working = wordSet(
  "start started starting begin begun run be done being happen proceed launch go merge merged land finish finished work ship shipped " +
    "deploy deployed release released this it on with any work attempt attempted out up",
);
/** "Need not be written before" and "is not required before" bar nothing. */
const free = wordSet(
  "need needs needed have has had having require required necessary matter expected supposed mean means only just because just well long " +
    "if whether or why when",
);
const wordsLookedBack = 9;

/** Reads back from a "before": "cannot start", "must not be merged" and a mere "not" in front of it bar what is spoken of. */
export function barredBefore(tokens: readonly Token[], index: number): Barred {
  let works = true;
  for (let at = index - 1; at >= Math.max(0, index - wordsLookedBack); at--) {
    const { text, kind } = tokens[at] as Token;
    if (kind === "stop" || kind === "comma") return undefined;
    const short = text === "t" && tokens[at - 1]?.kind === "quote";
    if (short || nots.has(text)) return barring(tokens, short ? at - 2 : at, { works, near: at === index - 1 });
    if (free.has(text)) return undefined;
    if (kind === "word" && !working.has(text)) works = false;
  }
  return undefined;
}

function barring(
  tokens: readonly Token[],
  at: number,
  { works, near }: { readonly works: boolean; readonly near: boolean },
): Barred {
  const word = tokens[at]?.text ?? "";
  const previous = tokens[at - 1];
  if (free.has(previous?.text ?? "") || ["doesn", "didn", "isn", "needn", "wasn", "aren"].includes(word))
    return undefined;
  const barred = works ? "task" : "unclear";
  if (word !== "not") return barred;
  if (near) return ["is", "are", "was", "were", "does", "did"].includes(previous?.text ?? "") ? undefined : barred;
  const begins = previous?.kind !== "word" || previous.text === "but" || previous.text === "and";
  return begins || modals.has(previous.text) ? barred : undefined;
}
