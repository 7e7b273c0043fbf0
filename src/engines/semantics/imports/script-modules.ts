import type { CodeTree } from "../code-tree.ts";
import { folderOf, foldersAbove, joinPath } from "../../../util/path-parts.ts";
import { parseLooseJson } from "./loose-json.ts";

const EXTENSIONS = [".ts", ".tsx", ".d.ts", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte", ".json"];
/** What a name with a JavaScript ending stands for in TypeScript sources. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx", ".d.ts"],
  ".jsx": [".tsx"],
  ".mjs": [".mts", ".d.mts"],
  ".cjs": [".cts", ".d.cts"],
};

/**
 * Finds the file a JavaScript or TypeScript module name stands for: relative names, `paths` and `baseUrl` of the
 * nearest tsconfig.json or jsconfig.json, and packages of the same repository by their names. Undefined for what lies
 * outside of the repository and for what does not exist.
 */
export async function scriptModule(tree: CodeTree, from: string, module: string): Promise<string | undefined> {
  if (isRelativeModule(module)) {
    const path = joinPath(folderOf(from), module);
    return path === undefined ? undefined : scriptFile(tree, path);
  }
  if (module.startsWith("/") || module.includes(":")) return undefined;
  return (await byConfiguration(tree, from, module)) ?? byPackage(tree, from, module);
}

/** Whether a module name can only stand for a file of this repository. */
export function isRelativeModule(module: string): boolean {
  return /^\.\.?(?:\/|$)/.test(module);
}

function scriptFile(tree: CodeTree, path: string): string | undefined {
  if (path !== "" && tree.has(path)) return path;
  const ending = /\.[cm]?jsx?$/.exec(path)?.[0] ?? "";
  const bare = path.slice(0, path.length - ending.length);
  for (const source of SOURCES[ending] ?? []) if (tree.has(bare + source)) return bare + source;
  const inside = path === "" ? "index" : `${path}/index`;
  for (const extension of EXTENSIONS) if (path !== "" && tree.has(path + extension)) return path + extension;
  for (const extension of EXTENSIONS) if (tree.has(inside + extension)) return inside + extension;
  return undefined;
}

/** What a tsconfig.json or jsconfig.json says about where modules lie. */
interface ScriptConfiguration {
  readonly parent: string | undefined;
  readonly baseUrl: string | undefined;
  /** Where the names of a pattern are looked for, in order. */
  readonly paths: readonly (readonly [pattern: string, targets: readonly string[]])[];
}

async function byConfiguration(tree: CodeTree, from: string, module: string): Promise<string | undefined> {
  const folder = foldersAbove(folderOf(from)).find((each) => configurationIn(tree, each) !== undefined);
  if (folder === undefined) return undefined;
  let path = configurationIn(tree, folder);
  for (let depth = 0; path !== undefined && depth < 4; depth++) {
    const configuration = await readConfiguration(tree, path);
    const found = mapped(tree, folderOf(path), configuration, module);
    if (found !== undefined) return found;
    const { parent } = configuration;
    path = parent !== undefined && isRelativeModule(parent) ? extended(tree, path, parent) : undefined;
  }
  return undefined;
}

const configurations = new WeakMap<CodeTree, Map<string, Promise<ScriptConfiguration>>>();

function readConfiguration(tree: CodeTree, path: string): Promise<ScriptConfiguration> {
  const known = configurations.get(tree) ?? new Map<string, Promise<ScriptConfiguration>>();
  configurations.set(tree, known);
  const configuration = known.get(path) ?? tree.text(path).then((text) => parseConfiguration(text ?? ""));
  known.set(path, configuration);
  return configuration;
}

/** What has another shape than it should have counts as not there. */
function parseConfiguration(text: string): ScriptConfiguration {
  const written = fieldsOf(parseLooseJson(text));
  const options = fieldsOf(written["compilerOptions"]);
  return {
    parent: textOf(written["extends"]),
    baseUrl: textOf(options["baseUrl"]),
    paths: Object.entries(fieldsOf(options["paths"])).map(([pattern, targets]) => [
      pattern,
      Array.isArray(targets) ? targets.filter((target) => typeof target === "string") : [],
    ]),
  };
}

function configurationIn(tree: CodeTree, folder: string): string | undefined {
  const prefix = folder === "" ? "" : `${folder}/`;
  return ["tsconfig.json", "jsconfig.json"].map((name) => prefix + name).find((path) => tree.has(path));
}

function extended(tree: CodeTree, from: string, parent: string): string | undefined {
  const path = joinPath(folderOf(from), parent);
  return [path, `${path ?? ""}.json`].find((each) => each !== undefined && tree.has(each));
}

function mapped(
  tree: CodeTree,
  folder: string,
  { baseUrl, paths }: ScriptConfiguration,
  module: string,
): string | undefined {
  const root = joinPath(folder, baseUrl ?? ".");
  if (root === undefined) return undefined;
  for (const [pattern, targets] of paths) {
    const rest = restBehind(pattern, module);
    if (rest === undefined) continue;
    for (const target of targets) {
      const path = joinPath(
        root,
        target.replace("*", () => rest),
      );
      const found = path === undefined ? undefined : scriptFile(tree, path);
      if (found !== undefined) return found;
    }
  }
  const path = baseUrl === undefined ? undefined : joinPath(root, module);
  return path === undefined ? undefined : scriptFile(tree, path);
}

/** What the `*` of a pattern stands for in a module's name, empty where the pattern has none; undefined where it does not fit. */
function restBehind(pattern: string, module: string): string | undefined {
  const [before = "", after] = pattern.split("*");
  if (after === undefined) return module === pattern ? "" : undefined;
  const fits = module.startsWith(before) && module.endsWith(after) && module.length >= before.length + after.length;
  return fits ? module.slice(before.length, module.length - after.length) : undefined;
}

/** A package of this repository: the one the file is in itself, or another of the workspace. */
async function byPackage(tree: CodeTree, from: string, module: string): Promise<string | undefined> {
  const parts = module.split("/");
  const name = parts.slice(0, module.startsWith("@") ? 2 : 1).join("/");
  const inside = parts.slice(module.startsWith("@") ? 2 : 1).join("/");
  const own = ownPackages.get(tree) ?? readPackages(tree);
  ownPackages.set(tree, own);
  const { folder, main } = (await own).get(name) ?? {};
  if (folder === undefined) return undefined;
  const prefix = folder === "" ? "" : `${folder}/`;
  const entry = inside === "" ? ["src/index", "index", main] : [inside, `src/${inside}`];
  for (const each of entry) {
    const target = each === undefined ? undefined : joinPath(folder, each);
    const found = target === undefined ? undefined : scriptFile(tree, target);
    if (found !== undefined && found !== from && found.startsWith(prefix)) return found;
  }
  return undefined;
}

/** More manifests than this are not opened. */
const MAX_MANIFESTS = 500;

interface OwnPackage {
  readonly folder: string;
  readonly main: string | undefined;
}

const ownPackages = new WeakMap<CodeTree, Promise<ReadonlyMap<string, OwnPackage>>>();

/** The packages of a repository by their names. */
async function readPackages(tree: CodeTree): Promise<ReadonlyMap<string, OwnPackage>> {
  const paths = tree.withName("package.json").filter((path) => !path.includes("node_modules/"));
  const texts = await Promise.all(paths.slice(0, MAX_MANIFESTS).map((path) => tree.text(path)));
  const packages = new Map<string, OwnPackage>();
  texts.forEach((text, place) => {
    const manifest = fieldsOf(parseLooseJson(text ?? ""));
    const name = textOf(manifest["name"]);
    if (name === undefined || packages.has(name)) return;
    packages.set(name, { folder: folderOf(paths[place] ?? ""), main: textOf(manifest["main"]) });
  });
  return packages;
}

/** The fields of an object; none where the value is no object. */
function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
