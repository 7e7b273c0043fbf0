import { sha256Hex } from "./sha256.ts";

/** Longest encoded id; leaves room for endings in a file name of 255 bytes. */
const MAX_LENGTH = 60;
const KEPT_OF_LONG_IDS = 24;
const RESERVED_ON_WINDOWS = /^(con|prn|aux|nul|com\d|lpt\d)$/;

/**
 * Turns any id into a word that is safe as a file name and as a part of a git ref on every system:
 * a-z, 0-9, `-` and `_` only, at most 60 characters. Different ids give different words, also where
 * the file system ignores case; what is too long keeps its beginning and gets a SHA-256.
 */
export async function encodeId(id: string): Promise<string> {
  let encoded = Array.from({ length: id.length }, (_, index) => encodeUnit(id.charCodeAt(index))).join("");
  if (encoded === "") return "_";
  if (encoded.startsWith("-") || RESERVED_ON_WINDOWS.test(encoded)) {
    encoded = escapeUnit(encoded.charCodeAt(0)) + encoded.slice(1);
  }
  if (encoded.length <= MAX_LENGTH) return encoded;
  // Lone surrogates have no UTF-8 of their own; the encoded form keeps them apart.
  const digest = await sha256Hex(encoded);
  // `_h` begins no escape, so that no short id can look like this.
  return `${encoded.slice(0, KEPT_OF_LONG_IDS)}_h${digest.slice(0, 32)}`;
}

function encodeUnit(unit: number): string {
  const character = String.fromCharCode(unit);
  return /[a-z0-9-]/.test(character) ? character : escapeUnit(unit);
}

function escapeUnit(unit: number): string {
  const digits = unit.toString(16);
  return unit < 0x80 ? `_${digits.padStart(2, "0")}` : `_u${digits.padStart(4, "0")}`;
}
