/** Routes as web frameworks of JavaScript and Python have them: a verb of a router, a path as plain text. */

const SCRIPT = /^\s*([\w$.]+)\.(get|post|put|delete|patch|options|head)\(\s*(["'`])(\/[^"'`$]*)\3\s*,(.*)$/;
const PYTHON = /^\s*@([\w.]+)\.(route|get|post|put|delete|patch)\(\s*(["'])(\/[^"']*)\3(.*)$/;

/** The names of the calls that declare routes. */
export const VERBS: ReadonlySet<string> = new Set("get post put delete patch options head route".split(" "));

/** Reads the routes a file declares; undefined for files in other languages. */
export function readRoutes(
  path: string,
  text: string,
): readonly { readonly key: string; readonly value: string; readonly line: number }[] | undefined {
  const pattern = /\.[cm]?[jt]sx?$/.test(path) ? SCRIPT : path.endsWith(".py") ? PYTHON : undefined;
  if (!pattern || /(?:^|[/._-])(?:tests?|spec|__tests__|examples?|bench)(?:[/._-]|$)/i.test(path)) return undefined;
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    const found = pattern.exec(line);
    if (!found) return [];
    const [, router = "", verb = "", , route = "", rest = ""] = found;
    const methods = /methods\s*=\s*\[([^\][]*)\]/.exec(rest)?.[1] ?? "";
    // Conditions a framework may add to a route make two of them different ones.
    if (/constraints|host|defaults/.test(rest)) return [];
    const key = `${router}.${verb} ${route}${methods === "" ? "" : ` ${methods}`}`;
    return [{ key, value: `${rest}\n${lines.slice(index + 1, index + 3).join("\n")}`, line: index + 1 }];
  });
}
