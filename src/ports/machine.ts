import type { Owner } from "../schema/event.ts";

/** How the engines see the machine and this process. */
export interface Machine {
  readonly cores: number;
  freeMemoryMb(): number;
  /** Who runs the runs started here. */
  self(): Owner;
  /** Whether that process is still the one it was. */
  isAlive(owner: Owner): boolean;
  /** A fresh id that cannot be guessed: `prefix` and 26 characters. */
  newId(prefix: string): string;
  /** A seed nobody chose. */
  randomSeed(): number;
}
