/**
 * A budget of money and tokens for a run, and what of it each task has used. Pure bookkeeping.
 *
 * M1  What a call is expected to cost is set aside before it is made, and replaced by what it did cost.
 * M2  A call goes when it fits beside all that is set aside; one that does not fit waits for those to end.
 *     Alone it may go as long as anything is left, so that a budget is overrun by one call at most.
 * M3  Nothing goes when nothing is left.
 * M4  Somebody is told once when eight tenths are used.
 */

/** An amount of money and tokens. */
export interface Spend {
  readonly usd: number;
  readonly tokens: number;
}

/** The most that may be spent; what is absent is not limited. */
export interface SpendLimits {
  readonly usd?: number;
  readonly tokens?: number;
}

/** Whether a call may go now, later, or not at all. */
export type SpendVerdict = "now" | "later" | "never";

/** The account of one run. */
export interface SpendBudget {
  /** Sets aside what a call is expected to cost, when the verdict is `now`. */
  reserve(expected: Spend): SpendVerdict;
  /** Replaces what was set aside by what a task's call has cost. */
  settle(taskId: string, reserved: Spend, used: Spend): void;
  /** Corrects what a task has cost so far to what its agent says. */
  correct(taskId: string, total: Partial<Spend>): void;
  /** Allows as much again as the budget was. */
  extend(): void;
  readonly spent: Spend;
  spentBy(taskId: string): Spend;
  /** What may be spent altogether by now. */
  readonly limits: SpendLimits;
  /** Whether nothing is left. */
  readonly exhausted: boolean;
  /** Whether eight tenths are used, told once for each budget. */
  nearsEnd(): boolean;
}

/** Nothing spent. */
export const nothingSpent: Spend = { usd: 0, tokens: 0 };

const softShare = 0.8;
/** Sums of prices are not exact. */
const tiny = 1e-9;

/** Opens the account of a run. */
export function spendBudget(granted: SpendLimits): SpendBudget {
  const byTask = new Map<string, Spend>();
  let limits = granted;
  let spent = nothingSpent;
  let aside = nothingSpent;
  let open = 0;
  let told = false;

  const over = (amount: Spend, share = 1): boolean =>
    (limits.usd !== undefined && amount.usd > limits.usd * share + tiny) ||
    (limits.tokens !== undefined && amount.tokens > limits.tokens * share);
  const reached = (share: number): boolean =>
    (limits.usd !== undefined && spent.usd >= limits.usd * share - tiny) ||
    (limits.tokens !== undefined && spent.tokens >= limits.tokens * share);
  const charge = (taskId: string, more: Spend): void => {
    spent = add(spent, more);
    byTask.set(taskId, add(byTask.get(taskId) ?? nothingSpent, more));
  };

  return {
    reserve(expected) {
      if (reached(1)) return "never";
      if (open > 0 && over(add(add(spent, aside), expected))) return "later";
      open += 1;
      aside = add(aside, expected);
      return "now";
    },
    settle(taskId, reserved, used) {
      open -= 1;
      aside = open === 0 ? nothingSpent : subtract(aside, reserved);
      charge(taskId, used);
    },
    correct(taskId, total) {
      const known = byTask.get(taskId) ?? nothingSpent;
      charge(taskId, {
        usd: (total.usd ?? known.usd) - known.usd,
        tokens: (total.tokens ?? known.tokens) - known.tokens,
      });
    },
    extend() {
      told = false;
      const { usd, tokens } = limits;
      limits = {
        ...(usd !== undefined && { usd: usd + (granted.usd ?? 0) }),
        ...(tokens !== undefined && { tokens: tokens + (granted.tokens ?? 0) }),
      };
    },
    get spent() {
      return spent;
    },
    spentBy: (taskId) => byTask.get(taskId) ?? nothingSpent,
    get limits() {
      return limits;
    },
    get exhausted() {
      return reached(1);
    },
    nearsEnd() {
      if (told || !reached(softShare)) return false;
      told = true;
      return true;
    },
  };
}

function add(left: Spend, right: Spend): Spend {
  return { usd: left.usd + right.usd, tokens: left.tokens + right.tokens };
}

function subtract(left: Spend, right: Spend): Spend {
  return { usd: left.usd - right.usd, tokens: left.tokens - right.tokens };
}
