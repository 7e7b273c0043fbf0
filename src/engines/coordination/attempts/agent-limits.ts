/** What one attempt may use of the machine: joins its agent, real or simulated, to the watch over resources. */
import type { ChildProcess } from "../../../ports/processes.ts";
import type { EventBody } from "../../../schema/event.ts";
import type { AgentError } from "../../../schema/outcome.ts";
import { judgeMemory } from "../../limits/memory-verdict.ts";
import {
  cpuThrottled,
  cpuWarning,
  memoryViolation,
  memoryWarning,
  totalMemoryViolation,
  totalMemoryWarning,
  type LimitNotice,
  type ResourceLimits,
} from "../../limits/resource-limits.ts";
import type { RunMember, RunMemory } from "../../limits/run-memory.ts";
import type { Following, ResourceWatch } from "../../limits/resource-watch.ts";

/** What the limits of an attempt are held with. */
export interface LimitsContext {
  readonly taskId: string;
  /** Kind of the agent. */
  readonly kind: string;
  readonly limits: ResourceLimits;
  /** Absent where no real programs are watched. */
  readonly watch: ResourceWatch | undefined;
  /** What the run's agents use together; absent without a limit on that. */
  readonly runMemory: RunMemory | undefined;
  /** Milliseconds on the run's own clock. */
  now(): number;
  emit(event: EventBody): void;
  /** The attempt is to end, because it is over its memory limit. */
  overMemory(): void;
  /** Its programs can no longer be watched. */
  fault(error: unknown): void;
}

/** A simulated agent's word of what it uses. */
export interface ClaimedUse {
  readonly memoryMB?: number;
  readonly cpuPercent?: number;
}

/** The account of one attempt. */
export class AgentLimits implements RunMember {
  readonly #context: LimitsContext;
  readonly #followed: Following[] = [];
  /** What each program that is at work uses. */
  readonly #present = new Map<ChildProcess, number>();
  /** What all agents of the run used together when this one was ended for it. */
  #overTotalMb: number | undefined;
  #claimedPeakMb: number | undefined;
  /** Since when a simulated agent is held back, and for which part of the time. */
  #claimedThrottle: { readonly since: number; readonly share: number } | undefined;

  constructor(context: LimitsContext) {
    this.#context = context;
  }

  /** Follows a program of the attempt and all it starts. */
  follow(child: ChildProcess): void {
    const { watch, kind, limits, overMemory, fault, runMemory } = this.#context;
    if (!watch) return;
    const count = (memoryMb: number): void => {
      this.#present.set(child, memoryMb);
      runMemory?.note(
        this,
        [...this.#present.values()].reduce((sum, each) => sum + each, 0),
      );
    };
    const listener = {
      notice: (notice: LimitNotice) => this.#tell(notice),
      overMemory,
      fault,
      ...(runMemory && { measured: count }),
    };
    const following = watch.follow({ child, kind, limits, listener });
    this.#followed.push(following);
    void this.#forget(child, following);
  }

  async #forget(child: ChildProcess, { settled }: Following): Promise<void> {
    await settled;
    this.#present.delete(child);
    if (this.#present.size === 0) this.#context.runMemory?.leave(this);
  }

  nearTotal(totalMb: number): void {
    this.#tell(totalMemoryWarning(totalMb, this.#context.runMemory?.limitMb ?? 0));
  }

  overTotal(totalMb: number): void {
    this.#overTotalMb = totalMb;
    this.#tell(totalMemoryViolation(totalMb, this.#context.runMemory?.limitMb ?? 0));
    this.#context.overMemory();
  }

  /** Judges what a simulated agent says it uses, by the same rules. */
  hear({ memoryMB, cpuPercent }: ClaimedUse): void {
    const { maxMemoryMB, maxCPUPercent } = this.#context.limits;
    if (memoryMB !== undefined) {
      this.#claimedPeakMb = Math.max(this.#claimedPeakMb ?? 0, memoryMB);
      if (maxMemoryMB !== undefined) this.#judgeMemory(memoryMB, maxMemoryMB);
      this.#context.runMemory?.note(this, memoryMB);
    }
    if (cpuPercent === undefined || maxCPUPercent === undefined || cpuPercent < 0.8 * maxCPUPercent) return;
    this.#tell(cpuWarning(cpuPercent, maxCPUPercent));
    if (cpuPercent <= maxCPUPercent) return;
    this.#claimedThrottle = { since: this.#context.now(), share: 1 - maxCPUPercent / cpuPercent };
    this.#tell(cpuThrottled(cpuPercent, maxCPUPercent));
  }

  /** Settles when all is known of the programs that have ended; may find that the memory limit was exceeded. */
  async settle(): Promise<void> {
    await Promise.all(this.#followed.map(({ settled }) => settled));
    if (this.#present.size === 0) this.#context.runMemory?.leave(this);
  }

  /** What the attempt has used so far, as an outcome tells it. */
  get used(): { readonly peakMemoryMB?: number; readonly cpuMs?: number; readonly throttledMs?: number } {
    if (this.#followed.length === 0 && this.#claimedPeakMb === undefined && !this.#claimedThrottle) return {};
    const used = this.#followed.map((following) => following.used);
    const peaks = [this.#claimedPeakMb, ...used.map(({ peakMemoryMb }) => peakMemoryMb)].filter(isKnown);
    const claimed = this.#claimedThrottle;
    const claimedMs = claimed ? Math.round(claimed.share * (this.#context.now() - claimed.since)) : 0;
    const throttledMs = used.reduce((sum, part) => sum + part.throttledMs, claimedMs);
    return {
      ...(peaks.length > 0 && { peakMemoryMB: Math.ceil(Math.max(...peaks)) }),
      ...(used.length > 0 && { cpuMs: Math.round(used.reduce((sum, part) => sum + part.cpuMs, 0)) }),
      ...(throttledMs > 0 && { throttledMs }),
    };
  }

  /** Why an attempt failed that was ended for its memory. */
  memoryError(): AgentError {
    const { maxMemoryMB = 0 } = this.#context.limits;
    const { peakMemoryMB = maxMemoryMB } = this.used;
    if (this.#overTotalMb !== undefined) return this.#totalMemoryError(this.#overTotalMb, peakMemoryMB);
    return {
      name: "MemoryLimitExceeded",
      message: `it used ${peakMemoryMB} MB of memory and ${maxMemoryMB} MB are allowed; what it had done until then is kept`,
      // The same work needs the same memory again.
      retryable: false,
      options: [
        `raise constraints.resourceLimits.maxMemoryMB above ${peakMemoryMB}`,
        "split the task into smaller ones",
        "keep what is there",
      ],
    };
  }

  #totalMemoryError(totalMb: number, peakMb: number): AgentError {
    const allowedMb = this.#context.runMemory?.limitMb ?? 0;
    return {
      name: "MemoryLimitExceeded",
      message: `the run's agents used ${Math.ceil(totalMb)} MB of memory together, this one ${peakMb} MB of it, and ${allowedMb} MB are allowed; what it had done until then is kept`,
      // Beside fewer agents it may have room.
      retryable: true,
      options: [
        "raise constraints.resourceLimits.maxTotalMemoryMB",
        "run fewer agents at once (maxParallelAgents)",
        "keep what is there",
      ],
    };
  }

  #judgeMemory(memoryMB: number, limitMb: number): void {
    const verdict = judgeMemory({ rssMb: memoryMB, exactMb: memoryMB }, limitMb, false);
    if (verdict === "fine" || verdict === "close") return;
    this.#tell(memoryWarning(memoryMB, limitMb));
    if (verdict === "warn") return;
    this.#tell(memoryViolation(memoryMB, limitMb));
    this.#context.overMemory();
  }

  #tell(notice: LimitNotice): void {
    this.#context.emit({ ...notice, taskId: this.#context.taskId });
  }
}

function isKnown(number: number | undefined): number is number {
  return number !== undefined;
}
