import type { CodeFacts, CodeLanguage } from "../schema/code-facts.ts";

/** A version of a file whose facts are wanted. */
export interface CodeText {
  readonly language: CodeLanguage;
  readonly text: string;
}

/** Reads facts of code. Slow work is done beside the program, never in its way. */
export interface CodeReader {
  /** One answer for each text, in their order; undefined where a text is too large or the parser cannot be loaded. */
  read(texts: readonly CodeText[]): Promise<readonly (CodeFacts | undefined)[]>;
}
