/** Uses of what was removed that may be meant all the same: the name comes from outside, too, or its absence is tested. */
import type { CodeFacts, CodeImport } from "../../../schema/code-facts.ts";
import type { CodeTree, OwnWork } from "../code-tree.ts";
import type { Finding } from "./finding.ts";
import { familyOf, type Family } from "./lookup.ts";
import { ownNames } from "./own-names.ts";
import { packageOf } from "./package-demands.ts";
import type { Direction } from "./pair.ts";
import { resolveUse } from "./resolve-use.ts";
import type { AddedUse } from "./side-reading.ts";

/** Files that are opened to see who else uses a name; where more name it, nothing is proved. */
const MAX_OPENED = 60;

/** Languages that look names up when the program runs; TypeScript's types are often stripped unread before tests. */
const LATE: ReadonlySet<Family> = new Set(["script", "python", "ruby", "php"]);
/** Folders and files of tests, by the names that the tools of these languages look for. */
const TESTS =
  /(?:^|\/)(?:tests?|specs?|__tests__|testing|e2e)\/|(?:^|[/._-])(?:tests?|spec)(?:[._-][^/]*)?\.\w+$|Test\.php$/;

interface Suspicion {
  readonly direction: Direction;
  readonly finding: Finding;
  readonly own: OwnWork;
  readonly former: OwnWork;
}

/**
 * Whether a use that a descendant added cannot mean anything but what its ancestor took away. A removed copy of what
 * the language or a package offers as well leaves its users as they are; who renames or moves something takes them along.
 */
export async function isSurelyMeant(suspicion: Suspicion): Promise<boolean> {
  const { direction, finding, own } = suspicion;
  const [place] = finding.places;
  const facts = place && (await own.tree.facts(place.file));
  if (!place || !facts || mayTestAbsence(place.file, facts)) return false;
  if (finding.rule === "arity-changed") return true;
  if (finding.rule === "package-dropped") return isSurelyListed(suspicion, place.symbol ?? "", facts);
  const { imports, uses } = direction.adder;
  const added = imports.find(
    (each) =>
      each.path === place.file &&
      each.import.line === place.startLine &&
      (each.name ?? each.import.module) === place.symbol,
  );
  if (added) return isSurelyInside(suspicion, { facts, import: added.import });
  const use = uses.find(
    ({ path, reference }) =>
      path === place.file && reference.line === place.startLine && reference.name === place.symbol,
  );
  return use !== undefined && isSurelyOurs(suspicion, use, facts);
}

/** Where names are looked up only when the program runs, a test may use one to show that it is not there. */
function mayTestAbsence(path: string, facts: CodeFacts): boolean {
  return LATE.has(familyOf(facts.language)) && TESTS.test(path);
}

/** A module that is gone: one named by where it lies is nobody else's. */
async function isSurelyInside(
  { finding, former }: Suspicion,
  { facts, import: added }: { readonly facts: CodeFacts; readonly import: CodeImport },
): Promise<boolean> {
  const family = familyOf(facts.language);
  if (finding.rule === "name-gone" || family === "go" || /^(?:\.|(?:crate|self|super)\b)/.test(added.module))
    return true;
  const word = added.module.split(/[^\p{L}\p{N}_$-]+/u).findLast((part) => part.length > 1) ?? added.module;
  const names = (each: CodeFacts): number => each.imports.filter(({ module }) => module === added.module).length;
  return wereTakenAlong(former, { word, family, isUser: async (_, each) => names(each) > 0, count: names });
}

/** A package that is not listed any more may come with another one, or with the platform. */
async function isSurelyListed({ former }: Suspicion, name: string, facts: CodeFacts): Promise<boolean> {
  const family = familyOf(facts.language);
  if (family === "go") return true;
  const count = (each: CodeFacts): number => each.imports.filter(({ module }) => packageOf(module) === name).length;
  const word = name.slice(name.lastIndexOf("/") + 1);
  return wereTakenAlong(former, { word, family, isUser: async (_, each) => count(each) > 0, count });
}

/** A name that is gone: one that stands alone and is not imported may be the language's own, or be seen everywhere. */
async function isSurelyOurs(suspicion: Suspicion, { reference, path }: AddedUse, facts: CodeFacts): Promise<boolean> {
  const { name, receiver } = reference;
  const family = familyOf(facts.language);
  if (receiver !== undefined && receiver !== "") return true;
  if (facts.imports.some((each) => each.namespace === name || each.names.some(({ local }) => local === name)))
    return true;
  const listed = ownNames[family];
  if (listed?.has(name) === true) return false;
  const { former, own } = suspicion;
  if (family === "script" && (await isGlobal(own.tree, path, name))) return false;
  const bare = (each: CodeFacts): CodeFacts["references"] =>
    each.references.filter((one) => one.name === name && (one.receiver ?? "") === "");
  const isUser = async (at: string, each: CodeFacts): Promise<boolean> => {
    for (const one of bare(each)) {
      const found = await resolveUse({ tree: former.tree, path: at, facts: each }, one);
      if (found.state === "gone") return true;
    }
    return false;
  };
  const traces = { word: name, family, isUser, count: (each: CodeFacts) => bare(each).length };
  return listed ? !(await hasUsers(former, traces)) : wereTakenAlong(former, traces);
}

/** A script that is no module, or a declaration file, declares for all others. */
async function isGlobal(tree: CodeTree, from: string, name: string): Promise<boolean> {
  const paths = await tree.naming(name);
  if (paths.length > MAX_OPENED) return true;
  for (const path of paths) {
    const facts = path === from ? undefined : await tree.facts(path);
    if (!facts || familyOf(facts.language) !== "script") continue;
    const isModule = facts.imports.length > 0 || facts.definitions.some((each) => each.exported);
    if (isModule && !path.endsWith(".d.ts")) continue;
    if (facts.definitions.some((each) => each.name === name)) return true;
  }
  return false;
}

interface Traces {
  readonly word: string;
  readonly family: Family;
  /** Whether a file of the ancestor uses what is not there any more. */
  isUser(path: string, facts: CodeFacts): Promise<boolean>;
  count(facts: CodeFacts): number;
}

/** Whether users are left that the ancestor did not mend: what they use is then there all the same, or was broken before. */
async function hasUsers({ tree }: OwnWork, { word, family, isUser }: Traces): Promise<boolean> {
  const paths = await tree.naming(word);
  if (paths.length > MAX_OPENED) return true;
  for (const path of paths) {
    const facts = await tree.facts(path);
    if (facts && familyOf(facts.language) === family && (await isUser(path, facts))) return true;
  }
  return false;
}

/** Whether the ancestor mended users of what it took away, and left none. */
async function wereTakenAlong(former: OwnWork, traces: Traces): Promise<boolean> {
  let mended = false;
  for (const { path, oldPath, kind } of former.changes) {
    if (kind === "added" || kind === "deleted") continue;
    const [before, after] = [await former.start.facts(oldPath ?? path), await former.tree.facts(path)];
    if (before && after && traces.count(before) > traces.count(after)) mended = true;
  }
  return mended && !(await hasUsers(former, traces));
}
