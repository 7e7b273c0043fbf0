// Calls every tool as a client would and keeps what it answers, so that the documentation shows real answers. What
// differs from run to run (ids and dates) is written the same way every time.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importSources } from "./type-text.mjs";

const sources = `
  export { createServices } from "./src/services.ts";
  export { handleCall } from "./src/tools/handle-call.ts";
  export { findTool, toolNames } from "./src/tools/registry.ts";
  export { problemMeanings } from "./src/schema/problem.ts";
  export { agentResultInputSchema } from "./src/schema/outcome.ts";
  export { agentProgressSchema } from "./src/schema/progress.ts";
  export { taskSchema } from "./src/schema/task.ts";
  export { constraintRanges, constraintsSchema } from "./src/schema/workflow.ts";
  export { simulationScriptSchema } from "./src/schema/simulation.ts";
`;

/** The product's own modules, and a way to call tools; `close` removes what the calls have left. */
export const tools = await openTools();

async function openTools() {
  const stateFolder = mkdtempSync(join(tmpdir(), "parallelization-docs-"));
  // In a root folder nothing is a workspace, so that the runs leave nothing behind; and nobody's settings count.
  process.chdir("/");
  for (const name of Object.keys(process.env)) {
    if (/^(PARALLELIZATION_|CLAUDE)/.test(name)) delete process.env[name];
  }
  process.env.XDG_CONFIG_HOME = stateFolder;
  const modules = await importSources(sources, "docs");
  const services = modules.createServices({ stateFolder });
  const { runs, plans, clock } = services;
  const world = {
    context: { runs, plans, clock, origin: async () => ({}), startedRun: undefined },
    deliver: async ({ executionId }) => ({ kind: "view", view: await runs.wait(executionId, { waitMs: 60_000 }) }),
    log: () => undefined,
  };
  return {
    modules,
    async call(name, args) {
      const reply = await modules.handleCall({ name, arguments: args }, world);
      return JSON.parse(reply.content[0].text);
    },
    async close() {
      await runs.shutdown();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}

const loginTasks = [
  { id: "api", description: "Write the login API in src/api", estimatedMinutes: 20 },
  { id: "form", description: "Write the login form in src/ui", estimatedMinutes: 15 },
  { id: "e2e", description: "Test login end to end", dependsOn: ["api", "form"], estimatedMinutes: 10 },
];

/** One call and its answer for every tool, in the order of the list. */
export async function playExamples() {
  const { call, modules } = tools;
  const examples = new Map();
  const play = async (name, args) => {
    const answer = await call(name, args);
    examples.set(name, { args, answer });
    return answer;
  };
  const { planId } = await play("analyze_task_parallelizability", {
    taskDescription: "Add login",
    subtasks: loginTasks,
  });
  const simulation = { seed: 1, failureRate: 0 };
  const { executionId } = await play("execute_parallel_workflow", { planId, executor: "simulated", simulation });
  await play("aggregate_progress", { executionId });
  await play("control_workflow", { executionId, action: "delete" });
  for (const name of modules.toolNames()) {
    if (!examples.has(name)) await play(name, modules.findTool(name).example);
  }
  return examples;
}

/** The same text every time: ids and dates that a run draws are replaced. */
export function steady(text) {
  return text
    .replaceAll(/\bexec-[a-z0-9]{8}-[a-z0-9]{16}\b/g, "exec-0mh1k2x3-5f0c9a7e41b24d68")
    .replaceAll(/\bplan-[a-z0-9]{8}-[a-z0-9]{10}\b/g, "plan-0mh1k2x3-9b27c6d051")
    .replaceAll(/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "2026-01-05T09:00:00.000Z");
}

/** A value as JSON for reading: of long lists the first item, of deep objects the outside, of long texts the beginning. */
export function shortened(value, depth = 0) {
  if (typeof value === "string") return value.length > 90 ? `${value.slice(0, 90)}…` : value;
  if (value === null || typeof value !== "object") return value;
  if (depth > 2 && Object.values(value).some((inner) => inner !== null && typeof inner === "object")) return "…";
  if (Array.isArray(value)) {
    const shown = value.every((item) => typeof item === "string") ? 3 : 1;
    const items = value.slice(0, shown).map((item) => shortened(item, depth + 1));
    return value.length > shown ? [...items, `… ${value.length - shown} more`] : items;
  }
  const entries = Object.entries(value);
  const kept = depth < 1 || entries.length <= 8 ? entries : entries.slice(0, 6);
  const short = kept.map(([key, inner]) => [key, shortened(inner, depth + 1)]);
  return Object.fromEntries(kept.length < entries.length ? [...short, ["…", `${entries.length - 6} more`]] : short);
}
