import type { LimitView, RunView } from "../engines/progress/run-view.ts";
import { countText, durationText } from "./duration-text.ts";
import { fit, maxColumns, sanitise } from "./text-layout.ts";

/** The name of a limit and its unit, in a person's words. */
const words: Readonly<Record<string, readonly [name: string, unit: string]>> = {
  "resourceLimits.maxMemoryMB": ["memory", "MB"],
  "resourceLimits.maxTotalMemoryMB": ["memory of the run", "MB"],
  "resourceLimits.maxCPUPercent": ["CPU", "%"],
  "budget.maxUsd": ["the run's budget", "USD"],
  "budget.maxTokens": ["the run's budget", "tokens"],
  "task.budget.maxUsd": ["its budget", "USD"],
  "task.budget.maxTokens": ["its budget", "tokens"],
};

/** What was measured against what is allowed, such as `memory 530 of 512 MB`. */
export function limitUse({ limit, measured, allowed }: Omit<LimitView, "type" | "action">): string {
  const [name, unit] = words[limit] ?? [sanitise(limit), ""];
  return `${name} ${measured} of ${allowed} ${unit}`.trimEnd();
}

/** A line on each limit of an agent's resources and what was used of it, and one on a number of agents that is held down. */
export function limitLines(view: RunView): string[] {
  const { maxMemoryMB, maxTotalMemoryMB, maxCPUPercent } = view.spec.constraints.resourceLimits ?? {};
  const lines: string[] = [];
  const tasks = [...view.tasks.values()];
  if (maxMemoryMB !== undefined) {
    const peak = Math.max(0, ...tasks.map((task) => task.outcome?.peakMemoryMB ?? 0));
    const ended = countHeld(view, "resourceLimits.maxMemoryMB");
    const used = [
      ...(peak > 0 ? [`most used ${Math.round(peak)}`] : []),
      ...(ended > 0 ? [`${countText(ended, "agent")} ended`] : []),
    ];
    lines.push(`limit: memory ${maxMemoryMB} MB an agent${used.length > 0 ? ` (${used.join(", ")})` : ""}`);
  }
  if (maxTotalMemoryMB !== undefined) {
    const ended = countHeld(view, "resourceLimits.maxTotalMemoryMB");
    const used = ended > 0 ? `${countText(ended, "agent")} ended` : "never exceeded";
    lines.push(`limit: memory ${maxTotalMemoryMB} MB for all agents together (${used})`);
  }
  if (maxCPUPercent !== undefined) {
    const held = countHeld(view, "resourceLimits.maxCPUPercent");
    const waitedMs = tasks.reduce((sum, task) => sum + (task.outcome?.throttledMs ?? 0), 0);
    const used =
      held > 0 ? `${held} held back${waitedMs > 0 ? ` for ${durationText(waitedMs)}` : ""}` : "never reached";
    lines.push(`limit: CPU ${maxCPUPercent} % of a core an agent (${used})`);
  }
  const { capacity, spec } = view;
  if (capacity && capacity.agents < spec.maxParallelAgents && view.endedAt === undefined) {
    lines.push(`${capacity.agents} of ${spec.maxParallelAgents} agents for now: ${sanitise(capacity.reason)}`);
  }
  return lines.map((line) => fit(line, maxColumns));
}

function countHeld(view: RunView, limit: string): number {
  const held = (hit: LimitView): boolean => hit.type === "limit.enforced" && hit.limit === limit;
  return [...view.tasks.values()].filter((task) => task.limits?.some(held)).length;
}
