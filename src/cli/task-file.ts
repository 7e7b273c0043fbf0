import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document } from "yaml";
import { analysisResultInputSchema } from "../schema/workflow.ts";
import { deepestIssue, type Issue } from "../schema/deepest-issue.ts";
import { refuse } from "../schema/problem.ts";
import { taskSchema } from "../schema/task.ts";
import { phasesSchema } from "../schema/phases.ts";
import type { CommandHost } from "./command-host.ts";
import type { TaskFile } from "./task-file-content.ts";
import { looksLikeTemplate, phaseFile, templateFile } from "./phase-file.ts";
import type { Services } from "../services.ts";
import { addToGroup } from "../util/add-to-group.ts";

const mebibyte = 1_024 * 1_024;
const maxBytes = 256 * mebibyte;
/** YAML is read into a tree with places, which takes about a hundred times as long as JSON without. */
const maxYamlBytes = 16 * mebibyte;
/** Larger JSON is read without places: refusals name the field, not the line. */
const maxPlacedBytes = mebibyte;

/**
 * Reads a file of tasks in YAML or JSON; `-` is standard input, and the name of a template that is no file's is filled
 * in for the goal. Refuses with file, line and column.
 */
export async function readTaskFile(request: {
  readonly host: CommandHost;
  readonly files: Services["files"];
  readonly path: string;
  readonly goal?: string | undefined;
}): Promise<TaskFile> {
  const { host, files, path, goal } = request;
  if (path === "-") return parseTaskFile(await host.readInput(maxBytes), "standard input");
  const absolute = host.absolutePath(path);
  const status = await files.status(absolute);
  if (status?.kind === "folder") refuse(unreadable(path, "is a folder"));
  const text = status === undefined ? undefined : await files.readText(absolute);
  if (text === undefined && looksLikeTemplate(path)) return templateFile(path, goal);
  if (text === undefined) return refuse(unreadable(path, "does not exist"));
  if (text.length > maxBytes) refuse(unreadable(path, "is larger than 256 MiB"));
  return parseTaskFile(text, path);
}

/** Understands a list of tasks, `{title?, tasks}`, or an analysis result. */
export function parseTaskFile(text: string, name: string): TaskFile {
  const { source, content } = largeJson(text, name) ?? placedContent(text, name);
  if (Array.isArray(content)) return fromTasks(source, [], name, content);
  if (typeof content !== "object" || content === null) {
    return refuse(invalid(`${name}:1:1: a list of tasks is expected, or an object with "tasks"`));
  }
  if ("suggestedBatches" in content) return fromAnalysis(source, content);
  return fromObject(source, content as Record<string, unknown>);
}

const objectKeys = ["title", "tasks", "phases", "template"];

interface Source {
  /** Where everything is; absent for very large files. */
  readonly places?: { readonly document: Document; readonly lines: LineCounter };
  readonly name: string;
}

interface Read {
  readonly source: Source;
  readonly content: unknown;
}

/** A large JSON file without places; undefined for what is small, or no JSON. */
function largeJson(text: string, name: string): Read | undefined {
  if (text.length <= maxPlacedBytes) return undefined;
  try {
    return { source: { name }, content: JSON.parse(text) as unknown };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

function placedContent(text: string, name: string): Read {
  if (text.length > maxYamlBytes) refuse(unreadable(name, "is larger than 16 MiB and no JSON"));
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    refuse(invalid(`${name}:${line}:${col}: this is neither YAML nor JSON: ${error.message}`));
  }
  return { source: { places: { document, lines }, name }, content: toPlain(document, name) };
}

type Path = readonly (string | number)[];

function toPlain(document: Document, name: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return refuse(invalid(`${name}: ${error instanceof Error ? error.message : "it cannot be read"}`));
  }
}

function fromObject(source: Source, content: Record<string, unknown>): TaskFile {
  const workflowKey = ["steps", "jobs", "inputs", "workflow"].find((key) => key in content);
  if (workflowKey !== undefined) {
    refuse({
      code: "NOT_SUPPORTED_YET",
      error: `${atName(source, [workflowKey])} workflow files ("${workflowKey}") are not there yet.`,
      field: workflowKey,
      advice: "Write the tasks themselves: {title, tasks: [{id, description, dependsOn}]}.",
    });
  }
  for (const key of Object.keys(content)) {
    if (!objectKeys.includes(key)) {
      refuse(invalid(`${atName(source, [key])} "${key}" means nothing here; only ${objectKeys.join(", ")} do.`, key));
    }
  }
  if ("template" in content) return templateFile(String(content["template"]), textOf(content["title"]));
  if ("phases" in content) return fromPhases(source, content);
  if (!Array.isArray(content["tasks"])) {
    refuse(invalid(`${at(source, ["tasks"])} "tasks" is missing, or no list.`, "tasks"));
  }
  return fromTasks(source, ["tasks"], textOf(content["title"]) ?? source.name, content["tasks"] as unknown[]);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function fromPhases(source: Source, content: Record<string, unknown>): TaskFile {
  const phases = accept(source, ["phases"], phasesSchema.safeParse(content["phases"]));
  (content["phases"] as unknown[]).forEach((phase, index) => {
    const inList = Array.isArray(phase);
    const items = (inList ? phase : (phase as { readonly tasks: unknown[] }).tasks) as unknown[];
    const prefix: Path = inList ? ["phases", index] : ["phases", index, "tasks"];
    items.forEach((item, place) => {
      if (typeof item !== "string") checkMembers(source, [...prefix, place], item);
    });
  });
  const { tasks } = fromTasks(source, ["tasks"], "", (content["tasks"] ?? []) as unknown[]);
  return phaseFile({ title: textOf(content["title"]) ?? source.name, phases, tasks });
}

function fromTasks(source: Source, prefix: Path, title: string, items: readonly unknown[]): TaskFile {
  const tasks = items.map((item, index) => {
    const path = [...prefix, index];
    checkMembers(source, path, item);
    return accept(source, path, taskSchema.safeParse(item));
  });
  return { title, tasks, source: { tasks } };
}

function fromAnalysis(source: Source, content: unknown): TaskFile {
  const analysisResult = accept(source, [], analysisResultInputSchema.safeParse(content));
  const needs = new Map<string, string[]>();
  for (const { from, to } of analysisResult.dependencyGraph?.edges ?? []) addToGroup(needs, to, from);
  const tasks = analysisResult.suggestedBatches.flatMap((batch) =>
    batch.tasks.map((task) => {
      const dependsOn = [...new Set([...(task.dependsOn ?? []), ...(needs.get(task.id) ?? [])])];
      return dependsOn.length === 0 ? task : Object.assign({}, task, { dependsOn });
    }),
  );
  const { taskDescription } = analysisResult;
  const title = typeof taskDescription === "string" && taskDescription !== "" ? taskDescription : source.name;
  return { title, tasks, source: { analysisResult } };
}

function checkMembers(source: Source, path: Path, item: unknown): void {
  if (typeof item !== "object" || item === null || Array.isArray(item)) {
    refuse(invalid(`${at(source, path)} a task is an object with id and description.`, fieldOf(path)));
  }
  const known = Object.keys(taskSchema.shape);
  for (const key of Object.keys(item)) {
    if (known.includes(key)) continue;
    const meant = known.find((name) => name.toLowerCase() === key.replace(/[-_]/g, "").toLowerCase());
    const hint = meant === undefined ? "" : ` Is "${meant}" meant?`;
    refuse({
      ...invalid(`${atName(source, [...path, key])} a task has no "${key}".${hint}`, fieldOf([...path, key])),
      allowed: known,
    });
  }
}

/** What a schema says of a value. */
type Parsed<Value> =
  | { readonly success: true; readonly data: Value }
  | {
      readonly success: false;
      readonly error: { readonly issues: readonly Issue[] };
    };

function accept<Value>(source: Source, prefix: Path, parsed: Parsed<Value>): Value {
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const issue = first && deepestIssue(first);
  const path = [...prefix, ...(issue?.path ?? [])].filter((part) => typeof part !== "symbol");
  return refuse(invalid(`${at(source, path)} ${fieldOf(path)}: ${issue?.message ?? "not understood"}`, fieldOf(path)));
}

/** `file:line:column:` of a member's name. */
function atName(source: Source, path: Path): string {
  const parent: unknown = source.places?.document.getIn(path.slice(0, -1), true);
  const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1)) : undefined;
  return isScalar(pair?.key) && pair.key.range ? placeText(source, pair.key.range[0]) : at(source, path);
}

/** `file:line:column:` of a value, or of the nearest one around it. */
function at(source: Source, path: Path): string {
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = source.places?.document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return placeText(source, node.range[0]);
  }
  return `${source.name}:`;
}

function placeText({ places, name }: Source, offset: number): string {
  if (!places) return `${name}:`;
  const { line, col } = places.lines.linePos(offset);
  return `${name}:${line}:${col}:`;
}

function fieldOf(path: Path): string {
  return path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : text === "" ? part : `${text}.${part}`),
    "",
  );
}

function invalid(error: string, field?: string) {
  return {
    code: "INVALID_ARGUMENT" as const,
    error,
    ...(field === undefined || field === "" ? {} : { field }),
    example: { title: "Add login", tasks: [{ id: "api", description: "Write the login API" }] },
    advice: "Correct the file; nothing has run.",
  };
}

function unreadable(path: string, reason: string) {
  return {
    code: "FILE_NOT_READABLE" as const,
    error: `The file '${path}' ${reason}.`,
    field: "FILE",
    advice: "Name a YAML or JSON file with tasks, - for standard input, or a template and a goal.",
  };
}
