import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import { Language, Parser } from "web-tree-sitter";
import type { SyntaxCursor } from "../ports/syntax-cursor.ts";
import type { CodeLanguage } from "../schema/code-facts.ts";

/** Turns texts into syntax trees; belongs into a thread of its own, which it keeps busy. */
export interface SyntaxParser {
  /**
   * Parses a text and hands a cursor at the root of its tree to `use`; the tree is gone afterwards. Undefined when
   * parsing takes longer than the limit.
   */
  parse<Answer>(
    given: { readonly language: CodeLanguage; readonly text: string; readonly limitMs: number },
    use: (cursor: SyntaxCursor) => Answer,
  ): Promise<Answer | undefined>;
}

const grammars: Readonly<Record<CodeLanguage, string>> = {
  typescript: "typescript",
  tsx: "tsx",
  javascript: "javascript",
  python: "python",
  go: "go",
  java: "java",
  rust: "rust",
  csharp: "c-sharp",
  php: "php",
  ruby: "ruby",
  cpp: "cpp",
};

/** Loads the parser from where the packages are installed; a grammar is loaded when it is first needed. */
export async function createSyntaxParser(): Promise<SyntaxParser> {
  // The optimising compiler keeps the whole process busy for seconds with some of the grammars.
  setFlagsFromString("--liftoff-only");
  const { resolve } = createRequire(import.meta.url);
  await Parser.init({ locateFile: () => resolve("web-tree-sitter/web-tree-sitter.wasm") });
  const loaded = new Map<CodeLanguage, Promise<Parser>>();
  const load = async (language: CodeLanguage): Promise<Parser> => {
    const path = resolve(`@vscode/tree-sitter-wasm/wasm/tree-sitter-${grammars[language]}.wasm`);
    return new Parser().setLanguage(await Language.load(path));
  };
  const parserOf = async (language: CodeLanguage): Promise<Parser> => {
    const known = loaded.get(language) ?? load(language);
    loaded.set(language, known);
    return await known;
  };
  return {
    parse: async ({ language, text, limitMs }, use) => {
      const parser = await parserOf(language);
      const end = performance.now() + limitMs;
      const tree = parser.parse(text, undefined, { progressCallback: () => performance.now() > end });
      if (tree === null) {
        parser.reset();
        return undefined;
      }
      const cursor = tree.walk();
      try {
        return use(cursor);
      } finally {
        cursor.delete();
        tree.delete();
      }
    },
  };
}
