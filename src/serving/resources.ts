import {
  ResourceNotFoundError,
  type ReadResourceResult,
  type Resource,
  type ResourceTemplateType,
} from "@modelcontextprotocol/server";
import type { RunView, TaskView } from "../engines/progress/run-view.ts";
import { reportMarkdown } from "../report/report-markdown.ts";
import { runProgress } from "../report/run-progress.ts";
import { verdictLine } from "../report/run-text.ts";
import { sanitise } from "../report/text-layout.ts";
import { ProblemError } from "../schema/problem.ts";
import type { Services } from "../services.ts";

const root = "parallelization://runs";
const recentLimit = 20;
/** Longest text of one resource, in characters. */
const longestText = 1_000_000;

/** The list of runs and the newest runs, each with its report. */
export async function listResources(runs: Services["runs"]): Promise<Resource[]> {
  const views = await runs.recent(recentLimit);
  const list: Resource = { uri: root, name: "runs", title: "Recent runs", mimeType: "application/json" };
  return [
    list,
    ...views.map((view) => ({
      uri: `${root}/${encodeURIComponent(view.spec.executionId)}`,
      name: view.spec.executionId,
      title: verdictLine(view),
      mimeType: "application/json",
    })),
  ];
}

/** The forms of addresses that can be read. */
export function listResourceTemplates(): ResourceTemplateType[] {
  return [
    { uriTemplate: `${root}/{id}`, name: "run", title: "State of a run", mimeType: "application/json" },
    {
      uriTemplate: `${root}/{id}/tasks/{task}/log`,
      name: "log",
      title: "What a task's agent did",
      mimeType: "text/plain",
    },
    { uriTemplate: `${root}/{id}/report`, name: "report", title: "Report of a run", mimeType: "text/markdown" },
  ];
}

/** Reads one resource as it is at this moment. */
export async function readResource(
  uri: string,
  services: Pick<Services, "runs" | "clock">,
): Promise<ReadResourceResult> {
  const { runs, clock } = services;
  if (uri === root) return json(uri, (await runs.recent(recentLimit)).map(listedRun));
  const path = parseUri(uri);
  if (path === undefined) throw new ResourceNotFoundError(uri);
  const view = await findRun(uri, path.executionId, runs);
  const nowMs = clock.now();
  switch (path.part) {
    case "run":
      return json(uri, runProgress(view, nowMs));
    case "report":
      return text(uri, { content: reportMarkdown(view), mimeType: "text/markdown" });
    case "log": {
      const task = view.tasks.get(path.taskId);
      if (task === undefined) throw new ResourceNotFoundError(uri);
      return text(uri, { content: taskLog(task), mimeType: "text/plain" });
    }
  }
}

type ResourcePath =
  | { readonly part: "run"; readonly executionId: string }
  | { readonly part: "report"; readonly executionId: string }
  | { readonly part: "log"; readonly executionId: string; readonly taskId: string };

function parseUri(uri: string): ResourcePath | undefined {
  if (!uri.startsWith(`${root}/`) || uri.length > 2_000) return undefined;
  const [id, ...rest] = uri
    .slice(root.length + 1)
    .split("/")
    .map(decode);
  if (id === undefined || id === "") return undefined;
  const [what, taskId, last] = rest;
  if (rest.length === 0) return { part: "run", executionId: id };
  if (rest.length === 1 && what === "report") return { part: "report", executionId: id };
  if (rest.length !== 3 || what !== "tasks" || last !== "log" || taskId === undefined) return undefined;
  return { part: "log", executionId: id, taskId };
}

/** A part of an address as it was meant; nothing when it is badly encoded. */
function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

async function findRun(uri: string, executionId: string, runs: Services["runs"]): Promise<RunView> {
  try {
    return await runs.view(executionId);
  } catch (error) {
    if (error instanceof ProblemError) throw new ResourceNotFoundError(uri, error.problem.error);
    throw error;
  }
}

function listedRun(view: RunView): object {
  const { spec, status, createdAt } = view;
  return { executionId: spec.executionId, title: spec.title, status, createdAt, tasks: view.tasks.size };
}

/** What is known of one task's agent, for a person. */
function taskLog(task: TaskView): string {
  const { outcome } = task;
  const attempt = task.fallback
    ? `attempt ${task.attempts}, its fallback`
    : `attempt ${task.attempts} of ${task.task.maxAttempts}`;
  const lines = [`${sanitise(task.id)} · ${task.state} · ${attempt}`];
  lines.push(sanitise(task.task.description));
  if (task.fallback)
    lines.push(`its fallback: ${sanitise(task.task.fallback?.description ?? "the same, another way")}`);
  if (task.agentId !== undefined) lines.push(`agent: ${sanitise(task.agentId)}`);
  if (task.operation !== undefined) lines.push(`last operation: ${sanitise(task.operation)}`);
  for (const { text: said, delivered } of task.steers ?? [])
    lines.push(`${delivered === false ? "not told" : "told"}: ${sanitise(said)}`);
  if (task.skippedReason !== undefined) lines.push(`not run: ${sanitise(task.skippedReason)}`);
  if (task.previousError !== undefined) lines.push(`attempt before: ${sanitise(task.previousError)}`);
  if (outcome?.error) lines.push(`error ${outcome.error.name}: ${sanitise(outcome.error.message)}`);
  for (const option of outcome?.error?.options ?? []) lines.push(`  option: ${sanitise(option)}`);
  if (outcome?.summary !== undefined) lines.push("", "The agent says:", ...outcome.summary.split("\n").map(sanitise));
  for (const change of task.changes) {
    lines.push("", `${change.type} ${sanitise(change.file)}`);
    if (change.diff !== undefined) lines.push(change.diff);
  }
  return lines.join("\n");
}

function json(uri: string, value: unknown): ReadResourceResult {
  return { contents: [{ uri, mimeType: "application/json", text: JSON.stringify(value) }] };
}

function text(uri: string, { content, mimeType }: { content: string; mimeType: string }): ReadResourceResult {
  return { contents: [{ uri, mimeType, text: content.slice(0, longestText) }] };
}
