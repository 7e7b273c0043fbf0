import type { CodeReader } from "../../src/ports/code-reader.ts";
import { factsOf } from "./facts-rig.ts";

/** Reads code in this process, and counts what it read. */
export function testCodeReader(): CodeReader & { readonly read: CodeReader["read"]; texts: number } {
  const reader = {
    texts: 0,
    read: async (texts: Parameters<CodeReader["read"]>[0]) => {
      reader.texts += texts.length;
      return Promise.all(texts.map(({ language, text }) => factsOf(language, text)));
    },
  };
  return reader;
}
