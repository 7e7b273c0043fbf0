import type { ChildProcess, TreeUsage } from "../../ports/processes.ts";
import { openThrottle, throttleStep, type ThrottleState } from "./cpu-throttle.ts";
import { judgeMemory, needsExactMemory, usedMemoryMb, type MemoryVerdict } from "./memory-verdict.ts";
import {
  cpuThrottled,
  cpuWarning,
  memoryViolation,
  memoryWarning,
  type LimitNotice,
  type ResourceLimits,
} from "./resource-limits.ts";

/** Between two looks for newcomers, and at a program whose CPU is limited. */
export const CALM_LOOK_MS = 250;
/** Between two looks at a program that is far below its memory limit, or has none. */
const FAR_LOOK_MS = 1_000;
/** A program that has just begun is looked at often: it may end soon, and nothing is known of it. */
const YOUNG_MS = 2_000;
/** As fast as a program takes memory that does nothing else. */
const FASTEST_MB_PER_MS = 2;
const CLOSE_LOOK_MS = 50;
const WARN_SHARE = 0.8;
/** CPU is told as the average of at least this long. */
const CPU_WINDOW_MS = 500;

/** Who wants to know of a program's limits. */
export interface LimitListener {
  notice(notice: LimitNotice): void;
  /** It is over its memory limit and is to be asked to end, once; if it grows on it is ended here by force. */
  overMemory(notice: LimitNotice): void;
  /** What it uses now, in megabytes, as often as it is looked at: at least four times a second where this is asked for. */
  readonly measured?: (memoryMb: number) => void;
  /** Ending it by force failed. */
  fault(error: unknown): void;
}

/** What a program and its descendants have used so far. */
export interface UsedResources {
  /** Highest memory seen, in megabytes; undefined when nobody had the time to look. */
  readonly peakMemoryMb: number | undefined;
  readonly cpuMs: number;
  /** Time for which it was stopped to hold its CPU limit. */
  readonly throttledMs: number;
}

/** One program with its descendants, judged look by look. It is told what was seen and acts on the program. */
export class FollowedTree {
  readonly child: ChildProcess;
  readonly #limits: ResourceLimits;
  readonly #listener: LimitListener;
  readonly #since: number;
  #throttle: ThrottleState | undefined;
  #usage: TreeUsage | undefined;
  #memoryMb = 0;
  #peakMemoryMb: number | undefined;
  #rssAtLastExactMb = 0;
  #verdict: MemoryVerdict = "fine";
  #wasOver = false;
  #forced = false;
  #throttledMs = 0;
  #window: { readonly at: number; readonly cpuMs: number } | undefined;
  #cpuPercent = 0;
  readonly #told = new Set<string>();
  #ended = false;
  /** When it is to be looked at next. */
  dueAt: number;

  constructor(followed: {
    readonly child: ChildProcess;
    readonly limits: ResourceLimits;
    readonly listener: LimitListener;
    readonly now: number;
  }) {
    this.child = followed.child;
    this.#limits = followed.limits;
    this.#listener = followed.listener;
    this.#since = followed.now;
    this.dueAt = followed.now + CLOSE_LOOK_MS;
  }

  get used(): UsedResources {
    return {
      peakMemoryMb: this.#peakMemoryMb,
      cpuMs: this.#usage?.cpuMs ?? 0,
      throttledMs: Math.round(this.#throttledMs),
    };
  }

  /** What it uses now: megabytes, and percent of one core. */
  get present(): { readonly memoryMb: number; readonly cpuPercent: number } {
    return { memoryMb: this.#memoryMb, cpuPercent: this.#cpuPercent };
  }

  /** Takes what a look has seen; true when its memory must be looked at exactly before it can be judged. */
  see(at: number, usage: TreeUsage): boolean {
    if (this.#ended) return false;
    this.#usage = usage;
    this.dueAt = at + this.#patienceMs(at, usage.rssMb);
    this.#judgeCpu(at, usage.cpuMs);
    return needsExactMemory({
      rssMb: usage.rssMb,
      limitMb: this.#limits.maxMemoryMB,
      rssAtLastExactMb: this.#rssAtLastExactMb,
    });
  }

  /** How long it cannot get to a limit, whatever it does. */
  #patienceMs(at: number, rssMb: number): number {
    const { maxMemoryMB = Infinity, maxCPUPercent } = this.#limits;
    const untilLimitMs = (maxMemoryMB - rssMb) / FASTEST_MB_PER_MS;
    const isFar = maxCPUPercent === undefined && !this.#listener.measured && at - this.#since >= YOUNG_MS;
    const longest = isFar ? FAR_LOOK_MS : CALM_LOOK_MS;
    return Math.max(CLOSE_LOOK_MS, Math.min(longest, untilLimitMs));
  }

  /** Judges its memory, after `see`; `exactMb` if it was asked for and is known. */
  judgeMemory(at: number, exactMb: number | undefined): void {
    const rssMb = this.#usage?.rssMb ?? 0;
    if (this.#ended || rssMb === 0) return;
    if (exactMb !== undefined) this.#rssAtLastExactMb = rssMb;
    // Without an exact look it has grown by less than a tenth since the last one.
    const reading = { rssMb, exactMb };
    const known = exactMb !== undefined || this.#rssAtLastExactMb === 0;
    this.#memoryMb = known ? usedMemoryMb(reading) : Math.min(rssMb, this.#memoryMb);
    this.#peakMemoryMb = Math.max(this.#peakMemoryMb ?? 0, this.#memoryMb);
    this.#listener.measured?.(this.#memoryMb);
    const limitMb = this.#limits.maxMemoryMB;
    if (limitMb === undefined) return;
    this.#verdict = judgeMemory({ rssMb: this.#memoryMb, exactMb }, limitMb, this.#wasOver);
    this.#wasOver = this.#memoryMb > limitMb;
    if (this.#verdict === "fine") return;
    this.dueAt = Math.min(this.dueAt, at + CLOSE_LOOK_MS);
    if (this.#verdict === "close") return;
    this.#tellOnce(memoryWarning(this.#memoryMb, limitMb));
    if (this.#verdict === "warn") return;
    const violation = memoryViolation(this.#memoryMb, limitMb);
    if (this.#tellOnce(violation)) this.#listener.overMemory(violation);
    // Its grace is for cleaning up, not for more of the same.
    if (this.#verdict !== "far-over" || this.#forced) return;
    this.#forced = true;
    this.child.killTree().catch((error: unknown) => this.#listener.fault(error));
  }

  /** The kernel has ended it for its memory before anybody here has seen that. */
  endedByKernel(): void {
    const limitMb = this.#limits.maxMemoryMB;
    if (limitMb === undefined) return;
    this.#peakMemoryMb = Math.max(this.#peakMemoryMb ?? 0, limitMb);
    const violation = memoryViolation(this.#peakMemoryMb, limitMb);
    if (this.#tellOnce(violation)) this.#listener.overMemory(violation);
  }

  /** The machine could not be looked at: whoever is stopped must not stay so, and its owner is told. */
  lookFailed(nextAt: number, error: unknown): void {
    this.dueAt = nextAt;
    this.child.resume();
    this.#throttle = undefined;
    this.#listener.fault(error);
  }

  /** Stops following; the program goes on if it was stopped. */
  end(): void {
    if (this.#throttle?.stoppedAt !== undefined && !this.#ended) this.child.resume();
    this.#ended = true;
  }

  #judgeCpu(at: number, cpuMs: number): void {
    this.#window ??= { at, cpuMs };
    const { maxCPUPercent } = this.#limits;
    const windowMs = at - this.#window.at;
    if (windowMs >= CPU_WINDOW_MS) {
      this.#cpuPercent = (100 * (cpuMs - this.#window.cpuMs)) / windowMs;
      this.#window = { at, cpuMs };
      if (maxCPUPercent !== undefined && this.#cpuPercent >= WARN_SHARE * maxCPUPercent)
        this.#tellOnce(cpuWarning(this.#cpuPercent, maxCPUPercent));
    }
    if (maxCPUPercent !== undefined) this.#holdCpu(at, cpuMs, maxCPUPercent);
  }

  #holdCpu(at: number, cpuMs: number, limitPercent: number): void {
    const former = this.#throttle ?? openThrottle(at, cpuMs, limitPercent / 100);
    const { state, action, lookInMs } = throttleStep(former, { at, cpuMs }, limitPercent / 100);
    this.#throttle = state;
    if (former.stoppedAt !== undefined) this.#throttledMs += at - former.at;
    // Who was stopped is stopped again: it may have started somebody in between who runs.
    if (action === "stop" || state.stoppedAt !== undefined) this.child.pause();
    if (action === "continue") this.child.resume();
    if (action === "stop") {
      const measured = Math.max(limitPercent, this.#cpuPercent, this.#percentSince(at, cpuMs));
      this.#tellOnce(cpuWarning(measured, limitPercent));
      this.#tellOnce(cpuThrottled(measured, limitPercent));
    }
    const busy = action !== undefined || state.stoppedAt !== undefined || this.#throttledMs > 0 || cpuMs > former.cpuMs;
    if (busy) this.dueAt = Math.min(this.dueAt, at + lookInMs);
  }

  /** Percent of one core since the present window began; too short a time says nothing. */
  #percentSince(at: number, cpuMs: number): number {
    const { at: since, cpuMs: before } = this.#window ?? { at, cpuMs };
    return at - since >= 2 * CLOSE_LOOK_MS ? (100 * (cpuMs - before)) / (at - since) : 0;
  }

  #tellOnce(notice: LimitNotice): boolean {
    const key = `${notice.type} ${notice.limit}`;
    if (this.#told.has(key)) return false;
    this.#told.add(key);
    this.#listener.notice(notice);
    return true;
  }
}
