import type { WireGraph } from "../schema/graph.ts";
import type { Analysis } from "../schema/plan.ts";
import type { Answer } from "./define-tool.ts";

/** Bytes of JSON that an answer may have unless everything is asked for. */
export const answerLimitBytes = 24 * 1024;

interface Cut {
  readonly value: unknown;
  readonly changed: boolean;
}

/** Above this clients put an answer into a file, and show the model its beginning. */
const inlineBytes = 60_000;

interface CutStep {
  readonly what: string;
  readonly cut: (answer: unknown) => Cut;
  /** Where an answer has none of these keys, there is nothing to be cut. */
  readonly keys?: readonly string[];
  /** Only answers of more bytes are cut by this, because others still have a use for what goes. */
  readonly above?: number;
}

/** What is cut, in this order, until the answer fits. Tasks, batches, conflicts and results never are. */
const cuts: readonly CutStep[] = [
  { what: "file contents", ...without("content", "preview") },
  { what: "diffs", ...without("diff") },
  { what: "schedule slots", ...without("slots") },
  { what: "hunks", ...without("hunks") },
  { what: "what the agents say of their work", ...without("agentSummary") },
  { what: "the timeline of the report", ...without("timeline") },
  { what: "the words that suggest a dependency", ...without("evidence") },
  { what: "descriptions in the graph's nodes, which the batches have too", cut: withoutRepeatedTexts },
  { what: "dependencies that are hints and not in the graph", cut: withoutHints },
  { what: "the graph's nodes, which are the tasks of the batches", cut: withoutNodes, above: inlineBytes },
  {
    what: "the graph's explicit edges, which the tasks of the batches state in dependsOn",
    cut: withoutStatedEdges,
    above: inlineBytes,
  },
];

/** Makes an answer fit by leaving out what matters least, and says how to get it. */
export function fitSize(answer: Answer, how: string): Answer {
  let fields = fieldsOf(answer, new Map());
  let bytes = jsonBytes(fields);
  if (bytes <= answerLimitBytes) return answer;
  const present = keysIn(answer);
  const left: string[] = [];
  let fitted = answer;
  for (const { what, cut, keys, above = answerLimitBytes } of cuts) {
    if (bytes + (left.length > 0 ? noteBytes : 0) <= above) continue;
    if (keys && !keys.some((key) => present.has(key))) continue;
    const { value, changed } = cut(fitted);
    if (!changed) continue;
    left.push(what);
    fitted = value as Answer;
    fields = fieldsOf(fitted, fields);
    bytes = jsonBytes(fields);
  }
  if (left.length === 0) return answer;
  const { summary, next, ...rest } = fitted;
  return { summary, next, truncated: true, more: { leftOut: left, how }, ...rest };
}

/** An analysis has every task twice: whole in its batches, and in the nodes of its graph, where the texts can go. */
function withoutRepeatedTexts(answer: unknown): Cut {
  const graph = repeatedGraph(answer);
  if (graph === undefined) return { value: answer, changed: false };
  const nodes = Object.create(null) as Record<string, object>;
  for (const [id, node] of Object.entries(graph.nodes)) {
    const { description: _description, context: _context, simulate: _simulate, ...task } = node.task;
    nodes[id] = { ...node, task };
  }
  return { value: { ...(answer as Answer), dependencyGraph: { ...graph, nodes } }, changed: true };
}

/** The graph of an analysis whose batches hold all its tasks; callers get it back from those in every tool. */
function repeatedGraph(answer: unknown): WireGraph | undefined {
  const { suggestedBatches = [], dependencyGraph } = answer as Partial<Analysis>;
  return suggestedBatches.length === 0 ? undefined : dependencyGraph;
}

function withoutNodes(answer: unknown): Cut {
  const graph = repeatedGraph(answer);
  if (graph === undefined) return { value: answer, changed: false };
  return { value: { ...(answer as Answer), dependencyGraph: { ...graph, nodes: {} } }, changed: true };
}

function withoutStatedEdges(answer: unknown): Cut {
  const graph = repeatedGraph(answer);
  const edges = graph?.edges.filter(({ type }) => type === "implicit") ?? [];
  const changed = graph !== undefined && edges.length < graph.edges.length;
  return { value: changed ? { ...(answer as Answer), dependencyGraph: { ...graph, edges } } : answer, changed };
}

function withoutHints(answer: unknown): Cut {
  const { implicitDependencies: found = [] } = answer as Partial<Analysis>;
  const applied = found.filter((dependency) => dependency.applied);
  const changed = applied.length < found.length;
  return { value: changed ? { ...(answer as Answer), implicitDependencies: applied } : answer, changed };
}

/** Room for the note that something was cut. */
const noteBytes = 768;

interface Field {
  readonly value: unknown;
  /** Name and value as JSON; empty where JSON has no such value. */
  readonly text: string;
  readonly bytes: number;
}

/** An answer as JSON by its fields. Those that a cut left as they were are not written again: they may be large. */
function fieldsOf(answer: Answer, before: ReadonlyMap<string, Field>): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>();
  for (const [name, value] of Object.entries(answer)) {
    const known = before.get(name);
    fields.set(name, known && known.value === value ? known : toField(name, value));
  }
  return fields;
}

function toField(name: string, value: unknown): Field {
  const text = JSON.stringify({ [name]: value }).slice(1, -1);
  return { value, text, bytes: Buffer.byteLength(text) };
}

/** Bytes of the whole answer: its fields, commas between them and braces around. */
function jsonBytes(fields: ReadonlyMap<string, Field>): number {
  const written = [...fields.values()].filter(({ text }) => text !== "");
  return written.reduce((sum, { bytes }) => sum + bytes + 1, written.length === 0 ? 2 : 1);
}

/** Fields that are never cut, and those whose keys are ids. */
const opaque = new Set(["next", "tasks", "nodes", "agentStatuses"]);

/** All keys of an answer that could be cut, found in one visit to each object. */
function keysIn(value: unknown, found = new Set<string>()): ReadonlySet<string> {
  if (Array.isArray(value)) for (const item of value) keysIn(item, found);
  else if (value !== null && typeof value === "object") {
    for (const [key, inner] of Object.entries(value)) {
      found.add(key);
      if (!opaque.has(key)) keysIn(inner, found);
    }
  }
  return found;
}

function without(...keys: readonly string[]): Pick<CutStep, "cut" | "keys"> {
  const names = new Set(keys);
  return { keys, cut: (answer) => withoutKeys(answer, names) };
}

function withoutKeys(value: unknown, keys: ReadonlySet<string>): Cut {
  if (Array.isArray(value)) {
    const items = value.map((item) => withoutKeys(item, keys));
    return items.some((item) => item.changed)
      ? { value: items.map((item) => item.value), changed: true }
      : { value, changed: false };
  }
  if (value === null || typeof value !== "object") return { value, changed: false };
  let changed = false;
  const kept: [string, unknown][] = [];
  for (const [key, inner] of Object.entries(value)) {
    if (keys.has(key) && inner !== undefined) {
      changed = true;
      continue;
    }
    const cut = opaque.has(key) ? { value: inner, changed: false } : withoutKeys(inner, keys);
    changed ||= cut.changed;
    kept.push([key, cut.value]);
  }
  return changed ? { value: Object.fromEntries(kept), changed } : { value, changed };
}
