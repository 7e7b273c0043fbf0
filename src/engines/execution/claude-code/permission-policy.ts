import type { ToolCall } from "./codec.ts";
import { cappedLine } from "../plain-text.ts";
import { questionTool, toolNames } from "./launch-arguments.ts";
import { absolutePath, pathInside } from "./workspace-path.ts";

/** What an agent may do. */
export interface WorkspaceRules {
  /** The agent's folder, with every link in it resolved. */
  readonly folder: string;
  /** Tools it may use, as names or as `Bash(words and *)`. */
  readonly tools: readonly string[];
}

/** Whether a tool may be used; a refusal is a sentence for the model. */
export type Verdict = { readonly allowed: true } | { readonly allowed: false; readonly message: string };

const pathFields = ["file_path", "notebook_path", "path"] as const;
const writingTools: ReadonlySet<string> = new Set(["Write", "Edit", "MultiEdit", "NotebookEdit"]);
const allowed: Verdict = { allowed: true };

/** Files inside the folder that make git or the agent's own program run commands. */
const runsCommands = /(^|\/)\.git(\/|$)|(^|\/)\.claude\/settings[^/]*\.json$/i;

/** The absolute paths that a tool call names, for whoever resolves their links; those that are not inside the folder anyway are left out. */
export function pathsToResolve(call: ToolCall, folder: string): readonly string[] {
  return namedPaths(call).flatMap((path) =>
    pathInside(folder, path) === undefined ? [] : (absolutePath(folder, path) ?? []),
  );
}

/**
 * Decides on one use of a tool: the tool must be on the task's list and every path it names must lie in the folder,
 * as written and after its links (`realPaths`, by absolute path) are resolved. What a command of Bash touches is not
 * looked at: whoever lists Bash allows that.
 */
export function judgeCall(
  call: ToolCall,
  rules: WorkspaceRules,
  realPaths: ReadonlyMap<string, string | undefined>,
): Verdict {
  if (!toolNames(rules.tools).includes(call.name))
    return refused(`The tool ${cappedLine(call.name, 60)} is not allowed for this task. ${allowedList(rules)}`);
  if (call.name === questionTool) return allowed;
  if (call.name === "Bash") return judgeCommand(call, rules);
  for (const path of namedPaths(call)) {
    const verdict = judgePath({ call, path, folder: rules.folder, realPaths });
    if (!verdict.allowed) return verdict;
  }
  const { pattern } = call.input;
  if (call.name === "Glob" && typeof pattern === "string" && leavesFolder(pattern, rules.folder)) {
    return refused(`The pattern leads out of your folder. Use one relative to ${rules.folder}.`);
  }
  return allowed;
}

/** Whether a command line is matched, word by word, by a pattern such as `npm test *`; lines that need a shell never are. */
export function commandMatches(command: string, pattern: string): boolean {
  if (/[;&|<>`$(){}\\\n\r]/.test(command)) return false;
  // `npm test:*` is the same as `npm test *` in the program's own settings.
  const wanted = words(pattern.replace(/:\*$/, " *"));
  const given = words(command);
  const openEnd = wanted.at(-1) === "*";
  const fixed = openEnd ? wanted.slice(0, -1) : wanted;
  if (given.length < fixed.length || (!openEnd && given.length > fixed.length)) return false;
  return fixed.every((word, index) => wordMatches(given[index] ?? "", word));
}

function judgePath(question: {
  readonly call: ToolCall;
  readonly path: string;
  readonly folder: string;
  readonly realPaths: ReadonlyMap<string, string | undefined>;
}): Verdict {
  const { call, path, folder, realPaths } = question;
  const shown = cappedLine(path, 200);
  const outside = refused(`${shown} is outside your folder. Only paths inside ${folder} are allowed.`);
  const written = pathInside(folder, path);
  if (written === undefined) return outside;
  const real = realPaths.get(absolutePath(folder, path) ?? "");
  const inside = real === undefined ? undefined : pathInside(folder, real);
  if (inside === undefined) return outside;
  if (writingTools.has(call.name) && (runsCommands.test(written) || runsCommands.test(inside))) {
    return refused(
      `${shown} decides which commands run on this machine and cannot be changed by an agent. Leave it and say in your summary what should change.`,
    );
  }
  return allowed;
}

function judgeCommand(call: ToolCall, rules: WorkspaceRules): Verdict {
  const command = call.input["command"];
  const patterns = rules.tools.flatMap((tool) => /^\s*Bash\s*\((.*)\)\s*$/.exec(tool)?.[1] ?? []);
  if (rules.tools.some((tool) => tool.trim() === "Bash")) return allowed;
  if (typeof command === "string" && patterns.some((pattern) => commandMatches(command, pattern))) return allowed;
  const list = patterns.map((pattern) => cappedLine(pattern, 100)).join(", ");
  return refused(
    `This command is not allowed. Only these are, one at a time and without pipes, variables or redirections: ${list}.`,
  );
}

function namedPaths(call: ToolCall): readonly string[] {
  return pathFields.flatMap((field) => {
    const value = call.input[field];
    return typeof value === "string" ? [value] : [];
  });
}

/** Absolute patterns are allowed inside the folder; braces could hide `..` or a second root. */
function leavesFolder(pattern: string, folder: string): boolean {
  if (/(^|[/\\{,])\.\.([/\\},]|$)/.test(pattern) || /[{,]\s*[/\\~]/.test(pattern)) return true;
  const fixed = pattern.replace(/[*?[{].*$/s, "");
  return pathInside(folder, fixed) === undefined && pathInside(folder, `${fixed}x`) === undefined;
}

function wordMatches(word: string, pattern: string): boolean {
  const pieces = pattern.split("*").map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${pieces.join(".*")}$`, "s").test(word);
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

function allowedList(rules: WorkspaceRules): string {
  return `You may use: ${toolNames(rules.tools).join(", ")}.`;
}

function refused(message: string): Verdict {
  return { allowed: false, message };
}
