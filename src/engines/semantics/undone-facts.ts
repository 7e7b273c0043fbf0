import type { CodeDefinition, CodeFacts, CodeImport } from "../../schema/code-facts.ts";
import { addToGroup } from "../../util/add-to-group.ts";
import { qualifiedName } from "./rules/lookup.ts";

/**
 * What a file would say of itself had one change to it never been made: declarations and imports that the change took
 * away are there again, those it brought are not, and whatever was done on top of it stays. References stay those of the
 * file as it is, with its lines. Where one of the versions cannot be read in full, the outcome proves nothing either.
 */
export function undoneFacts(
  now: CodeFacts,
  change: {
    /** The file before the change and after it; undefined where there was none. */
    readonly before: CodeFacts | undefined;
    readonly after: CodeFacts | undefined;
    /** The change moved the file, so that what it imports is written otherwise. */
    readonly moved: boolean;
  },
): CodeFacts {
  const { before, after, moved } = change;
  const broken = [now, before, after].some((each) => each?.broken);
  const open = [now, before, after].some((each) => each?.open);
  return {
    ...now,
    definitions: undoneDefinitions(now, before, after),
    imports: moved ? now.imports : undoneImports(now, before, after),
    broken,
    ...(open && { open }),
  };
}

function undoneDefinitions(
  now: CodeFacts,
  before: CodeFacts | undefined,
  after: CodeFacts | undefined,
): readonly CodeDefinition[] {
  const [mine, then, theirs] = [byName(now), byName(before), byName(after)];
  const restored = [...then].filter(([name]) => !theirs.has(name) && !mine.has(name)).flatMap(([, each]) => each);
  const kept = [...mine].flatMap(([name, definitions]) => {
    const [former, changed] = [then.get(name), theirs.get(name)];
    if (!changed) return definitions;
    if (!former) return [];
    // Who changed it once more has taken it over.
    return shapeOf(definitions) === shapeOf(changed) ? former : definitions;
  });
  return [...kept, ...restored];
}

function byName(facts: CodeFacts | undefined): ReadonlyMap<string, readonly CodeDefinition[]> {
  const groups = new Map<string, CodeDefinition[]>();
  for (const each of facts?.definitions ?? []) addToGroup(groups, qualifiedName(each), each);
  return groups;
}

/** What others can see of declarations of one name. */
function shapeOf(definitions: readonly CodeDefinition[]): string {
  const shapes = definitions.map(({ kind, params, exported, exportedAs, heritage, required, open }) =>
    JSON.stringify([kind, params?.min, params?.max, exported, exportedAs, heritage, required, open]),
  );
  return shapes.toSorted().join();
}

function undoneImports(
  now: CodeFacts,
  before: CodeFacts | undefined,
  after: CodeFacts | undefined,
): readonly CodeImport[] {
  const [mine, then, theirs] = [now, before, after].map((facts) => singles(facts)) as [Singles, Singles, Singles];
  const kept = [...mine].filter(([key]) => then.has(key) || !theirs.has(key));
  const restored = [...then].filter(([key]) => !theirs.has(key) && !mine.has(key));
  // What the file brings in now goes before what it would have brought in.
  return [...kept, ...restored].map(([, each]) => each);
}

type Singles = ReadonlyMap<string, CodeImport>;

/** The imports of a file, one for each name that is brought in. */
function singles(facts: CodeFacts | undefined): Singles {
  const found = new Map<string, CodeImport>();
  for (const each of facts?.imports ?? []) {
    const { names, namespace, ...plain } = each;
    for (const name of names) {
      const one = { ...plain, names: [name], wildcard: false };
      found.set(JSON.stringify([each.module, name.imported, name.local, each.reexported]), one);
    }
    if (names.length > 0 && namespace === undefined && !each.wildcard) continue;
    const whole = { ...plain, names: [], ...(namespace !== undefined && { namespace }) };
    found.set(JSON.stringify([each.module, namespace ?? "", each.wildcard, each.reexported]), whole);
  }
  return found;
}
