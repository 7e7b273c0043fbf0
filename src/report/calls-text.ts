import type { RunView } from "../engines/progress/run-view.ts";
import { countText, durationText } from "./duration-text.ts";
import { fit, maxColumns, sanitise } from "./text-layout.ts";

/** A line on the limits of a run's calls to models, and one on its budget, with what was used of them. */
export function callLimitLines(view: RunView): string[] {
  const { apiRateLimit, budget } = view.spec.constraints;
  const used = { calls: 0, waitedMs: 0, usd: 0, tokens: 0 };
  for (const { usage } of view.tasks.values()) {
    used.calls += usage?.apiCalls ?? 0;
    used.waitedMs += usage?.waitedMs ?? 0;
    used.usd += usage?.costUsd ?? 0;
    used.tokens += usage?.tokens ?? 0;
  }
  const { maxRequestsPerMinute: requests, maxTokensPerMinute: tokens, provider } = apiRateLimit ?? {};
  const lines: string[] = [];
  if (requests !== undefined || tokens !== undefined) {
    const rates = [
      ...(requests === undefined ? [] : [`${requests} requests`]),
      ...(tokens === undefined ? [] : [`${tokens} tokens`]),
    ];
    const waited = used.waitedMs > 0 ? `, waited ${durationText(used.waitedMs)}` : ", never waited";
    lines.push(
      `limits: ${rates.join(", ")} a minute (${sanitise(provider ?? "")}): ${countText(used.calls, "call")}${waited}`,
    );
  }
  const times = 1 + (view.budgetExtensions ?? 0);
  const parts: string[] = [];
  if (budget?.maxUsd !== undefined) parts.push(`~$${used.usd.toFixed(2)} of $${(budget.maxUsd * times).toFixed(2)}`);
  if (budget?.maxTokens !== undefined) parts.push(`${used.tokens} of ${budget.maxTokens * times} tokens`);
  if (parts.length > 0) lines.push(`budget: ${parts.join(" · ")} used`);
  return lines.map((line) => fit(line, maxColumns));
}
