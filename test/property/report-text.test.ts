import fc from "fast-check";
import { expect, test } from "vitest";
import type { EventBody } from "../../src/schema/event.ts";
import { runStatuses } from "../../src/schema/workflow.ts";
import { reportMarkdown } from "../../src/report/report-markdown.ts";
import { progressLine } from "../../src/report/progress-line.ts";
import { runProgress } from "../../src/report/run-progress.ts";
import { displayWidth, sanitise, shortLabels } from "../../src/report/text-layout.ts";
import { changed, failedTask, runStory, started, succeeded } from "../rig/run-story.ts";

const nasty = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.constantFrom(
    "\u001b[31mred\u001b[0m",
    "日本語のタスク".repeat(8),
    "a".repeat(200),
    "👩‍👩‍👧".repeat(20),
    "x\u202ey",
    "two\nlines",
  ),
);

interface Happening {
  readonly kind: number;
  readonly text: string;
  readonly ms: number;
}

function eventsOf(id: string, { kind, text, ms }: Happening): EventBody[] {
  const start = started(id, text || "agent");
  const change = { ...changed(text || "f"), addedLines: ms };
  if (kind === 0) return [];
  if (kind === 1) return [{ type: "task.skipped", taskId: id, reason: text }];
  if (kind === 2)
    return [start, { type: "task.progressed", taskId: id, operation: text, percent: ms % 101, files: [text || "f"] }];
  if (kind === 3) return [start, failedTask(id, "agent", ms, text)];
  if (kind === 4)
    return [
      start,
      succeeded(id, "agent", { durationMs: ms, changes: [change], summary: text, usage: { costUsd: ms } }),
    ];
  return [
    start,
    { type: "task.asked", taskId: id, questionId: text, text, options: [text, text], fallback: text, timeoutMs: ms },
  ];
}

const view = fc
  .record({
    title: nasty,
    happenings: fc.uniqueArray(fc.record({ id: nasty, kind: fc.nat(5), text: nasty, ms: fc.nat(100_000_000) }), {
      selector: (happening) => happening.id,
      minLength: 1,
      maxLength: 70,
    }),
    real: fc.boolean(),
    unenforced: fc.array(fc.record({ limit: nasty, reason: nasty }), { maxLength: 4 }),
    held: fc.nat(8),
    status: fc.option(fc.constantFrom(...runStatuses)),
    applied: fc.boolean(),
  })
  .map(({ title, happenings, real, unenforced, held, status, applied }) => {
    const kind = real ? "claude-code" : "simulated";
    const tasks = happenings.map(({ id }, index) => ({
      id,
      executorKind: kind,
      needs: index > 2 ? [happenings[0]!.id] : [],
    }));
    const story = runStory(tasks, {
      title,
      unenforced,
      executor: kind,
      workspace: "/w",
      executionId: `run_${"0".repeat(26)}`,
    });
    for (const happening of happenings) story.at(happening.ms, ...eventsOf(happening.id, happening));
    const names = happenings.slice(0, held).map(({ id, text }) => ({ taskId: id, conflictIds: [], reason: text }));
    story.at(9e8, { type: "merge.finished", merged: happenings.map(({ id }) => id), held: names, conflicts: [] });
    if (applied)
      story.at(9e8, {
        type: "apply.finished",
        applied,
        files: ["f"],
        undo: "u",
        ref: title,
        reason: title,
        conflicts: [],
      });
    if (status) story.at(9e8, { type: "run.finished", status });
    return story.view();
  });

test("any run is told in at most 40 lines of 76 columns without a control character", () => {
  fc.assert(
    fc.property(view, (run) => {
      const { summary, overallProgress, metrics } = runProgress(run, 9e8);
      const lines = summary.split("\n");
      expect(lines.length).toBeLessThanOrEqual(40);
      expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(76);
      expect(summary).not.toMatch(/[^\P{C}\n]/u);
      expect(overallProgress === 100).toBe(run.status === "completed");
      expect(Object.values(metrics).every(Number.isFinite)).toBe(true);
      expect(displayWidth(progressLine(run, 9e8).message)).toBeLessThanOrEqual(80);
      expect(reportMarkdown(run)).not.toMatch(/[^\P{Cc}\n]/u);
    }),
    { numRuns: 300 },
  );
});

test("shortened names of different tasks stay different and fit", () => {
  fc.assert(
    fc.property(fc.uniqueArray(nasty, { maxLength: 40 }), (ids) => {
      const label = shortLabels(ids, 20);
      const labels = ids.map(label);
      expect(new Set(labels).size).toBe(ids.length);
      expect(labels.every((each) => displayWidth(each) <= 20 && sanitise(each) === each.trim())).toBe(true);
    }),
  );
});
