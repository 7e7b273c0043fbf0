/** The thread that reads facts of code: the parser and the readers of the languages, and nothing else. */
import { readFacts } from "./engines/semantics/facts/read-facts.ts";
import { serveFacts } from "./platform/facts-thread.ts";

serveFacts(({ language, text }, cursor) => readFacts({ language, text, cursor }));
