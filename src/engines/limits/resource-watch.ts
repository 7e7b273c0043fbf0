/**
 * Follows what programs use, and holds their limits: every 250 ms one look for whoever has come, and at each program
 * as often as it could get to a limit: once a second far below it (four times in its first two seconds), every 50 ms
 * and less close to it.
 *
 * It decides nothing about tasks: who is over the memory limit is reported, and whoever asked for it ends the agent.
 */
import type { Clock } from "../../ports/clock.ts";
import type { ChildProcess, UsageSampler } from "../../ports/processes.ts";
import { CALM_LOOK_MS, FollowedTree, type LimitListener, type UsedResources } from "./followed-tree.ts";
import { forecastMemory, type RunningAgentMemory } from "./memory-admission.ts";
import type { ResourceLimits } from "./resource-limits.ts";

/** A program that is followed. */
export interface Following {
  readonly used: UsedResources;
  /** Settles when all is known, after the program has ended: the kernel may have ended it for its memory. */
  readonly settled: Promise<void>;
  /** Stops following it; what it has used stays known. */
  end(): void;
}

/** What is asked for when a program is followed. */
export interface FollowRequest {
  readonly child: ChildProcess;
  /** Programs of one kind need about the same memory. */
  readonly kind: string;
  readonly limits: ResourceLimits;
  readonly listener: LimitListener;
}

interface Follower {
  readonly tree: FollowedTree;
  readonly kind: string;
  readonly limits: ResourceLimits;
}

const SOON_MS = 50;

const nothingUsed: UsedResources = { peakMemoryMb: undefined, cpuMs: 0, throttledMs: 0 };

/** The one watch of a server, over the agents of all its runs. */
export class ResourceWatch {
  readonly #clock: Clock;
  readonly #usage: UsageSampler | undefined;
  readonly #followers = new Map<number, Follower>();
  /** Highest memory seen by kind. */
  readonly #peaks = new Map<string, number>();
  #nextSweepAt = 0;
  #looking = false;
  #cancelTimer: () => void = () => undefined;

  constructor(world: { readonly clock: Clock; readonly usage: UsageSampler | undefined }) {
    this.#clock = world.clock;
    this.#usage = world.usage;
  }

  /** Whether limits can be held here. */
  get holds(): boolean {
    return this.#usage !== undefined;
  }

  /** Follows a program until it has ended, and holds its limits. */
  follow(request: FollowRequest): Following {
    const { child, kind, limits, listener } = request;
    const { pid } = child;
    if (pid === undefined || this.#usage === undefined)
      return { used: nothingUsed, settled: Promise.resolve(), end: () => undefined };
    const tree = new FollowedTree({ child, limits, listener, now: this.#clock.now() });
    const follower: Follower = { tree, kind, limits };
    this.#followers.set(pid, follower);
    // The first look finds whoever it has started already.
    this.#nextSweepAt = Math.min(this.#nextSweepAt, tree.dueAt);
    this.#schedule();
    const end = (): void => {
      tree.end();
      if (this.#followers.get(pid) === follower) this.#followers.delete(pid);
    };
    const limited = child.kernelLimits?.set(limits);
    limited?.catch((error: unknown) => listener.fault(error));
    const finish = async (): Promise<void> => {
      await child.exited;
      end();
      if (await child.kernelLimits?.memoryExceeded()) tree.endedByKernel();
    };
    const settled = finish().catch((error: unknown) => listener.fault(error));
    return {
      settled,
      get used() {
        return tree.used;
      },
      end,
    };
  }

  /** Memory that a further agent of a kind is expected to need, in megabytes. */
  expectedMemoryMb(kind: string, limits: ResourceLimits): number {
    return forecastMemory(kind, this.#peaks.get(kind), limits.maxMemoryMB);
  }

  /** What the agents of all runs here use now, and what they may still come to need. */
  presentAgents(): readonly RunningAgentMemory[] {
    return [...this.#followers.values()].map(({ tree, kind, limits }) => ({
      memoryMb: tree.present.memoryMb,
      cpuPercent: tree.present.cpuPercent,
      expectedMb: this.expectedMemoryMb(kind, limits),
    }));
  }

  #schedule(): void {
    this.#cancelTimer();
    if (this.#looking || this.#followers.size === 0) return;
    let dueAt = this.#nextSweepAt;
    for (const { tree } of this.#followers.values()) dueAt = Math.min(dueAt, tree.dueAt);
    this.#cancelTimer = this.#clock.setTimer(Math.max(1, dueAt - this.#clock.now()), () => {
      this.#looking = true;
      this.#look()
        .catch((error: unknown) => this.#fault(error))
        .finally(() => {
          this.#looking = false;
          this.#schedule();
        });
    });
  }

  async #look(): Promise<void> {
    const now = this.#clock.now();
    const sweep = now >= this.#nextSweepAt;
    if (sweep) this.#nextSweepAt = now + CALM_LOOK_MS;
    // Who is due soon is looked at now: one look for many is cheaper than many.
    const due = [...this.#followers].filter(([, { tree }]) => tree.dueAt <= now + (sweep ? SOON_MS : 0));
    const pids = due.map(([pid]) => pid);
    const usages = await this.#usage?.sample(pids, sweep ? [...this.#followers.keys()] : []);
    const at = this.#clock.now();
    const unclear: number[] = [];
    for (const [pid, { tree }] of due) {
      const usage = usages?.get(pid);
      if (usage === undefined) tree.dueAt = at + CALM_LOOK_MS;
      else if (tree.see(at, usage)) unclear.push(pid);
    }
    const exact = unclear.length === 0 ? undefined : await this.#usage?.proportionalMemoryMb(unclear);
    for (const [pid, { tree, kind }] of due) {
      tree.judgeMemory(this.#clock.now(), exact?.get(pid));
      const peak = tree.used.peakMemoryMb ?? 0;
      if (peak > (this.#peaks.get(kind) ?? 0)) this.#peaks.set(kind, peak);
    }
  }

  /** The machine could not be looked at: whoever relies on it is told, and the next look is a whole one. */
  #fault(error: unknown): void {
    this.#nextSweepAt = this.#clock.now() + CALM_LOOK_MS;
    for (const { tree } of this.#followers.values()) tree.lookFailed(this.#nextSweepAt, error);
  }
}
