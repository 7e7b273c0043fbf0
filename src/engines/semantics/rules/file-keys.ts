/** Keys of configuration and environment files, read line by line so that a key that stands twice is seen twice. */
import { nameOf } from "../../../util/path-parts.ts";

/** A key with the sections around it, and what it is set to. */
export interface FileKey {
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

/** Longer files are data, not configuration. */
const MAX_LINES = 20_000;

/** Reads the keys of a configuration or environment file; undefined for files that are none. */
export function readKeys(path: string, text: string): readonly FileKey[] | undefined {
  const name = nameOf(path);
  const read = readerOf(name);
  if (!read) return undefined;
  const lines = text.split("\n");
  return lines.length > MAX_LINES ? [] : read(lines);
}

function readerOf(name: string): ((lines: readonly string[]) => readonly FileKey[]) | undefined {
  if (/^\.env(?:\.|$)|\.env$/.test(name)) return flatKeys;
  if (name.endsWith(".properties")) return flatKeys;
  if (/\.(?:ini|toml|cfg)$/.test(name)) return sectionKeys;
  if (/\.jsonc?$/.test(name) && !/lock/i.test(name)) return jsonKeys;
  return /\.ya?ml$/.test(name) && !/lock/i.test(name) ? yamlKeys : undefined;
}

function flatKeys(lines: readonly string[]): readonly FileKey[] {
  return lines.flatMap((line, index): FileKey[] => {
    const found = /^\s*(?:export\s+)?([\w.-]+)\s*[=:]([^]*)$/.exec(line);
    return found ? [{ key: found[1] ?? "", value: (found[2] ?? "").trim(), line: index + 1 }] : [];
  });
}

function sectionKeys(lines: readonly string[]): readonly FileKey[] {
  const keys: FileKey[] = [];
  let section = "";
  let open = "";
  let tables = 0;
  lines.forEach((line, index) => {
    // Inside of a text of several lines, or of a list, nothing is a key.
    if (open !== "") {
      if (line.includes(open)) open = "";
      return;
    }
    const heading = /^\s*(\[\[?)([^\]]+)\]/.exec(line);
    // Each table of a list of tables is a section of its own.
    if (heading) section = heading[1] === "[[" ? `${heading[2] ?? ""}#${(tables += 1)}` : (heading[2] ?? "");
    const found = heading ? undefined : /^([\w."-]+)\s*=([^]*)$/.exec(line);
    if (!found) return;
    const value = (found[2] ?? "").trim();
    keys.push({ key: `${section}.${found[1] ?? ""}`, value, line: index + 1 });
    const quote = /^("""|''')/.exec(value)?.[1];
    if (quote !== undefined && !value.slice(3).includes(quote)) open = quote;
    if (value.startsWith("[") && !value.includes("]")) open = "]";
  });
  return keys;
}

/** A string without an end goes to the end of the line, so that no place is looked at twice. */
const JSON_TOKEN = /"([^"\\]*(?:\\.[^"\\]*)*)(?:"\s*(:?)|\\?$)|[{}[\],]/g;

function jsonKeys(lines: readonly string[]): readonly FileKey[] {
  const keys: FileKey[] = [];
  const path: string[] = [];
  let objects = 0;
  let name = "";
  lines.forEach((line, index) => {
    for (const token of line.matchAll(JSON_TOKEN)) {
      const [text, word, colon] = token;
      if (colon === ":") {
        name = word ?? "";
        const value = line
          .slice((token.index ?? 0) + text.length)
          .trim()
          .replace(/,$/, "");
        keys.push({ key: [...path, name].join("."), value, line: index + 1 });
      } else if (text === "{" || text === "[") path.push(`${name}#${name === "" ? (objects += 1) : ""}`);
      else if (text === "}" || text === "]") path.pop();
      if (text === "," || text === "{" || text === "[") name = "";
    }
  });
  return keys;
}

function yamlKeys(lines: readonly string[]): readonly FileKey[] {
  const keys: FileKey[] = [];
  const path: { indent: number; name: string }[] = [];
  let items = 0;
  let documents = 0;
  let block: number | undefined;
  lines.forEach((line, index) => {
    if (/^\s*(?:#.*)?$/.test(line)) return;
    if (line.startsWith("---")) documents += 1;
    const indent = /^ */.exec(line)?.[0].length ?? 0;
    if (block !== undefined && indent > block) return;
    block = undefined;
    const found = /^(\s*)((?:- +)*)([\w./"'$-]+)\s*:(\s[^]*)?$/.exec(line);
    if (!found && !/^\s*-/.test(line)) return;
    const depth = indent + (found?.[2]?.length ?? 0);
    while (path.length > 0 && (path.at(-1)?.indent ?? 0) >= (/^\s*-/.test(line) ? indent : depth)) path.pop();
    if (/^\s*-/.test(line)) path.push({ indent, name: `#${(items += 1)}` });
    if (!found) return;
    const value = (found[4] ?? "").trim();
    keys.push({
      key: [`#${documents}`, ...path.map((each) => each.name), found[3]].join("."),
      value,
      line: index + 1,
    });
    path.push({ indent: depth, name: found[3] ?? "" });
    if (/^[|>]/.test(value)) block = depth;
  });
  return keys;
}
