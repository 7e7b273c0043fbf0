import type { Batch } from "../schema/plan.ts";
import { countText, minutesText } from "./duration-text.ts";
import { layOut } from "./text-block.ts";
import { shortLabels, wrap } from "./text-layout.ts";

/** Batches as optimize_batch_distribution gives them. */
export interface DistributionResult {
  readonly batches: readonly Batch[];
  readonly estimatedTotalTime: number;
  readonly loadBalance: number;
  readonly reasoning: string;
}

/** Batches in at most 40 lines of 76 columns. */
export function distributionSummary(result: DistributionResult): string {
  const label = shortLabels(
    result.batches.flatMap((batch) => batch.tasks.map((task) => task.id)),
    22,
  );
  const count = countText(result.batches.length, "batch").replace("batchs", "batches");
  const head = `${count} · ~${minutesText(result.estimatedTotalTime)} in all · load balance ${Math.round(result.loadBalance)} of 100`;
  return layOut({
    head: [head, ...wrap(result.reasoning, { lines: 4 })],
    sections: [
      {
        heading: "BATCHES",
        items: result.batches.map((batch, index) => {
          const names = batch.tasks.slice(0, 30).map((task) => label(task.id));
          const more = batch.tasks.length > 30 ? ` and ${batch.tasks.length - 30} more` : "";
          const text = `~${minutesText(batch.estimatedMinutes)}  ${names.join(", ")}${more}`;
          return wrap(text, { first: `  ${index + 1}. `, rest: "     ", lines: 4 });
        }),
        more: (left) => `… and ${left} more batches`,
      },
    ],
    tail: [],
  });
}
