import { nameOf } from "../../../util/path-parts.ts";

/** Kinds of files that are merged by a rule of their own where git's merge of lines finds a conflict. */
export type FileKind = "changelog" | "imports" | "manifest" | "lockfile" | "generated";

/** How a lockfile is made anew from its manifest. */
const LOCKFILES: Readonly<Record<string, string>> = {
  "package-lock.json": "npm install --package-lock-only",
  "npm-shrinkwrap.json": "npm install --package-lock-only",
  "yarn.lock": "yarn install",
  "pnpm-lock.yaml": "pnpm install --lockfile-only",
  "bun.lock": "bun install",
  "Cargo.lock": "cargo generate-lockfile",
  "poetry.lock": "poetry lock",
  "uv.lock": "uv lock",
  "Pipfile.lock": "pipenv lock",
  "Gemfile.lock": "bundle lock",
  "composer.lock": "composer update --lock",
  "go.sum": "go mod tidy",
  "mix.lock": "mix deps.get",
  "pubspec.lock": "dart pub get",
};

/** What keeps a package manager from running programs of packages. */
const WITHOUT_SCRIPTS: Readonly<Record<string, string>> = {
  npm: "--ignore-scripts",
  yarn: "--ignore-scripts",
  pnpm: "--ignore-scripts",
  bun: "--ignore-scripts",
  composer: "--no-scripts",
};

const CHANGELOG = /^(changelog|changes|history|news|release[-_ ]?notes)(\.(md|markdown|txt|rst|adoc))?$/i;
const WITH_IMPORTS = /\.([cm]?[jt]sx?|py|go|java|kt|rs|cs|php|scala|swift)$/i;
const GENERATED = /(\.min\.(js|css)|\.(pb|pb2|g|generated|designer)\.[a-z]+|_pb2(_grpc)?\.py|\.(js|css)\.map|\.snap)$/i;

/** The kind of a file, by its name; undefined where lines are all that is known of it. */
export function kindOf(path: string): FileKind | undefined {
  const name = nameOf(path);
  if (Object.hasOwn(LOCKFILES, name)) return "lockfile";
  if (name === "package.json" || name === "composer.json") return "manifest";
  if (CHANGELOG.test(name)) return "changelog";
  if (GENERATED.test(name)) return "generated";
  return WITH_IMPORTS.test(name) ? "imports" : undefined;
}

/** What to do about a conflict in a file that is made by a program; undefined for any other. */
export function regeneration(path: string): string | undefined {
  const kind = kindOf(path);
  const name = nameOf(path);
  if (kind === "lockfile")
    return `${path} is a lockfile: merge the manifests, then make it anew with: ${LOCKFILES[name] ?? ""}`;
  return kind === "generated" ? `${path} is generated: merge what it is made from, then generate it again` : undefined;
}

/** The command that usually makes a file anew, where it lies at the workspace's root; undefined where none is known. */
export function usualRule(path: string): readonly string[] | undefined {
  const words = path.includes("/") ? undefined : LOCKFILES[path]?.split(" ");
  const [program = ""] = words ?? [];
  const safe = WITHOUT_SCRIPTS[program];
  return words && [...words, ...(safe === undefined ? [] : [safe])];
}
