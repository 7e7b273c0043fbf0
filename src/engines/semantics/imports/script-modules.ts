import { folderOf, foldersAbove, joinPath, type CodeTree } from "../rules/code-tree.ts";
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
  if (/^\.\.?(?:\/|$)/.test(module)) {
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

interface ScriptConfiguration {
  readonly extends?: unknown;
  readonly compilerOptions?: { readonly baseUrl?: unknown; readonly paths?: unknown };
}

async function byConfiguration(tree: CodeTree, from: string, module: string): Promise<string | undefined> {
  const folder = foldersAbove(folderOf(from)).find((each) => configurationIn(tree, each) !== undefined);
  if (folder === undefined) return undefined;
  let path = configurationIn(tree, folder);
  for (let depth = 0; path !== undefined && depth < 4; depth++) {
    const configuration = await readConfiguration(tree, path);
    const options = configuration?.compilerOptions;
    const found = options && mapped(tree, folderOf(path), options, module);
    if (found !== undefined) return found;
    const parent = configuration?.extends;
    path = typeof parent === "string" && isRelativeModule(parent) ? extended(tree, path, parent) : undefined;
  }
  return undefined;
}

const configurations = new WeakMap<CodeTree, Map<string, Promise<ScriptConfiguration | undefined>>>();

function readConfiguration(tree: CodeTree, path: string): Promise<ScriptConfiguration | undefined> {
  const known = configurations.get(tree) ?? new Map<string, Promise<ScriptConfiguration | undefined>>();
  configurations.set(tree, known);
  const read = async (): Promise<ScriptConfiguration | undefined> =>
    parseLooseJson((await tree.text(path)) ?? "") as ScriptConfiguration | undefined;
  const configuration = known.get(path) ?? read();
  known.set(path, configuration);
  return configuration;
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
  options: NonNullable<ScriptConfiguration["compilerOptions"]>,
  module: string,
): string | undefined {
  const { baseUrl, paths } = options;
  const root = joinPath(folder, typeof baseUrl === "string" ? baseUrl : ".");
  if (root === undefined) return undefined;
  for (const [pattern, targets] of Object.entries((paths ?? {}) as Record<string, unknown>)) {
    const [before = "", after] = pattern.split("*");
    const fits =
      after === undefined
        ? module === pattern
        : module.startsWith(before) && module.endsWith(after) && module.length >= before.length + after.length;
    if (!fits || !Array.isArray(targets)) continue;
    const rest = after === undefined ? "" : module.slice(before.length, module.length - after.length);
    for (const target of targets as readonly unknown[]) {
      const path =
        typeof target === "string"
          ? joinPath(
              root,
              target.replace("*", () => rest),
            )
          : undefined;
      const found = path === undefined ? undefined : scriptFile(tree, path);
      if (found !== undefined) return found;
    }
  }
  const path = typeof baseUrl === "string" ? joinPath(root, module) : undefined;
  return path === undefined ? undefined : scriptFile(tree, path);
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
    const manifest = parseLooseJson(text ?? "") as Record<string, unknown> | undefined;
    const name = textOf(manifest?.["name"]);
    if (name === undefined || packages.has(name)) return;
    packages.set(name, { folder: folderOf(paths[place] ?? ""), main: textOf(manifest?.["main"]) });
  });
  return packages;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
