import * as z from "zod";

/** A JSON Schema as the list of tools carries it. */
export type ListedSchema = { readonly type: "object"; readonly [keyword: string]: unknown };

/**
 * The JSON Schema that clients see of a tool's input: no references, no dialect, closed at the top, and without the
 * insides of the `brief` fields, because every client pays for the list with its model's context.
 */
export function listedSchema(
  input: z.ZodObject,
  shortening: { readonly brief: readonly string[]; readonly unlisted: readonly string[] },
): ListedSchema {
  const schema = z.toJSONSchema(input, { io: "input", unrepresentable: "any" });
  const { $schema: _dialect, ...listed } = shorten(schema, {
    brief: new Set(shortening.brief),
    unlisted: new Set(shortening.unlisted),
  }) as typeof schema;
  return { ...listed, type: "object", additionalProperties: false };
}

interface Shortening {
  readonly brief: ReadonlySet<string>;
  readonly unlisted: ReadonlySet<string>;
}

/** Bounds that JavaScript's safe integers give every whole number; they tell nobody anything. */
const noise = new Set<unknown>([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]);

function shorten(schema: unknown, shortening: Shortening): unknown {
  if (Array.isArray(schema)) return schema.map((item) => shorten(item, shortening));
  if (schema === null || typeof schema !== "object") return schema;
  const kept: [string, unknown][] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    if ((keyword === "maximum" || keyword === "minimum") && noise.has(value)) continue;
    if (keyword === "propertyNames") continue;
    if (keyword === "properties") kept.push([keyword, shortenProperties(value as object, shortening)]);
    else kept.push([keyword, shorten(value, shortening)]);
  }
  return Object.fromEntries(kept);
}

function shortenProperties(properties: object, shortening: Shortening): object {
  const listed = Object.entries(properties).filter(([name]) => !shortening.unlisted.has(name));
  const kept = listed.map(([name, schema]: [string, Record<string, unknown>]) => {
    return [name, shortening.brief.has(name) ? outside(schema) : shorten(schema, shortening)];
  });
  return Object.fromEntries(kept) as object;
}

/** What a schema says of a value without what is inside it. Some clients refuse a list of nothing in particular. */
function outside({ type, description }: Record<string, unknown>): object {
  return {
    ...(type === undefined ? {} : { type }),
    ...(type === "array" ? { items: { type: "object" } } : {}),
    ...(description === undefined ? {} : { description }),
  };
}
