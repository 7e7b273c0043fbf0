import { parentPort } from "node:worker_threads";
import type { SyntaxCursor } from "../ports/syntax-cursor.ts";
import type { CodeFacts } from "../schema/code-facts.ts";
import type { CodeText } from "../ports/code-reader.ts";
import { createSyntaxParser } from "./syntax-parser.ts";

/** A question to the thread. */
export interface FactsQuestion extends CodeText {
  readonly limitMs: number;
}

/** What the thread says: once that it can work, then an answer for each question; undefined where parsing took too long. */
export type FactsAnswer = { readonly ready: true } | { readonly facts: CodeFacts | undefined };

/** Answers questions one after another until the thread is ended. What fails ends the thread, and is told by that. */
export function serveFacts(read: (text: CodeText, cursor: SyntaxCursor) => CodeFacts): void {
  const port = parentPort;
  if (port === null) throw new Error("facts are read in a thread of their own");
  const say = (answer: FactsAnswer): void => port.postMessage(answer);
  const parser = createSyntaxParser();
  const answer = async (question: FactsQuestion): Promise<void> => {
    const facts = await (await parser).parse(question, (cursor) => read(question, cursor));
    say({ facts });
  };
  void parser.then(() => say({ ready: true }));
  port.on("message", (question: FactsQuestion) => void answer(question));
}
