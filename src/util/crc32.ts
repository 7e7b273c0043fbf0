const polynomial = 0xedb88320;

/** Four tables: what a byte does to the remainder when it is followed by 0, 1, 2 or 3 bytes more. */
const tables = makeTables();

const encoder = new TextEncoder();

/** Where short texts are encoded, again and again; a new array for each would cost more than the sum. */
const scratch = new Uint8Array(8_192);

/** The CRC-32 (IEEE 802.3) of a text's UTF-8 bytes, as eight hexadecimal digits. */
export function crc32(text: string): string {
  const short = text.length * 3 <= scratch.length;
  const bytes = short ? scratch : encoder.encode(text);
  const length = short ? encoder.encodeInto(text, scratch).written : bytes.length;
  return crc32OfBytes(bytes, 0, length).toString(16).padStart(8, "0");
}

/** The CRC-32 (IEEE 802.3) of the bytes from `start` to before `end`, from 0 to 2^32 - 1; four bytes a step (Kounavis and Berry 2005). */
export function crc32OfBytes(bytes: Uint8Array, start: number, end: number): number {
  const [after0, after1, after2, after3] = tables;
  const whole = end - ((end - start) % 4);
  let remainder = -1;
  let place = start;
  for (; place < whole; place += 4) {
    remainder ^=
      at(bytes, place) | (at(bytes, place + 1) << 8) | (at(bytes, place + 2) << 16) | (at(bytes, place + 3) << 24);
    remainder =
      at(after3, remainder & 0xff) ^
      at(after2, (remainder >>> 8) & 0xff) ^
      at(after1, (remainder >>> 16) & 0xff) ^
      at(after0, remainder >>> 24);
  }
  for (; place < end; place++) {
    remainder = at(after0, (remainder ^ at(bytes, place)) & 0xff) ^ (remainder >>> 8);
  }
  return (remainder ^ -1) >>> 0;
}

/** A place inside the bounds by construction. */
function at(numbers: Int32Array | Uint8Array, place: number): number {
  return numbers[place] as number;
}

function makeTables(): readonly [Int32Array, Int32Array, Int32Array, Int32Array] {
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ polynomial : remainder >>> 1;
    return remainder;
  });
  const next = (table: Int32Array): Int32Array => table.map((entry) => at(first, entry & 0xff) ^ (entry >>> 8));
  const second = next(first);
  const third = next(second);
  return [first, second, third, next(third)];
}
