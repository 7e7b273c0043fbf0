import { Transform, type TransformCallback } from "node:stream";

/** Longest line that is read; longer ones are dropped while they stream in. */
export const longestLineBytes = 10 * 1024 * 1024;

/** What is wrong with a line that no message can be made of. */
export type LineFault = "too-long" | "not-json" | "not-a-message";

/** How the guard is set up. */
export interface GuardOptions {
  /** Told of every line that is kept back. */
  readonly onFault: (fault: LineFault) => void;
  readonly longestBytes?: number;
}

const lineFeed = 0x0a;

/**
 * Stands between standard input and the protocol's transport, which ends the server at an overlong line and passes over
 * a broken one in silence. Lets through whole lines that hold a JSON-RPC message; keeps back and reports the others.
 * Never holds more than one line of the longest length.
 */
export class GuardedInput extends Transform {
  readonly #onFault: (fault: LineFault) => void;
  readonly #longestBytes: number;
  #pieces: Buffer[] = [];
  #bytes = 0;
  /** Inside a line that is too long: everything up to its end is dropped. */
  #dropping = false;

  constructor({ onFault, longestBytes = longestLineBytes }: GuardOptions) {
    super();
    this.#onFault = onFault;
    this.#longestBytes = longestBytes;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      this.#take(chunk.subarray(start, end));
      this.#endLine();
      start = end + 1;
    }
    this.#take(chunk.subarray(start));
    done();
  }

  override _flush(done: TransformCallback): void {
    if (this.#bytes > 0 || this.#dropping) this.#endLine();
    done();
  }

  #take(piece: Buffer): void {
    if (this.#dropping || piece.length === 0) return;
    if (this.#bytes + piece.length > this.#longestBytes) {
      this.#dropping = true;
      this.#pieces = [];
      this.#bytes = 0;
      return;
    }
    this.#pieces.push(piece);
    this.#bytes += piece.length;
  }

  #endLine(): void {
    const line = Buffer.concat(this.#pieces, this.#bytes);
    const dropped = this.#dropping;
    this.#pieces = [];
    this.#bytes = 0;
    this.#dropping = false;
    if (dropped) {
      this.#onFault("too-long");
      return;
    }
    const text = line.toString("utf8");
    if (text.trim() === "") return;
    const fault = lineFault(text);
    if (fault === undefined) this.push(`${text}\n`);
    else this.#onFault(fault);
  }
}

/** What keeps a line from being a JSON-RPC message; undefined when it is one. */
export function lineFault(text: string): LineFault | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return "not-json";
    throw error;
  }
  return isMessage(value) ? undefined : "not-a-message";
}

function isMessage(value: unknown): boolean {
  if (!isObject(value) || value["jsonrpc"] !== "2.0") return false;
  if ("method" in value) {
    const { id, method, params } = value;
    const idIsRight = id === undefined || typeof id === "string" || Number.isSafeInteger(id);
    return typeof method === "string" && idIsRight && (params === undefined || isObject(params));
  }
  return "result" in value || "error" in value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
