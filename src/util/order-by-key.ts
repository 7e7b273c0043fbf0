const digitBits = 11;
const digits = 1 << digitBits;
const digitMask = digits - 1;
/** Fewer are sorted by insertion, which needs no tables. */
const fewItems = 64;

/**
 * The indices of the keys, lowest key first and equal keys in their own order (radix sort of the bits of the numbers,
 * Seward 1954): no comparison is called, and digits that all keys share cost one look. NaN is not allowed.
 */
export function orderByKey(keys: Float64Array): Int32Array {
  const order = new Int32Array(keys.length).map((_, index) => index);
  if (keys.length <= fewItems) return insertionSorted(order, keys);
  const words = sortableWords(keys);
  let from = order;
  let to = new Int32Array(keys.length);
  const places = new Int32Array(digits);
  for (let shift = 0; shift < 64; shift += digitBits) {
    if (!countDigits(words, shift, places)) continue;
    for (let index = 0; index < from.length; index++) {
      const item = from[index] as number;
      const digit = digitAt(words, item, shift);
      const place = places[digit] as number;
      to[place] = item;
      places[digit] = place + 1;
    }
    [from, to] = [to, from];
  }
  return from;
}

function insertionSorted(order: Int32Array, keys: Float64Array): Int32Array {
  for (let index = 1; index < order.length; index++) {
    const key = keys[index] as number;
    let hole = index;
    for (; hole > 0 && (keys[order[hole - 1] as number] as number) > key; hole--)
      order[hole] = order[hole - 1] as number;
    order[hole] = index;
  }
  return order;
}

/** Two words a key, low word first, whose order as whole numbers is that of the keys. */
function sortableWords(keys: Float64Array): Uint32Array {
  // Adding zero makes -0 and 0 one key.
  const words = new Uint32Array(keys.map((key) => key + 0).buffer);
  for (let place = 0; place < words.length; place += 2) {
    const high = words[place + 1] as number;
    if (high >>> 31 === 1) {
      words[place] = ~(words[place] as number);
      words[place + 1] = ~high;
    } else words[place + 1] = high | 0x80000000;
  }
  return words;
}

function digitAt(words: Uint32Array, item: number, shift: number): number {
  const low = words[2 * item] as number;
  const high = words[2 * item + 1] as number;
  if (shift >= 32) return (high >>> (shift - 32)) & digitMask;
  const below = low >>> shift;
  return shift + digitBits <= 32 ? below & digitMask : (below | (high << (32 - shift))) & digitMask;
}

/** Where the items of each digit begin; false when all have the same. */
function countDigits(words: Uint32Array, shift: number, places: Int32Array): boolean {
  places.fill(0);
  const count = words.length / 2;
  for (let item = 0; item < count; item++) {
    const digit = digitAt(words, item, shift);
    places[digit] = (places[digit] as number) + 1;
  }
  if (places[digitAt(words, 0, shift)] === count) return false;
  let before = 0;
  for (let digit = 0; digit < digits; digit++) {
    const own = places[digit] as number;
    places[digit] = before;
    before += own;
  }
  return true;
}
