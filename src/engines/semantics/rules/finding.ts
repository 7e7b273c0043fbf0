import type { MeaningRule, Tier } from "./rule-table.ts";

/** A place in one side's version of a file. Lines are 1-based and inclusive; 0 stands for the file as a whole. */
export interface FindingPlace {
  /** Index of the side in the pair: 0 or 1. */
  readonly side: 0 | 1;
  readonly file: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly symbol?: string;
}

/** What the changes of two sides mean for each other. */
export interface Finding {
  readonly rule: MeaningRule;
  readonly tier: Tier;
  /** A sentence; `$0` and `$1` stand for the names of the sides. */
  readonly sentence: string;
  readonly places: readonly FindingPlace[];
  /** Equal for the same finding between other versions of the same work. */
  readonly key: string;
}
