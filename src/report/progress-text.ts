import type { ProgressReport } from "../schema/progress.ts";
import { countText } from "./duration-text.ts";
import { layOut } from "./text-block.ts";
import { pad, sanitise, shortLabels, wrap } from "./text-layout.ts";

/** Given agents' progress in at most 40 lines of 76 columns: who needs somebody first. */
export function progressSummary(report: ProgressReport): string {
  const agents = Object.values(report.agentStatuses);
  const label = shortLabels(
    agents.map((agent) => agent.agentId),
    20,
  );
  const count = (status: string): number => agents.filter((agent) => agent.status === status).length;
  const states = ["failed", "blocked", "working", "complete", "idle"].filter((state) => count(state) > 0);
  const verdict =
    report.overallProgress >= 100 ? "DONE" : count("failed") + count("blocked") > 0 ? "NEEDS YOU" : "ON ITS WAY";
  const done = `${Math.round(report.overallProgress)} %`;
  return layOut({
    head: [
      `${verdict} · ${done} · ${countText(agents.length, "agent")}: ${states.map((state) => `${count(state)} ${state}`).join(", ")}`,
      `expected to be complete ${report.estimatedCompletion} (${report.method})`,
    ],
    sections: [
      {
        heading: "HOLDING THINGS UP",
        items: report.bottlenecks.map((bottleneck) =>
          wrap(`${bottleneck.impact}: ${bottleneck.reason} - ${bottleneck.suggestion}`, {
            first: `  ! ${pad(label(bottleneck.agentId), 20)} `,
            rest: "      ",
            lines: 2,
          }),
        ),
      },
      {
        heading: "AGENTS",
        items: agents
          .toSorted((left, right) => states.indexOf(left.status) - states.indexOf(right.status))
          .map((agent) => [
            `  ${pad(label(agent.agentId), 20)} ${pad(`${Math.round(agent.percentComplete)}%`, 5)} ${pad(agent.status, 9)} ${sanitise(agent.currentTask)}`,
          ]),
      },
    ],
    tail: [],
  });
}
