import { displayWidth, maxColumns, sanitise } from "./text-layout.ts";
import type { ToolCall } from "./next-call.ts";

/** Name the program is started by. */
export const programName = "parallelization-mcp";

/**
 * Writes a tool call as the command that does the same, broken between words with a backslash, so that it can be
 * copied to a shell as it stands. What cannot be copied safely is left away: the command then asks for it.
 */
export function commandLines(call: ToolCall, indent: string): string[] {
  const words = commandWords(call);
  return (
    breakWords([programName, ...words.must, ...words.may], indent) ?? [
      `${indent}${[programName, ...words.must].join(" ")}`,
    ]
  );
}

/** The same on one line, whatever its length. */
export function commandText(call: ToolCall): string {
  const { must, may } = commandWords(call);
  return [programName, ...must, ...may].join(" ");
}

interface CommandWords {
  readonly must: readonly string[];
  readonly may: readonly string[];
}

function commandWords({ tool, arguments: given }: ToolCall): CommandWords {
  const text = (name: string): string => (typeof given[name] === "string" ? given[name] : "");
  const id = text("executionId");
  switch (tool) {
    case "aggregate_progress":
      return { must: [text("detail") === "full" ? "report" : "status", id], may: [] };
    case "detect_conflicts":
      return { must: ["conflicts", id], may: [] };
    case "control_workflow":
      if (text("action") === "resolve")
        return { must: ["resolve", id, ...["conflictId", "option"].map(text)], may: resolveWords(text) };
      if (text("action") === "retry") return { must: ["retry", id], may: taskWord(text("taskId")) };
      return { must: [text("action"), id], may: text("action") === "answer" ? answerWords(text) : [] };
    default:
      return { must: [text("action"), id], may: text("action") === "answer" ? answerWords(text) : [] };
  }
}

/** Whose result is meant, as far as it reads the same after a shell has seen it, and whether it is only looked at. */
function resolveWords(text: (name: string) => string): string[] {
  const who = text("taskId") || text("agentId");
  const isPlain = who !== "" && sanitise(who) === who;
  const flag = { preview: ["--preview"], continue: ["--continue"] }[text("text")] ?? [];
  return [...(isPlain ? [`--agent=${quote(who)}`] : []), ...flag];
}

function taskWord(task: string): string[] {
  if (task === "" || sanitise(task) !== task) return [];
  return [...(task.startsWith("-") ? ["--"] : []), quote(task)];
}

/** Only an answer that reads the same after a shell has seen it is proposed. */
function answerWords(text: (name: string) => string): string[] {
  const [task, answer] = [text("taskId"), text("answer")];
  if (answer === "" || [task, answer].some((word) => sanitise(word) !== word)) return [];
  const flag = answer.startsWith("-") ? ["--"] : [];
  return [...(task === "" ? [] : [`--task=${quote(task)}`]), ...flag, quote(answer)];
}

function quote(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** Undefined when a single word is wider than a line. */
function breakWords(words: readonly string[], indent: string): string[] | undefined {
  const lines: string[] = [];
  let line = indent + words[0];
  for (const word of words.slice(1)) {
    if (displayWidth(line) + 1 + displayWidth(word) > maxColumns - " \\".length) {
      lines.push(`${line} \\`);
      line = `${indent}  ${word}`;
    } else line += ` ${word}`;
  }
  lines.push(line);
  return lines.every((each) => displayWidth(each) <= maxColumns) ? lines : undefined;
}
