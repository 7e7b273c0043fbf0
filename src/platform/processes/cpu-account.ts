/** CPU time of one process: its own, and that of the children it has collected, in milliseconds. */
export interface ProcessTime {
  readonly pid: number;
  readonly startedAt: number;
  readonly ownMs: number;
  readonly childrenMs: number;
}

/**
 * CPU time of a tree of processes from one look at it to the next. What a process has used goes to its parent when
 * the parent collects it; where nobody of the tree inherits it, because the parent does not care or the process was
 * orphaned, it is carried here. The total never goes back.
 */
export class CpuAccount {
  #last: ReadonlyMap<string, ProcessTime> = new Map();
  #carriedMs = 0;
  #totalMs = 0;

  /** Enters all members that a look has found, and gives the total since the tree began. */
  enter(members: readonly ProcessTime[]): number {
    const now = new Map(members.map((member) => [`${member.pid}:${member.startedAt}`, member]));
    let livingMs = 0;
    let inheritedMs = 0;
    for (const [key, { ownMs, childrenMs }] of now) {
      livingMs += ownMs + childrenMs;
      const before = this.#last.get(key);
      if (before) inheritedMs += childrenMs - before.childrenMs;
    }
    let goneMs = 0;
    for (const [key, { ownMs, childrenMs }] of this.#last) if (!now.has(key)) goneMs += ownMs + childrenMs;
    this.#carriedMs += Math.max(0, goneMs - inheritedMs);
    this.#last = now;
    this.#totalMs = Math.max(this.#totalMs, livingMs + this.#carriedMs);
    return this.#totalMs;
  }
}
