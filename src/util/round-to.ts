/** Rounds for display and for the wire, so that 0.1 + 0.2 reads 0.3. */
export function roundTo(value: number, digits: number): number {
  const factor = 10 ** digits;
  const scaled = value * factor;
  return Number.isFinite(scaled) ? Math.round(scaled) / factor : value;
}
