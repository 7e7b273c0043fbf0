import type { PlannedTask } from "../../../schema/event.ts";
import { executorKindsOf } from "../../../schema/fallback.ts";
import type { Constraints, UnenforcedLimit } from "../../../schema/workflow.ts";

/** Limits on calls and money that are weaker than asked for, because agents can go past the gateway. */
export function unheldCalls(run: {
  readonly constraints: Constraints;
  readonly tasks: readonly Pick<PlannedTask, "executorKind" | "budget" | "fallback">[];
  /** Why calls cannot be led through the gateway at all. */
  readonly obstacle: string | undefined;
}): UnenforcedLimit[] {
  const { apiRateLimit, budget } = run.constraints;
  const cause = weakness(run.tasks.flatMap(executorKindsOf), run.obstacle);
  if (cause === undefined) return [];
  const rate =
    "agents start no faster than the limit, a refusal that one reports holds up all, and their tokens count at their end";
  const money = "only what agents report at their end is counted";
  const asked: readonly (readonly [limit: string, value: number | undefined, instead: string])[] = [
    ["apiRateLimit.maxRequestsPerMinute", apiRateLimit?.maxRequestsPerMinute, rate],
    ["apiRateLimit.maxTokensPerMinute", apiRateLimit?.maxTokensPerMinute, rate],
    ["budget.maxUsd", budget?.maxUsd, money],
    ["budget.maxTokens", budget?.maxTokens, money],
    ["task.budget.maxUsd", firstKnown(run.tasks.map((task) => task.budget?.maxUsd)), money],
    ["task.budget.maxTokens", firstKnown(run.tasks.map((task) => task.budget?.maxTokens)), money],
  ];
  return asked.flatMap(([limit, value, instead]) =>
    value === undefined ? [] : [{ limit, reason: `${cause}; then ${instead}` }],
  );
}

function firstKnown(values: readonly (number | undefined)[]): number | undefined {
  return values.find((value) => value !== undefined);
}

function weakness(kinds: readonly string[], obstacle: string | undefined): string | undefined {
  const real = kinds.filter((kind) => kind !== "simulated");
  if (real.length === 0) return undefined;
  if (obstacle !== undefined) return `weaker: ${obstacle}`;
  if (!real.includes("command")) return undefined;
  return "weaker for programs: they are told the gateway's address by ANTHROPIC_BASE_URL, OPENAI_BASE_URL and GOOGLE_GEMINI_BASE_URL, and may ignore it";
}
