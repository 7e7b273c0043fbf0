import type { Regeneration } from "../../../schema/regeneration.ts";
import { toWorkspacePath } from "../../../util/workspace-path.ts";

/** The first rule that names a file, given relative to the workspace; undefined where none does. */
export function ruleOf(rules: readonly Regeneration[], file: string): Regeneration | undefined {
  return rules.find(({ files }) => files.some((pattern) => namesFile(pattern, file)));
}

/** Says of paths of a repository whose workspace lies at `prefix` whether a rule names them. */
export function namedByRules(rules: readonly Regeneration[], prefix: string): (path: string) => boolean {
  return (path) => ruleOf(rules, toWorkspacePath(path, prefix)) !== undefined;
}

/** The command of a rule as people read it. */
export function commandOf({ command }: Regeneration): string {
  const text = command.join(" ");
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN - 1)}…`;
}

const MAX_SHOWN = 200;

/** Whether a pattern names a file: `*` stands for any text within a name, `**` for any folders. */
export function namesFile(pattern: string, file: string): boolean {
  const parts = pattern.split(/(\*\*\/|\*+)/);
  const source = parts.map((part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "*") return "[^/]*";
    return part.startsWith("**") ? ".*" : part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  });
  return new RegExp(`^${source.join("")}$`, "s").test(file);
}
