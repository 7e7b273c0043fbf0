import type { CallUse } from "../../ports/model-calls.ts";

/** US dollars for a million tokens. */
interface Price {
  readonly input: number;
  readonly output: number;
}

/** List prices by family, the first that fits; an estimate, as people have discounts and prices change. */
const prices: readonly (readonly [RegExp, Price])[] = [
  [/opus-(3|4-0|4-1|4-2025)|3-opus/, { input: 15, output: 75 }],
  [/opus/, { input: 5, output: 25 }],
  [/3-5-haiku|haiku-3-5/, { input: 0.8, output: 4 }],
  [/3-haiku/, { input: 0.25, output: 1.25 }],
  [/haiku/, { input: 1, output: 5 }],
  [/sonnet/, { input: 3, output: 15 }],
  [/gpt-5.*nano/, { input: 0.05, output: 0.4 }],
  [/gpt-5.*mini/, { input: 0.25, output: 2 }],
  [/gpt-5.*pro/, { input: 15, output: 120 }],
  [/gpt-5|codex/, { input: 1.25, output: 10 }],
  [/gpt-4o-mini/, { input: 0.15, output: 0.6 }],
  [/gpt-4o/, { input: 2.5, output: 10 }],
  [/gpt-4\.1-nano/, { input: 0.1, output: 0.4 }],
  [/gpt-4\.1-mini/, { input: 0.4, output: 1.6 }],
  [/gpt-4\.1/, { input: 2, output: 8 }],
  [/\bo[34]-mini/, { input: 1.1, output: 4.4 }],
  [/\bo3/, { input: 2, output: 8 }],
  [/gemini.*flash-lite/, { input: 0.1, output: 0.4 }],
  [/gemini.*flash/, { input: 0.3, output: 2.5 }],
  [/gemini/, { input: 1.25, output: 10 }],
];

/** For a model that is not known: rather too much than too little. */
const unknown: Price = { input: 5, output: 25 };

/** Share of the price of a token read that one from a cache costs, and one put there. */
const cacheReadShare = 0.1;
const cacheWriteShare = 1.25;

/** What a call has cost by list price, in US dollars. */
export function estimateUsd(use: Omit<CallUse, "counted">): number {
  const { input: perInput, output: perOutput } = priceOf(use.model);
  const read = (use.input ?? 0) + (use.cacheRead ?? 0) * cacheReadShare + (use.cacheWrite ?? 0) * cacheWriteShare;
  return (read * perInput + (use.output ?? 0) * perOutput) / 1_000_000;
}

function priceOf(model: string | undefined): Price {
  const name = model?.toLowerCase() ?? "";
  return prices.find(([pattern]) => pattern.test(name))?.[1] ?? unknown;
}
