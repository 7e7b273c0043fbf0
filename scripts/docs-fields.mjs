// Tables of what tools take, read off their schemas. Whether an argument is taken yet is found out by asking the tool.

import { tools } from "./docs-examples.mjs";
import { code, number, sentence, table } from "./docs-markdown.mjs";
import { descriptionOf, typeText, unwrapOptional } from "./type-text.mjs";

const head = ["Type", "Required", "Meaning and limits"];

/** What a tool takes. */
export async function argumentTable(tool) {
  const rows = [];
  for (const [name, field] of Object.entries(tool.input.shape)) {
    const refused = await isRefused(tool, name, field);
    rows.push(...rowsWithInsides(name, field, refused ? "not supported yet" : undefined));
  }
  return table(["Argument", ...head], rows);
}

/** The fields of a task. */
export async function taskTable() {
  const execute = tools.modules.findTool("execute_parallel_workflow");
  const rows = [];
  for (const [name, field] of Object.entries(tools.modules.taskSchema.shape)) {
    const given = { id: "a", description: "x", [name]: sample(field) };
    const { code: refusal, field: at } = await tools.call(execute.name, {
      executor: "simulated",
      waitSeconds: 0,
      tasks: [given],
    });
    rows.push(row(name, field, refusal === "NOT_SUPPORTED_YET" && at.endsWith(name) ? "not supported yet" : undefined));
  }
  return table(["Field", ...head], rows);
}

/** The fields of a schema. */
export function fieldTable(schema) {
  const rows = Object.entries(schema.shape).flatMap(([name, field]) => rowsWithInsides(name, field));
  return table(["Field", ...head], rows);
}

/** A field, and what is in it where that has no section of its own. */
function rowsWithInsides(name, field, remark) {
  const { schema } = unwrapOptional(field);
  const { def } = schema;
  const inside =
    def.type === "object"
      ? schema
      : def.type === "array" && def.element.def.type === "object"
        ? def.element
        : undefined;
  if (inside === undefined || /^[A-Z]/.test(shownType(name, schema))) return [row(name, field, remark)];
  const prefix = inside === schema ? name : `${name}[]`;
  const own = row(name, field, remark);
  own[1] = code(inside === schema ? "object" : "object[]");
  return [own, ...Object.entries(inside.shape).flatMap(([each, inner]) => rowsWithInsides(`${prefix}.${each}`, inner))];
}

/** The limits that can be asked for, with their ranges. */
export function constraintTable() {
  const { constraintsSchema, constraintRanges } = tools.modules;
  const rangeOf = (path) => constraintRanges.find(([each]) => each === path);
  const rows = [];
  const add = (shape, path) => {
    for (const [name, field] of Object.entries(shape)) {
      const full = [...path, name].join(".");
      const { schema } = unwrapOptional(field);
      if (schema.def.type === "object") add(schema.shape, [...path, name]);
      else {
        const range = rangeOf(full);
        rows.push(row(full, field, range && `${number(range[1])} to ${number(range[2])}`));
      }
    }
  };
  add(constraintsSchema.shape, []);
  return table(["Limit", "Type", "Required", "Meaning and range"], rows);
}

function row(name, field, remark) {
  const { schema, optional } = unwrapOptional(field);
  const meaning = [descriptionOf(field), limitsOf(schema), remark].filter((each) => each !== undefined && each !== "");
  return [`\`${name}\``, code(shownType(name, schema)), optional ? "" : "yes", sentence(meaning.join("; "))];
}

/** A type in one line; what has a section of its own is only named. */
function shownType(name, schema) {
  if (name === "analysisResult") return "Analysis";
  if (name === "dependencyGraph") return "WireGraph";
  const { taskSchema, constraintsSchema, simulationScriptSchema, agentResultInputSchema, agentProgressSchema } =
    tools.modules;
  const names = new Map([
    [taskSchema, "Task"],
    [constraintsSchema, "Limits"],
    [simulationScriptSchema, "Script"],
    [agentResultInputSchema, "AgentResultInput"],
    [agentProgressSchema, "AgentProgress"],
  ]);
  const nameOf = (each) => names.get(each);
  const text = nameOf(schema) ?? typeText(schema, { nameOf });
  return text
    .replaceAll(/\/\*\*.*?\*\//g, "")
    .replaceAll(" | undefined", "")
    .replaceAll(/\s+/g, " ")
    .replaceAll("; }", " }");
}

function limitsOf(schema) {
  const { def } = schema;
  if (def.type === "number" || def.type === "int") {
    const { minValue, maxValue } = schema;
    const low = Number.isFinite(minValue) && minValue > -1e15 ? `at least ${number(minValue)}` : undefined;
    const high = Number.isFinite(maxValue) && maxValue < 1e15 ? `at most ${number(maxValue)}` : undefined;
    return [low, high].filter(Boolean).join(", ");
  }
  if (def.type === "string" && typeof schema.maxLength === "number")
    return `at most ${number(schema.maxLength)} characters`;
  return undefined;
}

/** Whether the tool knows an argument by name and does not take it yet: it is asked. */
async function isRefused(tool, name, field) {
  if (!(tool.unlisted ?? []).includes(name)) return false;
  const base = name in tool.example || "planId" in tool.example ? {} : tool.example;
  const tasks =
    tool.name === "execute_parallel_workflow" ? { tasks: [{ id: "a", description: "x" }], waitSeconds: 0 } : {};
  const { code: refusal, field: at } = await tools.call(tool.name, { ...base, ...tasks, [name]: sample(field) });
  return refusal === "NOT_SUPPORTED_YET" && (at === name || tool.name === "control_workflow");
}

/** A value that a schema accepts. */
function sample(field) {
  const { def } = unwrapOptional(field).schema;
  switch (def.type) {
    case "array":
      return [sample(def.element)];
    case "number":
      return 1;
    case "boolean":
      return true;
    case "record":
      return { x: 1 };
    case "union":
      return sample(def.options[0]);
    case "object":
      return Object.fromEntries(
        Object.entries(def.shape).flatMap(([name, inner]) =>
          unwrapOptional(inner).optional ? [] : [[name, sample(inner)]],
        ),
      );
    default:
      return "x";
  }
}
