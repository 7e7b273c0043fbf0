import { tokenize } from "../text-tokens.ts";
import { stemOf } from "./word-forms.ts";

const technicalWords = new Set(
  (
    "code codebase function module method variable file folder repository repo commit merge bug package server json yaml xml html css " +
    "sql http url token query cache config parser compiler typescript javascript python node vue docker dockerfile terraform kubernetes linux git github npm " +
    "cli sdk algorithm dataset model inference refactor validation render template software app architecture api endpoint backend frontend database " +
    "schema ui auth authentication authorization deploy deployment middleware e2e ci component integration integrate implement " +
    "migration dashboard webhook login logging pipeline service client unit coverage readme documentation"
  )
    .split(" ")
    .map(stemOf),
);
const identifier = /[\p{L}\p{N}](?:[_/@]|\.\p{L})[\p{L}\p{N}]|\p{Ll}\p{Lu}/u;
const charactersRead = 400;

/** Whether the text speaks of software: it names an identifier, a path or a word of the trade. */
function isTechnical(text: string): boolean {
  return tokenize(text.slice(0, charactersRead)).some((token) => {
    if (token.kind !== "word") return false;
    if (identifier.test(token.raw)) return true;
    return technicalWords.has(stemOf(token.text));
  });
}

/** Tasks of which fewer than this share speak of software are the steps of an errand. */
const mostTechnicalShare = 0.3;

/** Whether the texts are steps of everyday work and not tasks on software. */
export function isEverydayWork(texts: readonly string[]): boolean {
  if (texts.length === 0) return false;
  return texts.filter(isTechnical).length / texts.length < mostTechnicalShare;
}
