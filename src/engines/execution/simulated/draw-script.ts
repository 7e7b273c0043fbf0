import type { PlannedTask } from "../../../schema/event.ts";
import type { SimulatedEdit, SimulationSettings } from "../../../schema/simulation.ts";
import { hashText, seededRandom } from "../../../util/seeded-random.ts";

/** What one simulated attempt will do, every chance already taken. */
export interface DrawnScript {
  readonly durationMs: number;
  /** Why the attempt fails at its end; undefined when it succeeds. */
  readonly failure: string | undefined;
  readonly hangs: boolean;
  readonly question: { readonly text: string; readonly options: readonly string[] } | undefined;
  readonly progress: readonly string[];
  readonly edits: readonly SimulatedEdit[];
  readonly memoryMB: number | undefined;
  /** CPU it asks for; above its limit its work takes the longer. */
  readonly cpuPercent: number | undefined;
  readonly tokens: number | undefined;
  readonly apiCalls: number | undefined;
}

/** Chance that an unscripted attempt fails, unless the run says another. */
const defaultFailureRates = { conservative: 0.05, aggressive: 0.1 } as const;

const msPerMinute = 60_000;

/** Takes every chance of one attempt from the seed, so that the same attempt always goes the same way. */
export function drawScript(request: {
  readonly task: PlannedTask;
  readonly attempt: number;
  readonly strategy: "conservative" | "aggressive";
  readonly settings: SimulationSettings;
  readonly maxCPUPercent?: number | undefined;
}): DrawnScript {
  const { task, attempt, settings, maxCPUPercent = Infinity } = request;
  const script = task.simulate;
  const random = seededRandom(hashText(`${task.id}#${attempt}`, settings.seed ?? 1));
  const spread = Math.exp((settings.durationSigma ?? 0) * random.normal());
  const failureRate = settings.failureRate ?? defaultFailureRates[request.strategy];
  const slowdown = (script?.cpuPercent ?? 0) / maxCPUPercent;
  const unlucky = !script && random.next() < failureRate;
  return {
    durationMs: (script?.minutes ?? task.minutes * spread) * msPerMinute * Math.max(1, slowdown),
    failure: unlucky ? "the simulated agent failed by chance" : scriptedFailure(script?.fail, attempt),
    hangs: script?.hang ?? false,
    question: script?.question,
    progress: script?.progress ?? [],
    edits: (script?.edits ?? []).toSorted((left, right) => (left.atPercent ?? 100) - (right.atPercent ?? 100)),
    memoryMB: script?.memoryMB,
    cpuPercent: script?.cpuPercent,
    tokens: script?.tokens,
    apiCalls: script?.apiCalls,
  };
}

function scriptedFailure(
  fail: true | string | { readonly attempts: number } | undefined,
  attempt: number,
): string | undefined {
  if (fail === undefined) return undefined;
  if (fail === true) return "the simulated agent failed as scripted";
  if (typeof fail === "string") return fail;
  return attempt <= fail.attempts ? `the simulated agent failed in attempt ${attempt} as scripted` : undefined;
}
