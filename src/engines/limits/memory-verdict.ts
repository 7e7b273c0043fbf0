/** What one look at the memory of a program and its descendants has told, in megabytes. */
export interface MemoryReading {
  /** Resident memory of all; what they share counts for each, so it can be far too much. */
  readonly rssMb: number;
  /** The same with shared memory counted once; undefined where it was not asked for or cannot be known. */
  readonly exactMb?: number | undefined;
}

/** How memory stands against its limit: `close` is 70 % and more, `far-over` 5 % above it. */
export type MemoryVerdict = "fine" | "close" | "warn" | "over" | "far-over";

const CLOSE = 0.7;
const WARN = 0.8;
const FAR_OVER = 1.05;
/** Growth since the last exact look at which the next one is worth its price. */
const GROWTH = 1.1;

/**
 * Whether resident memory alone says too little: from 80 % of the limit on, and without a limit whenever it has grown
 * by a tenth, so that the peak is known that well.
 */
export function needsExactMemory(reading: {
  readonly rssMb: number;
  readonly limitMb: number | undefined;
  readonly rssAtLastExactMb: number;
}): boolean {
  const { rssMb, limitMb, rssAtLastExactMb } = reading;
  return rssMb > GROWTH * rssAtLastExactMb || (limitMb !== undefined && rssMb >= WARN * limitMb);
}

/** What a program uses, as well as it is known. */
export function usedMemoryMb({ rssMb, exactMb }: MemoryReading): number {
  return exactMb ?? rssMb;
}

/**
 * Judges memory by its exact amount. Where only resident memory is known, two looks in a row must find it over the
 * limit, as a program that is just starting others shares nearly all of it for a moment.
 */
export function judgeMemory(reading: MemoryReading, limitMb: number, wasOver: boolean): MemoryVerdict {
  const used = usedMemoryMb(reading);
  if (used > limitMb && (reading.exactMb !== undefined || wasOver))
    return used > FAR_OVER * limitMb ? "far-over" : "over";
  if (used >= WARN * limitMb) return "warn";
  return used >= CLOSE * limitMb ? "close" : "fine";
}
