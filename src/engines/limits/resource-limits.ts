/** What each agent, with everything it starts, may use. */
export interface ResourceLimits {
  /** Megabytes, shared memory counted once. */
  readonly maxMemoryMB?: number | undefined;
  /** Percent of one core. */
  readonly maxCPUPercent?: number | undefined;
}

/** Something that happened with a limit, in the words of the events. */
export interface LimitNotice {
  readonly type: "limit.warned" | "limit.enforced";
  /** Name of the limit, as it is asked for in `constraints`. */
  readonly limit: "resourceLimits.maxMemoryMB" | "resourceLimits.maxTotalMemoryMB" | "resourceLimits.maxCPUPercent";
  /** In the unit of the limit. */
  readonly measured: number;
  readonly allowed: number;
  /** What is done about it. */
  readonly action: string;
}

/** Warns that memory is at 80 % of its limit. */
export function memoryWarning(measuredMb: number, limitMb: number): LimitNotice {
  return {
    type: "limit.warned",
    limit: "resourceLimits.maxMemoryMB",
    measured: Math.round(measuredMb),
    allowed: limitMb,
    action: "watched closely; above the limit the agent is ended",
  };
}

/** Says that an agent is ended for its memory. */
export function memoryViolation(measuredMb: number, limitMb: number): LimitNotice {
  return {
    type: "limit.enforced",
    limit: "resourceLimits.maxMemoryMB",
    measured: Math.ceil(measuredMb),
    allowed: limitMb,
    action: "the agent is ended; what it has done is kept",
  };
}

/** Warns that the agents of a run use 80 % of what they may use together. */
export function totalMemoryWarning(totalMb: number, limitMb: number): LimitNotice {
  return {
    type: "limit.warned",
    limit: "resourceLimits.maxTotalMemoryMB",
    measured: Math.round(totalMb),
    allowed: limitMb,
    action: "no further agent starts without room; above the limit the one that uses most is ended",
  };
}

/** Says that an agent is ended because the run is over its limit and it uses most of it. */
export function totalMemoryViolation(totalMb: number, limitMb: number): LimitNotice {
  return {
    type: "limit.enforced",
    limit: "resourceLimits.maxTotalMemoryMB",
    measured: Math.ceil(totalMb),
    allowed: limitMb,
    action: "the agent that uses most is ended; what it has done is kept",
  };
}

/** Warns that CPU is at 80 % of its limit. */
export function cpuWarning(measuredPercent: number, limitPercent: number): LimitNotice {
  return {
    type: "limit.warned",
    limit: "resourceLimits.maxCPUPercent",
    measured: Math.round(measuredPercent),
    allowed: limitPercent,
    action: "above the limit the agent is slowed down",
  };
}

/** Says that an agent is slowed down. */
export function cpuThrottled(measuredPercent: number, limitPercent: number): LimitNotice {
  return {
    type: "limit.enforced",
    limit: "resourceLimits.maxCPUPercent",
    measured: Math.round(measuredPercent),
    allowed: limitPercent,
    action: "the agent is slowed down to the limit and goes on",
  };
}
