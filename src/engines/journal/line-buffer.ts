import type { RunEvent } from "../../schema/event.ts";
import { crc32OfBytes } from "../../util/crc32.ts";
import { journalVersion } from "./journal-line.ts";

/** Lines of a journal on their way to the file. */
export interface LineBuffer {
  /** Whether there is nothing to be written. */
  readonly isEmpty: boolean;
  /** Adds an event as a line. */
  add(event: RunEvent): void;
  /** Takes all lines out as UTF-8. The bytes are written over after the next `take`. */
  take(): Uint8Array;
}

const encoder = new TextEncoder();
const opening = encoder.encode(`{"v":${journalVersion},`);
const closing = encoder.encode(',"crc":"01234567"}\n');
const crcPlace = closing.indexOf("0".charCodeAt(0));
const hexDigits = encoder.encode("0123456789abcdef");

/** A run that writes little at a time needs no more; what a burst has needed beyond `mostKept` is given back. */
const firstSize = 16 * 1024;
const mostKept = 1024 * 1024;

/**
 * Makes an empty buffer of lines. Events become bytes at once and lie outside of the heap until they are written: as
 * texts they would be copied five times on their way, and by every garbage collection that meets them.
 */
export function lineBuffer(): LineBuffer {
  let bytes: Uint8Array = new Uint8Array(firstSize);
  let spare: Uint8Array = new Uint8Array(firstSize);
  let used = 0;

  const makeRoom = (size: number): void => {
    if (used + size <= bytes.length) return;
    const larger = new Uint8Array(Math.max(used + size, 2 * bytes.length));
    larger.set(bytes.subarray(0, used));
    bytes = larger;
  };
  return {
    get isEmpty() {
      return used === 0;
    },
    add(event) {
      const json = JSON.stringify(event);
      makeRoom(opening.length + 3 * json.length + closing.length);
      used = writeLine(bytes, used, json);
    },
    take() {
      const filled = bytes.subarray(0, used);
      const next = spare;
      spare = bytes.length > mostKept ? new Uint8Array(firstSize) : bytes;
      bytes = next;
      used = 0;
      return filled;
    },
  };
}

/** Writes the line of an event and gives the place after it. Its own braces make way for those of the line. */
function writeLine(bytes: Uint8Array, start: number, json: string): number {
  const body = start + opening.length - 1;
  const { written } = encoder.encodeInto(json, bytes.subarray(body));
  bytes.set(opening, start);
  const end = body + written - 1;
  const crc = crc32OfBytes(bytes, start, end);
  bytes.set(closing, end);
  for (let digit = 0; digit < 8; digit++) {
    bytes[end + crcPlace + digit] = hexDigits[(crc >>> (28 - 4 * digit)) & 0xf] as number;
  }
  return end + closing.length;
}
