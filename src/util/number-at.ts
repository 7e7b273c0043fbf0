/** Reads a number that is known to be there: inner loops over typed arrays stay inside their bounds by construction. */
export function numberAt(numbers: ArrayLike<number>, index: number): number {
  return numbers[index] as number;
}
