/** What the calls of one task are paid from: the run's budget, and its own where it has one. */
import type { EventBody } from "../../../schema/event.ts";
import type { AgentError } from "../../../schema/outcome.ts";
import { nothingSpent, type Spend, type SpendBudget, type SpendVerdict } from "../../limits/spend-budget.ts";

/** The purse of one task, for all its attempts. */
export class TaskPurse {
  readonly #taskId: string;
  readonly #run: SpendBudget;
  readonly #own: SpendBudget | undefined;

  constructor(taskId: string, run: SpendBudget, own: SpendBudget | undefined) {
    this.#taskId = taskId;
    this.#run = run;
    this.#own = own;
  }

  /** Sets aside what a call is expected to cost, in both budgets or in none. */
  reserve(expected: Spend): SpendVerdict {
    const own = this.#own?.reserve(expected) ?? "now";
    if (own !== "now") return own;
    const verdict = this.#run.reserve(expected);
    if (verdict !== "now") this.#own?.settle(this.#taskId, expected, nothingSpent);
    return verdict;
  }

  /** Replaces what was set aside by what the call has cost. */
  settle(reserved: Spend, used: Spend): void {
    this.#own?.settle(this.#taskId, reserved, used);
    this.#run.settle(this.#taskId, reserved, used);
  }

  /** Corrects what the task has cost so far to what its agents say. */
  correct(total: Partial<Spend>): void {
    this.#own?.correct(this.#taskId, total);
    this.#run.correct(this.#taskId, total);
  }

  /** What the task has cost so far. */
  get spent(): Spend {
    return this.#run.spentBy(this.#taskId);
  }

  /** Whether nothing is left of the task's own budget. */
  get ownExhausted(): boolean {
    return this.#own?.exhausted ?? false;
  }

  /** Warnings that eight tenths of a budget are used, each told once. */
  warnings(): EventBody[] {
    return [
      ...warning(this.#taskId, this.#run, ["budget", "at the limit the run pauses and can be resumed"]),
      ...(this.#own ? warning(this.#taskId, this.#own, ["task.budget", "at the limit the agent is ended"]) : []),
    ];
  }

  /** That the agent is ended for its task's budget, as an event. */
  violation(): EventBody {
    const { spent, limits } = this.#own ?? this.#run;
    const action = "the agent is ended; what it has done is kept";
    return { type: "limit.enforced", taskId: this.#taskId, ...reachedLimit("task.budget", spent, limits), action };
  }

  /** Why an attempt failed that was ended for its task's budget. */
  error(): AgentError {
    const { spent, limits } = this.#own ?? this.#run;
    const { limit, measured, allowed } = reachedLimit("task.budget", spent, limits);
    const [used, most] = limit.endsWith("maxUsd")
      ? [`$${measured.toFixed(2)}`, `$${allowed.toFixed(2)}`]
      : [`${measured} tokens`, `${allowed}`];
    return {
      name: "BudgetExceeded",
      message: `it used ${used} and its budget allows ${most}; what it had done until then is kept`,
      // Another attempt would find nothing left either.
      retryable: false,
      options: ["raise the task's budget", "split the task into smaller ones", "keep what is there"],
    };
  }
}

function warning(taskId: string, budget: SpendBudget, [name, action]: readonly [string, string]): EventBody[] {
  if (!budget.nearsEnd()) return [];
  return [{ type: "limit.warned", taskId, ...reachedLimit(name, budget.spent, budget.limits), action }];
}

/** Of money and tokens the one of which more is used. */
function reachedLimit(
  name: string,
  spent: Spend,
  { usd, tokens }: SpendBudget["limits"],
): { readonly limit: string; readonly measured: number; readonly allowed: number } {
  const byMoney = usd !== undefined && (tokens === undefined || spent.usd / usd >= spent.tokens / tokens);
  if (byMoney) return { limit: `${name}.maxUsd`, measured: Math.round(spent.usd * 100) / 100, allowed: usd };
  return { limit: `${name}.maxTokens`, measured: Math.round(spent.tokens), allowed: tokens ?? 0 };
}
