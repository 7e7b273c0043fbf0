const basis = 0x811c9dc5;
const prime = 0x01000193;
const shortest = 3;
const upperToLower = 32;

/** What follows the letter in the word: nothing, or what begins there. */
type Kind = 0 | 1 | 2 | 3;
const other: Kind = 0;
const lower: Kind = 1;
const upper: Kind = 2;
const digit: Kind = 3;

/** Kinds of bytes: letters, digits, and the bytes of letters beyond ASCII, which count as lower case. */
const kindOf = Uint8Array.from({ length: 256 }, (_, byte): Kind => {
  if (byte >= 97 && byte <= 122) return lower;
  if (byte >= 65 && byte <= 90) return upper;
  if (byte >= 48 && byte <= 57) return digit;
  return byte >= 128 ? lower : other;
});
const underscore = 95;

/**
 * Calls back with a hash (FNV-1a, 32 bits) for every word of a UTF-8 text: the parts of identifiers
 * (`parseUser` gives parse and user, `user_store` user and store) of three letters and more, without a
 * final s, and identifiers of several parts as a whole. Case does not count in ASCII. One pass.
 */
export function forEachWordHash(bytes: Uint8Array, visit: (hash: number) => void): void {
  let part = basis;
  let beforeLast = basis;
  let partLength = 0;
  let whole = basis;
  let parts = 0;
  let previous: number = other;
  let lastByte = 0;
  const endPart = (): void => {
    if (partLength >= shortest) {
      // The hash without a final s, so that users and user are one word.
      visit((partLength > shortest && lastByte === 115 ? beforeLast : part) >>> 0);
    }
    if (partLength > 0) parts += 1;
    part = basis;
    partLength = 0;
  };
  for (let index = 0; index <= bytes.length; index++) {
    const byte = index < bytes.length ? (bytes[index] as number) : 0;
    const kind = kindOf[byte] as number;
    if (kind === other) {
      endPart();
      if (byte !== underscore) {
        if (parts > 1) visit(whole >>> 0);
        whole = basis;
        parts = 0;
      }
      previous = other;
      continue;
    }
    const small = kind === upper ? byte + upperToLower : byte;
    const nextIsLower = kindOf[bytes[index + 1] ?? 0] === lower;
    if (kind === upper && (previous === lower || previous === digit || (previous === upper && nextIsLower))) endPart();
    beforeLast = part;
    part = Math.imul(part ^ small, prime);
    whole = Math.imul(whole ^ small, prime);
    partLength += 1;
    lastByte = small;
    previous = kind;
  }
}

/** The hashes of the words of a text, each once. */
export function wordHashes(text: string): ReadonlySet<number> {
  const hashes = new Set<number>();
  forEachWordHash(new TextEncoder().encode(text), (hash) => void hashes.add(hash));
  return hashes;
}

/** The hash of an identifier as a whole, as `forEachWordHash` gives it where it has several parts. */
export function identifierHash(name: string): number {
  let hash = basis;
  for (const byte of new TextEncoder().encode(name)) {
    const small = kindOf[byte] === upper ? byte + upperToLower : byte;
    if (small !== underscore) hash = Math.imul(hash ^ small, prime);
  }
  return hash >>> 0;
}
