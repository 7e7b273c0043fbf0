/** A member that implementers now have to give, and an implementer that was added without it. */
import type { Finding } from "./finding.ts";
import { isType, nameParts, plainTypeName, qualifiedName, type Located } from "./lookup.ts";
import { mergedFile, movedPath, otherOf, type Direction } from "./pair.ts";
import { simpleName } from "./resolve-use.ts";
import type { AddedDefinition } from "./side-reading.ts";

/** Types of Python's own whose direct subtypes are abstract. */
const ABSTRACT_ROOTS = new Set(["ABC", "Protocol"]);
/** Types of Python's own that give no member a body. */
const EMPTY_ROOTS = new Set(["ABC", "Protocol", "Generic", "object"]);
/** How far up parents are looked through for the member. */
const MAX_PARENTS = 6;

/** Judges the implementers one side adds against the members the other side demands. */
export async function requiredMembers(direction: Direction): Promise<readonly Finding[]> {
  const { adder, changer } = direction;
  const demands = changer.demands.filter((demand) => wasThere(direction, demand));
  const found: Finding[] = [];
  for (const added of demands.length === 0 ? [] : adder.added) {
    const { definition } = added;
    if (definition.heritage.length === 0 || !isType(definition) || definition.kind === "interface") continue;
    if (isLeftToSubtypes(added)) continue;
    for (const demand of demands) {
      const finding = await judge(direction, added, demand);
      if (finding) found.push(finding);
    }
  }
  return found;
}

/** Whether a type is abstract: by its own word, by a root that says so, or by a member it leaves open. */
function isLeftToSubtypes({ definition, facts }: AddedDefinition): boolean {
  if (definition.abstract === true) return true;
  if (definition.heritage.some((each) => ABSTRACT_ROOTS.has(nameParts(plainTypeName(each)).at(-1) ?? ""))) return true;
  return facts.definitions.some((each) => each.required && each.container === qualifiedName(definition));
}

/** Whether the type itself is older than the member; a type that is new has no implementers elsewhere. */
function wasThere({ changer }: Direction, demand: AddedDefinition): boolean {
  const file = changer.files.find(({ change }) => change.path === demand.path);
  return file?.before?.definitions.some((each) => qualifiedName(each) === demand.definition.container) === true;
}

async function judge(
  direction: Direction,
  added: AddedDefinition,
  demand: AddedDefinition,
): Promise<Finding | undefined> {
  const { adder, changer, pair, place } = direction;
  const type = nameParts(demand.definition.container).at(-1) ?? "";
  const written = added.definition.heritage.find((each) => nameParts(plainTypeName(each)).at(-1) === type);
  if (written === undefined) return undefined;
  const merged = await mergedFile(direction, added.path);
  const implementer = merged?.facts.definitions.find((each) => qualifiedName(each) === qualifiedName(added.definition));
  if (!merged || !implementer) return undefined;
  const at = { tree: pair.merged, ...merged };
  const parent = await simpleName(at, nameParts(plainTypeName(written)).at(-1) ?? "");
  const demanding = movedPath(demand.path, changer, adder);
  if (parent.state !== "found" || !parent.definitions.some(({ path }) => path === demanding)) return undefined;
  const stillDemanded = (await pair.merged.facts(demanding))?.definitions.some(
    (each) => each.required && qualifiedName(each) === qualifiedName(demand.definition),
  );
  if (!stillDemanded) return undefined;
  const given = await gives(at, { path: merged.path, definition: implementer }, demand.definition.name);
  if (given === "yes") return undefined;
  const name = demand.definition.name;
  return {
    rule: "member-required",
    tier: given === "no" ? "conflict" : "risk",
    sentence: `$${place} adds '${added.definition.name}' in ${added.path}, which has no '${name}', and $${otherOf(place)} made '${type}' demand it`,
    places: [placeOf(place, added), placeOf(otherOf(place), demand)],
    key: `member ${added.path} ${added.definition.name} ${type} ${name}`,
  };
}

function placeOf(side: 0 | 1, { path, definition }: AddedDefinition): Finding["places"][number] {
  const { startLine, endLine, name } = definition;
  return { side, file: path, startLine, endLine, symbol: name };
}

/** Whether a type gives a member a body, itself or through a parent. */
async function gives(
  at: Parameters<typeof simpleName>[0],
  type: Located,
  name: string,
  depth = 0,
): Promise<"yes" | "no" | "unknown"> {
  const facts = await at.tree.facts(type.path);
  if (!facts || facts.broken || depth > MAX_PARENTS) return "unknown";
  if (type.definition.open === true) return "unknown";
  const container = qualifiedName(type.definition);
  const own = facts.definitions.find((each) => each.container === container && each.name === name);
  if (own && !own.required) return "yes";
  // A field can be declared among the parameters of a constructor, or assigned in it.
  if (facts.definitions.some((each) => each.container === container && mentions(each.signature, name)))
    return "unknown";
  let sure = true;
  for (const parent of type.definition.heritage) {
    if (EMPTY_ROOTS.has(nameParts(plainTypeName(parent)).at(-1) ?? "")) continue;
    const place = { tree: at.tree, path: type.path, facts };
    const found = await simpleName(place, nameParts(plainTypeName(parent)).at(-1) ?? "");
    const [above] = found.state === "found" ? found.definitions : [];
    const inherited = above && isType(above.definition) ? await gives(at, above, name, depth + 1) : "unknown";
    if (inherited === "yes") return "yes";
    if (inherited === "unknown") sure = false;
  }
  return sure ? "no" : "unknown";
}

function mentions(signature: string | undefined, name: string): boolean {
  return signature !== undefined && signature.split(/\W+/).includes(name);
}
