import type { Owner } from "../schema/event.ts";

/** How the engines see the machine and this process. */
export interface Machine {
  readonly cores: number;
  freeMemoryMb(): number;
  /** Memory of the machine, or of the container that this process is kept in. */
  totalMemoryMb(): number;
  /** Processes that run or wait for a core, on average over the last minute; 0 where it is not told. */
  load(): number;
  /** Who runs the runs started here. */
  self(): Owner;
  /** Whether that process is still the one it was. */
  isAlive(owner: Owner): boolean;
  /** A fresh id that cannot be guessed: `prefix` and 26 characters. */
  newId(prefix: string): string;
  /** A seed nobody chose. */
  randomSeed(): number;
}
