/**
 * The memory of all agents of one run together, against a limit on the sum.
 *
 * R1  Above the limit the agent that uses most is ended; the next one only when that has gone and it is still above.
 * R2  Somebody is told once when eight tenths are used.
 */

/** An agent whose memory counts. */
export interface RunMember {
  /** The run is at eight tenths of its limit, and this one uses most of it. */
  nearTotal(totalMb: number): void;
  /** It is to be ended, because the run is over its limit and this one uses most of it. */
  overTotal(totalMb: number): void;
}

const WARN_SHARE = 0.8;

/** Opens the account of a run; undefined without a limit. */
export function runMemory(limitMb: number | undefined): RunMemory | undefined {
  return limitMb === undefined ? undefined : new RunMemory(limitMb);
}

/** The account of one run; megabytes. */
export class RunMemory {
  readonly limitMb: number;
  readonly #members = new Map<RunMember, number>();
  #leaving: RunMember | undefined;
  #warned = false;

  constructor(limitMb: number) {
    this.limitMb = limitMb;
  }

  /** Takes in what an agent uses now. */
  note(member: RunMember, memoryMb: number): void {
    this.#members.set(member, memoryMb);
    const totalMb = this.present.reduce((sum, each) => sum + each, 0);
    if (totalMb >= WARN_SHARE * this.limitMb && !this.#warned) {
      this.#warned = true;
      this.#heaviest()?.nearTotal(totalMb);
    }
    if (totalMb <= this.limitMb || this.#leaving !== undefined) return;
    this.#leaving = this.#heaviest();
    this.#leaving?.overTotal(totalMb);
  }

  /** An agent has ended. */
  leave(member: RunMember): void {
    this.#members.delete(member);
    if (this.#leaving === member) this.#leaving = undefined;
  }

  /** What each agent uses. */
  get present(): readonly number[] {
    return [...this.#members.values()];
  }

  /** What is left for further agents beside `running`, each of which may still come to need `expectedMb`. */
  spareMb(running: number, expectedMb: number): number {
    const seen = this.present;
    const unseen = Math.max(0, running - seen.length);
    return this.limitMb - seen.reduce((sum, each) => sum + Math.max(each, expectedMb), unseen * expectedMb);
  }

  #heaviest(): RunMember | undefined {
    let heaviest: RunMember | undefined;
    let most = -1;
    for (const [member, memoryMb] of this.#members) {
      if (memoryMb <= most) continue;
      heaviest = member;
      most = memoryMb;
    }
    return heaviest;
  }
}
