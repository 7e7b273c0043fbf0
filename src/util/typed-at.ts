/**
 * Reads of typed arrays inside their bounds, one function per kind: a function that sees one kind of array only is
 * compiled to a plain load, which a function for all kinds never is.
 */

/** Reads a 64-bit float that is known to be there. */
export function floatAt(numbers: Float64Array, index: number): number {
  return numbers[index] as number;
}

/** Reads a 32-bit integer that is known to be there. */
export function intAt(numbers: Int32Array, index: number): number {
  return numbers[index] as number;
}
