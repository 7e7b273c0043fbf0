/** Packages that one side drops or pins and the other begins to use or pins otherwise. */
import type { CodeTree } from "../code-tree.ts";
import { folderOf, foldersAbove, nameOf } from "../../../util/path-parts.ts";
import type { Finding } from "./finding.ts";
import { familyOf } from "./lookup.ts";
import { readDemands, type PackageDemand } from "./manifests.ts";
import { mergedFile, otherOf, type Direction, type MergedPair } from "./pair.ts";
import type { SideReading } from "./side-reading.ts";
import { areDisjoint } from "./version-range.ts";

/** Whether a path is a manifest whose demands can be read. */
function isManifest(path: string): boolean {
  return readDemands(path, "") !== undefined && !path.includes("node_modules/");
}

async function demandsOf(tree: CodeTree, path: string): Promise<readonly PackageDemand[]> {
  return readDemands(path, (await tree.text(path)) ?? "") ?? [];
}

/** Finds versions of one package that no release satisfies at once, one asked for by each side. */
export async function versionRanges(pair: MergedPair): Promise<readonly Finding[]> {
  const [left, right] = pair.sides;
  const found: Finding[] = [];
  const [mine, theirs] = [await newDemands(pair.base, left), await newDemands(pair.base, right)];
  for (const one of mine) {
    for (const other of theirs) {
      if (one.name !== other.name || one.dialect !== other.dialect || one.dialect === "none") continue;
      if (folderOf(one.path) !== folderOf(other.path) || !areDisjoint(one.range, other.range, one.dialect)) continue;
      const standing = (await stands(pair.merged, one)) && (await stands(pair.merged, other));
      if (!standing) continue;
      found.push({
        rule: "version-ranges",
        tier: one.path === other.path ? "conflict" : "risk",
        sentence: `$0 asks for ${one.name} ${one.range} in ${one.path} and $1 for ${other.range} in ${other.path}: no release satisfies both`,
        places: [placeOf(0, one), placeOf(1, other)],
        key: `range ${one.path} ${one.name}`,
      });
    }
  }
  return found;
}

type LocatedDemand = PackageDemand & { readonly path: string };

async function newDemands(base: CodeTree, { side }: SideReading): Promise<readonly LocatedDemand[]> {
  const demands: LocatedDemand[] = [];
  for (const { path, oldPath, kind } of side.changes) {
    if (kind === "deleted" || !isManifest(path)) continue;
    const before = new Set((await demandsOf(base, oldPath ?? path)).map(({ name, range }) => `${name} ${range}`));
    const now = await demandsOf(side.tree, path);
    demands.push(
      ...now.filter(({ name, range }) => !before.has(`${name} ${range}`)).map((each) => ({ ...each, path })),
    );
  }
  return demands;
}

async function stands(tree: CodeTree, demand: LocatedDemand): Promise<boolean> {
  const now = await demandsOf(tree, demand.path);
  return now.some(({ name, range }) => name === demand.name && range === demand.range);
}

function placeOf(side: 0 | 1, { path, line, name }: LocatedDemand): Finding["places"][number] {
  return { side, file: path, startLine: line, endLine: line, symbol: name };
}

/** Names of packages whose demands a side touched, and of packages it begins to import. */
export async function packageTopics(base: CodeTree, reading: SideReading): Promise<readonly string[]> {
  const { side } = reading;
  const topics = new Set<string>();
  for (const { path, oldPath } of side.changes) {
    if (!isManifest(path)) continue;
    const [before, now] = [await demandsOf(base, oldPath ?? path), await demandsOf(side.tree, path)];
    const kept = new Set(before.map(({ name, range }) => `${name} ${range}`));
    for (const { name, range } of now) if (!kept.delete(`${name} ${range}`)) topics.add(`package ${name}`);
    for (const left of kept) topics.add(`package ${left.slice(0, left.indexOf(" "))}`);
  }
  for (const { facts, import: each } of reading.imports) {
    const family = familyOf(facts.language);
    if (family === "script") topics.add(`package ${packageOf(each.module)}`);
    // Any prefix of a Go import path can be a module.
    if (family === "go") for (const folder of foldersAbove(each.module)) topics.add(`package ${folder}`);
  }
  return [...topics];
}

/** The package of npm that a module is of. */
export function packageOf(module: string): string {
  return module
    .split("/")
    .slice(0, module.startsWith("@") ? 2 : 1)
    .join("/");
}

/** Finds packages that one side begins to import and the other drops from the manifest. */
export async function droppedPackages(direction: Direction): Promise<readonly Finding[]> {
  const { adder, changer, pair, place } = direction;
  const found: Finding[] = [];
  const manifests = changer.side.changes.filter(({ path }) => ["package.json", "go.mod"].includes(nameOf(path)));
  if (manifests.length === 0) return found;
  for (const { path, facts, import: each } of adder.imports) {
    const family = familyOf(facts.language);
    if (family !== "script" && family !== "go") continue;
    const file = family === "go" ? "go.mod" : "package.json";
    const asks = (name: string): boolean =>
      family === "go" ? each.module === name || each.module.startsWith(`${name}/`) : name === packageOf(each.module);
    const before = await listedIn(adder.side.tree, path, file, asks);
    if (before === undefined || (await listedIn(pair.merged, path, file, asks)) !== undefined) continue;
    const manifest = manifests.find((change) => (change.oldPath ?? change.path) === before.path);
    const merged = manifest && (await mergedFile(direction, path));
    if (!merged?.facts.imports.some(({ module }) => module === each.module)) continue;
    found.push({
      rule: "package-dropped",
      tier: "conflict",
      sentence: `$${place} begins to import ${before.name} in ${path}, and $${otherOf(place)} dropped it from ${before.path}`,
      places: [
        { side: place, file: path, startLine: each.line, endLine: each.line, symbol: before.name },
        { side: otherOf(place), file: before.path, startLine: 0, endLine: 0, symbol: before.name },
      ],
      key: `dropped ${path} ${before.name}`,
    });
  }
  return found;
}

async function listedIn(
  tree: CodeTree,
  from: string,
  file: string,
  asks: (name: string) => boolean,
): Promise<LocatedDemand | undefined> {
  for (const folder of foldersAbove(folderOf(from))) {
    const path = folder === "" ? file : `${folder}/${file}`;
    if (!tree.has(path)) continue;
    const demand = (await demandsOf(tree, path)).find(({ name }) => asks(name));
    if (demand) return { ...demand, path };
  }
  return undefined;
}
