import type { Constraints, UnenforcedLimit } from "../../schema/workflow.ts";

/** Limits on calls and money that are weaker than asked for, because agents can go past the gateway. */
export function unheldCalls(run: {
  readonly constraints: Constraints;
  readonly executorKinds: readonly string[];
  /** Why calls cannot be led through the gateway at all. */
  readonly obstacle: string | undefined;
}): UnenforcedLimit[] {
  const { apiRateLimit, budget } = run.constraints;
  const reason = weakness(run.executorKinds, run.obstacle);
  if (reason === undefined) return [];
  const asked: readonly (readonly [limit: string, value: number | undefined])[] = [
    ["apiRateLimit.maxRequestsPerMinute", apiRateLimit?.maxRequestsPerMinute],
    ["apiRateLimit.maxTokensPerMinute", apiRateLimit?.maxTokensPerMinute],
    ["budget.maxUsd", budget?.maxUsd],
    ["budget.maxTokens", budget?.maxTokens],
  ];
  return asked.filter(([, value]) => value !== undefined).map(([limit]) => ({ limit, reason }));
}

function weakness(kinds: readonly string[], obstacle: string | undefined): string | undefined {
  const real = kinds.filter((kind) => kind !== "simulated");
  if (real.length === 0) return undefined;
  if (obstacle !== undefined) return `weaker: ${obstacle}; only what agents report at their end is counted`;
  if (!real.includes("command")) return undefined;
  return "weaker for programs: they are told the gateway's address by ANTHROPIC_BASE_URL, OPENAI_BASE_URL and GOOGLE_GEMINI_BASE_URL, and may ignore it";
}
