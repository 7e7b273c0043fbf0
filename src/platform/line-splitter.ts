/** Cuts a stream of bytes into lines without ever holding more than one line of the longest allowed length. */
export class LineSplitter {
  readonly #maxLineBytes: number;
  readonly #onLine: (line: string) => void;
  #parts: Buffer[] = [];
  #held = 0;
  #overlong = false;
  #cutLines = 0;

  constructor(options: { readonly maxLineBytes: number; readonly onLine: (line: string) => void }) {
    this.#maxLineBytes = options.maxLineBytes;
    this.#onLine = options.onLine;
  }

  /** How many lines were longer than allowed and lost their end. */
  get cutLines(): number {
    return this.#cutLines;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, from)) {
      this.#hold(chunk.subarray(from, end));
      this.#emit();
      from = end + 1;
    }
    this.#hold(chunk.subarray(from));
  }

  /** The stream is over: what came after the last line break is a line too. */
  end(): void {
    if (this.#held > 0) this.#emit();
  }

  #hold(bytes: Buffer): void {
    const room = this.#maxLineBytes - this.#held;
    if (bytes.length > room) this.#overlong = true;
    const kept = bytes.subarray(0, room);
    if (kept.length === 0) return;
    // A copy: otherwise a few kept bytes would keep the whole chunk in memory.
    this.#parts.push(Buffer.from(kept));
    this.#held += kept.length;
  }

  #emit(): void {
    const line = Buffer.concat(this.#parts).toString("utf8");
    if (this.#overlong) this.#cutLines += 1;
    this.#parts = [];
    this.#held = 0;
    this.#overlong = false;
    this.#onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
  }
}
