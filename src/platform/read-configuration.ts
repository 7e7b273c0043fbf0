import { lstat, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Document } from "yaml";
import { userConfigSchema, workspaceConfigSchema } from "../schema/config.ts";
import type { Configuration, Setting, SettingOrigin, UserConfig } from "../schema/config.ts";
import { ProblemError, refuse } from "../schema/problem.ts";
import type { Problem } from "../schema/problem.ts";
import { taskLimits } from "../schema/task.ts";
import { failed, ok } from "../util/result.ts";
import type { Result } from "../util/result.ts";

/** Where settings are looked for. */
export interface ConfigurationSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Folder of the user's own `config.yaml`. */
  readonly configFolder: string;
  /** Folder whose `.parallelization/config.yaml` counts as well. */
  readonly workspace?: string;
}

const FILE_BYTES = 256 * 1_024;

const variables: readonly (readonly [keyof UserConfig, string, (text: string) => unknown])[] = [
  ["executor", "PARALLELIZATION_EXECUTOR", (text) => text],
  ["allowCommands", "PARALLELIZATION_ALLOW_COMMANDS", splitPatterns],
  ["maxAgents", "PARALLELIZATION_MAX_AGENTS", (text) => (/^\d{1,9}$/.test(text) ? Number(text) : text)],
  ["claude", "PARALLELIZATION_CLAUDE", (text) => text],
  ["log", "PARALLELIZATION_LOG", (text) => text],
];

/** What a workspace's file would have to be trusted for. */
const dangerous = ["allowCommands", "commands", "command", "claude", "regenerate", "verify", "setup", "env"];

/** What one source says. */
interface Layer {
  readonly values: UserConfig;
  origin(key: keyof UserConfig): SettingOrigin;
}

/**
 * Reads all settings: defaults < user's file < workspace's file < environment. A value that makes no sense is a
 * problem that names its place; variables that are empty are as if they were not set. Files that are not there are
 * no problem, and none is created.
 */
export async function readConfiguration(sources: ConfigurationSources): Promise<Result<Configuration, Problem>> {
  try {
    return ok(await read(sources));
  } catch (error) {
    if (error instanceof ProblemError) return failed(error.problem);
    throw error;
  }
}

async function read({ environment, configFolder, workspace }: ConfigurationSources): Promise<Configuration> {
  const userFile = join(configFolder, "config.yaml");
  const user = await readLayer(userFile, "user", userFile);
  const workspaceFile = workspace === undefined ? undefined : join(workspace, ".parallelization", "config.yaml");
  const ofWorkspace = workspaceFile === undefined ? undefined : await readLayer(workspaceFile, "workspace", userFile);
  const fromEnvironment = readVariables(environment);
  const strongestFirst = [fromEnvironment, ofWorkspace, user].filter((layer) => layer !== undefined);
  const strongest = <Key extends keyof UserConfig>(
    key: Key,
    fallback: NonNullable<UserConfig[Key]>,
  ): Setting<NonNullable<UserConfig[Key]>> => {
    for (const layer of strongestFirst) {
      const value = layer.values[key];
      if (value !== undefined) return { value, origin: layer.origin(key) };
    }
    return { value: fallback, origin: { source: "default", name: "default" } };
  };
  const patternsOf = (layer: Layer | undefined): readonly Setting<string>[] =>
    (layer?.values.allowCommands ?? []).map((value) => ({
      value: value.trim(),
      origin: (layer as Layer).origin("allowCommands"),
    }));
  return {
    executor: strongest("executor", "simulated"),
    maxAgents: strongest("maxAgents", taskLimits.agents),
    claude: strongest("claude", "claude"),
    log: strongest("log", "warn"),
    regenerate: strongest("regenerate", []),
    // Not the workspace's, whose schema has none.
    allowCommands: [...patternsOf(user), ...patternsOf(fromEnvironment)],
    userFile,
  };
}

function readVariables(environment: ConfigurationSources["environment"]): Layer {
  const given: Partial<Record<keyof UserConfig, unknown>> = {};
  for (const [key, name, parse] of variables) {
    const text = environment[name]?.trim() ?? "";
    if (text !== "") given[key] = parse(text);
  }
  const nameOf = (key: unknown): string => variables.find(([each]) => each === key)?.[1] ?? "the environment";
  const parsed = userConfigSchema.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const name = nameOf(issue?.path[0]);
    return refuse({
      code: "INVALID_ARGUMENT",
      error: `The environment variable ${name} ${reasonOf(issue)}.`,
      field: name,
      advice: `Correct ${name}, or remove it, and start again.`,
    });
  }
  return { values: parsed.data, origin: (key) => ({ source: "environment", name: nameOf(key) }) };
}

/** The patterns of a comma-separated list. */
function splitPatterns(text: string): readonly string[] {
  return text
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

async function readLayer(path: string, source: "user" | "workspace", userFile: string): Promise<Layer | undefined> {
  const text = await readSmallFile(path, source);
  if (text === undefined) return undefined;
  const yaml = parseYaml(text, path);
  if (source === "workspace") refuseDangerous(yaml, userFile);
  const schema = source === "user" ? userConfigSchema : workspaceConfigSchema;
  const parsed = schema.safeParse(yaml.content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const at: readonly PropertyKey[] =
      issue?.code === "unrecognized_keys" ? [...issue.path, issue.keys[0] as string] : (issue?.path ?? []);
    const keys = Object.keys(schema.shape);
    return refuse({
      code: "INVALID_ARGUMENT",
      error:
        issue?.code === "unrecognized_keys"
          ? `${yaml.at(at)}: "${issue.keys[0]}" means nothing here.${nearest(issue.keys[0] as string, keys)}`
          : `${yaml.at(at)}: ${at.length === 0 ? "the file" : fieldOf(at)} ${reasonOf(issue)}.`,
      ...(at.length > 0 && { field: fieldOf(at) }),
      allowed: keys,
      advice: "Correct the file; nothing has run.",
    });
  }
  return { values: parsed.data, origin: (key) => ({ source, name: yaml.at([key]) }) };
}

async function readSmallFile(path: string, source: "user" | "workspace"): Promise<string | undefined> {
  try {
    // A workspace's link could lead to any file of the user's, and messages about it would tell what is in there.
    const status = await (source === "workspace" ? lstat(path) : stat(path));
    if (!status.isFile()) return refuse(unreadable(path, "is no ordinary file"));
    if (status.size > FILE_BYTES) return refuse(unreadable(path, `is larger than ${FILE_BYTES / 1_024} KiB`));
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof ProblemError || !(error instanceof Error) || !("code" in error)) throw error;
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    return refuse(unreadable(path, `cannot be read (${String(error.code)})`));
  }
}

/** What a file holds, and where in it. */
interface ReadYaml {
  readonly content: unknown;
  /** `file:line:column` of a key, or of the nearest one around it. */
  at(path: readonly PropertyKey[]): string;
}

function parseYaml(text: string, name: string): ReadYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const [error] = document.errors;
  if (error) return refuse(invalidYaml(`${place(error.pos[0])}: this is no YAML: ${error.message}`));
  try {
    const content: unknown = document.toJS({ maxAliasCount: 100 }) ?? {};
    return { content, at: (path) => place(offsetOf(document, path)) };
  } catch (tooManyAliases) {
    if (tooManyAliases instanceof ReferenceError) return refuse(invalidYaml(`${name}: ${tooManyAliases.message}`));
    throw tooManyAliases;
  }
}

function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const key of path) {
    if (isSeq(node) && typeof key === "number") {
      node = node.items[key];
      offset = isNode(node) ? (node.range?.[0] ?? offset) : offset;
      continue;
    }
    if (!isMap(node)) break;
    const pair = node.items.find((each) => isScalar(each.key) && each.key.value === key);
    if (!pair) break;
    offset = isScalar(pair.key) ? (pair.key.range?.[0] ?? offset) : offset;
    node = pair.value;
  }
  return offset;
}

function refuseDangerous({ content, at }: ReadYaml, userFile: string): void {
  if (typeof content !== "object" || content === null) return;
  const key = dangerous.find((each) => Object.hasOwn(content, each));
  if (key === undefined) return;
  refuse({
    code: "COMMAND_NOT_ALLOWED",
    error: `${at([key])}: "${key}" is not for a workspace's file: it can never allow or name a program.`,
    field: key,
    allowed: Object.keys(workspaceConfigSchema.shape),
    advice: `Remove it there. What is meant for all your work goes into your own file, ${userFile}.`,
  });
}

function fieldOf(path: readonly PropertyKey[]): string {
  const parts = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`));
  return parts.join("").replace(/^\./, "");
}

function nearest(key: string, keys: readonly string[]): string {
  const plain = (text: string): string => text.replace(/[-_]/g, "").toLowerCase();
  const meant = keys.find((each) => plain(each) === plain(key));
  return meant === undefined ? "" : ` Is "${meant}" meant?`;
}

function reasonOf(issue: { readonly message: string; readonly path: readonly PropertyKey[] } | undefined): string {
  const message = issue?.message ?? "is not understood";
  return message.startsWith("must ") ? message : `is not right: ${message}`;
}

function invalidYaml(error: string): Problem {
  return {
    code: "INVALID_ARGUMENT",
    error,
    example: { executor: "claude-code", maxAgents: 4, allowCommands: ["npm test"] },
    advice: "Correct the file; nothing has run.",
  };
}

function unreadable(path: string, reason: string): Problem {
  return {
    code: "FILE_NOT_READABLE",
    error: `The configuration file ${path} ${reason}.`,
    advice: "Make it an ordinary file that you can read, or remove it.",
  };
}
