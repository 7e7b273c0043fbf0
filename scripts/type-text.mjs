// TypeScript's words for zod schemas. What is published, and what the documentation lists, must be readable without
// zod: `{ id: string; dependsOn?: string[] }` and not `z.infer<typeof taskSchema>`.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "./ensure.mjs";

/** Imports TypeScript sources: bundles `code` (which may import from ./src) and gives its exports. */
export async function importSources(code, name) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: root, sourcefile: `${name}.ts`, loader: "ts" },
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    write: false,
    logLevel: "error",
    banner: {
      js: 'import { createRequire as createRequireOfBundle } from "node:module"; const require = createRequireOfBundle("file:///");',
    },
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}

/** Modules whose types come from schemas. */
const schemaModules = [
  ...readdirSync(join(root, "src", "schema"))
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `schema/${name.slice(0, -3)}`),
  "library/inputs",
];

/**
 * Every type that is inferred from a schema: `{ typeName, doc, module, schema, given }`, and what the sources say of fields
 * in comments instead of descriptions.
 */
export async function loadInferredTypes() {
  const code = schemaModules.map((module, index) => `export * as m${index} from "./src/${module}.ts";`).join("\n");
  const modules = await importSources(code, "schemas");
  const types = [];
  const comments = new Map();
  for (const [index, module] of schemaModules.entries()) {
    const text = readFileSync(join(root, "src", `${module}.ts`), "utf8");
    const aliases = text.matchAll(/^(?:\/\*\* (.+) \*\/\n)?export type (\w+) = (.*<typeof (\w+)>+);$/gm);
    for (const [, doc = "", typeName, alias, schemaName] of aliases) {
      const schema = modules[`m${index}`][schemaName];
      if (schema === undefined) throw new Error(`${module}: ${typeName} is inferred from ${schemaName}, not exported`);
      types.push({ typeName, doc, module, schema, given: alias.startsWith("Given<") });
    }
    for (const [, schemaName, body] of text.matchAll(/^(?:export )?const (\w+) = z([\s\S]*?)^\S*\)+;$/gm)) {
      const schema = modules[`m${index}`][schemaName];
      if (schema === undefined) continue;
      const fields = [...body.matchAll(/\/\*\* (.+?) \*\/\n\s*(\w+):/g)].map(([, comment, field]) => [field, comment]);
      comments.set(schema, new Map(fields));
    }
  }
  return { types, comments };
}

/**
 * The type that a schema accepts or gives, as TypeScript text. `nameOf` gives the name to print instead of a schema
 * that has one; `given` prints everything read-only and open; `commentsOf` gives what comments say of fields.
 */
export function typeText(schema, how, indent = "") {
  const { def } = schema;
  const inner = (each) => how.nameOf(each) ?? typeText(each, how, indent);
  switch (def.type) {
    case "string":
    case "number":
    case "boolean":
    case "unknown":
      return def.type;
    case "int":
      return "number";
    case "literal":
      return def.values.map((value) => JSON.stringify(value)).join(" | ");
    case "enum":
      return Object.values(def.entries)
        .map((value) => JSON.stringify(value))
        .join(" | ");
    case "optional":
    case "nonoptional":
      return inner(def.innerType);
    // What is turned into something else is what callers write.
    case "pipe":
      return inner(def.in);
    case "array":
      return `${how.given ? "readonly " : ""}${bracketed(inner(def.element))}[]`;
    case "record":
      return `${how.given ? "Readonly<" : ""}Record<${inner(def.keyType)}, ${inner(def.valueType)}>${how.given ? ">" : ""}`;
    case "union":
      return def.options.map((option) => inner(option)).join(" | ");
    case "object":
      return objectText(schema, how, indent);
    default:
      throw new Error(`type-text: nothing known of the schema type ${def.type}`);
  }
}

/** The schema behind `optional`, and whether it was there. */
export function unwrapOptional(schema) {
  const { def } = schema;
  return def.type === "optional" ? { schema: def.innerType, optional: true } : { schema, optional: false };
}

/** What a schema says of itself, or what it wraps does. */
export function descriptionOf(schema) {
  const { innerType } = schema.def;
  return schema.description ?? (innerType && descriptionOf(innerType));
}

function objectText(schema, how, indent) {
  const { shape, catchall } = schema.def;
  const deeper = `${indent}    `;
  const comments = how.commentsOf?.(schema);
  const lines = Object.entries(shape).map(([name, field]) => {
    const { optional } = unwrapOptional(field);
    const type = how.nameOf(field) ?? typeText(field, how, deeper);
    const comment = descriptionOf(field) ?? comments?.get(name);
    const doc = comment === undefined ? "" : `${deeper}/** ${comment.replaceAll("*/", "*\u200b/")} */\n`;
    const modifier = how.given ? "readonly " : "";
    return `${doc}${deeper}${modifier}${name}${optional ? "?" : ""}: ${type}${optional ? " | undefined" : ""};`;
  });
  const open = catchall?.def.type === "unknown" && !how.given ? [`${deeper}[field: string]: unknown;`] : [];
  return `{\n${[...lines, ...open].join("\n")}\n${indent}}`;
}

function bracketed(text) {
  return /[|&]|^readonly /.test(text.replace(/\{[\s\S]*\}/, "")) ? `(${text})` : text;
}
