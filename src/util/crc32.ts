const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  return remainder;
});

const encoder = new TextEncoder();

/** The CRC-32 (IEEE 802.3) of a text's UTF-8 bytes, as eight hexadecimal digits. */
export function crc32(text: string): string {
  let remainder = -1;
  for (const byte of encoder.encode(text)) {
    remainder = (table[(remainder ^ byte) & 0xff] ?? 0) ^ (remainder >>> 8);
  }
  return ((remainder ^ -1) >>> 0).toString(16).padStart(8, "0");
}
