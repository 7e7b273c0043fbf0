import { describe, expect, test } from "vitest";
import { estimateUsd } from "../../../src/engines/limits/model-prices.ts";
import { spendBudget } from "../../../src/engines/limits/spend-budget.ts";

const cost = (usd: number, tokens = 0) => ({ usd, tokens });

describe("a budget", () => {
  test("sets aside what calls are expected to cost, so that calls at the same time cannot overrun it together", () => {
    const budget = spendBudget({ usd: 1 });
    expect(budget.reserve(cost(0.4))).toBe("now");
    expect(budget.reserve(cost(0.4))).toBe("now");
    expect(budget.reserve(cost(0.4))).toBe("later");
    budget.settle("a", cost(0.4), cost(0.1));
    expect(budget.reserve(cost(0.4))).toBe("now");
  });

  test("lets a last call go alone as long as anything is left, and nothing after that (D6)", () => {
    const budget = spendBudget({ tokens: 1_000 });
    expect(budget.reserve(cost(0, 5_000))).toBe("now");
    budget.settle("a", cost(0, 5_000), cost(0, 900));
    expect(budget.exhausted).toBe(false);
    expect(budget.reserve(cost(0, 5_000))).toBe("now");
    budget.settle("a", cost(0, 5_000), cost(0, 900));
    expect(budget.exhausted).toBe(true);
    expect(budget.reserve(cost(0, 1))).toBe("never");
  });

  test("tells once that eight tenths are used, and again after it was extended", () => {
    const budget = spendBudget({ usd: 1 });
    budget.reserve(cost(0.85));
    expect(budget.nearsEnd()).toBe(false);
    budget.settle("a", cost(0.85), cost(0.85));
    expect([budget.nearsEnd(), budget.nearsEnd()]).toEqual([true, false]);
    budget.extend();
    expect(budget.limits).toEqual({ usd: 2 });
    expect(budget.nearsEnd()).toBe(false);
    budget.reserve(cost(0.8));
    budget.settle("b", cost(0.8), cost(0.8));
    expect(budget.nearsEnd()).toBe(true);
  });

  test("keeps an account for each task, corrected to what its agent says in the end", () => {
    const budget = spendBudget({ usd: 10, tokens: 10_000 });
    budget.reserve(cost(1, 100));
    budget.settle("a", cost(1, 100), cost(0.5, 90));
    budget.reserve(cost(1, 100));
    budget.settle("b", cost(1, 100), cost(0.25, 80));
    budget.correct("a", { usd: 0.75 });
    expect(budget.spentBy("a")).toEqual(cost(0.75, 90));
    expect(budget.spent).toEqual(cost(1, 170));
  });
});

describe("the price of a call", () => {
  test.each([
    ["claude-opus-4-5-20251101", { input: 2_000, output: 100 }, 0.0125],
    ["claude-sonnet-4-5", { input: 1_000_000 }, 3],
    ["claude-haiku-4-5", { output: 1_000_000 }, 5],
    ["claude-sonnet-4-5", { cacheRead: 1_000_000, cacheWrite: 1_000_000 }, 4.05],
    ["gpt-5-mini", { input: 1_000_000, output: 1_000_000 }, 2.25],
    ["gemini-2.5-flash", { output: 1_000_000 }, 2.5],
    ["a model nobody knows", { input: 1_000_000 }, 5],
  ])("of %s for %o is $%d by the list", (model, use, usd) => {
    expect(estimateUsd({ model, ...use })).toBeCloseTo(usd, 10);
  });
});
