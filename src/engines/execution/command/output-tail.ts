import { cappedText, plainText } from "../plain-text.ts";

const LINES = 40;
const LINE_CHARACTERS = 1_000;

/** The last lines of an endless output; what came before is forgotten. */
export class OutputTail {
  readonly #lines: string[] = [];
  #next = 0;

  /** Takes a line as it is: whoever prints millions of them must not cost more than that. */
  push(line: string): void {
    this.#lines[this.#next] = line.length > LINE_CHARACTERS ? line.slice(0, LINE_CHARACTERS) : line;
    this.#next = (this.#next + 1) % LINES;
  }

  /** The lines as plain text of at most so many characters, the oldest left out first. */
  text(characters: number): string {
    return lastWords([...this.#lines.slice(this.#next), ...this.#lines.slice(0, this.#next)].join("\n"), characters);
  }
}

/** The end of others' words: plain, capped from the front, and without anything that looks like a key. */
export function lastWords(text: string, characters: number): string {
  const plain = withoutKeys(plainText(text)).trim();
  if (plain.length <= characters) return plain;
  const note = "[…cut] ";
  // A cut between the halves of a surrogate pair would leave a character that is none.
  return note + plain.slice(plain.length - Math.max(0, characters - note.length)).replace(/^[\udc00-\udfff]/, "");
}

/** Others' words as a message: plain, capped, and without anything that looks like a key. */
export function firstWords(text: string, characters: number): string {
  return cappedText(withoutKeys(text), characters);
}

function withoutKeys(text: string): string {
  return text.replace(/\bsk-[\w-]{8,}/g, "sk-…");
}
