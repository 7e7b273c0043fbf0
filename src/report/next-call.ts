import { displayWidth, maxColumns } from "./text-layout.ts";

/** A tool call that a model can make as it stands. */
export interface ToolCall {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** Names a tool call. */
export function toolCall(tool: string, args: Readonly<Record<string, unknown>>): ToolCall {
  return { tool, arguments: args };
}

/**
 * Writes a call so that it can be copied: `tool {json}`, broken before members only, so that the
 * lines joined are the JSON again. Undefined when a single value is wider than a line.
 */
export function callLines(call: ToolCall, indent: string): string[] | undefined {
  const members = Object.entries(call.arguments).map(
    ([name, value]) => `${escapeUnsafe(JSON.stringify(name))}:${escapeUnsafe(JSON.stringify(value) ?? "null")}`,
  );
  const deeper = `${indent}  `;
  const lines: string[] = [];
  let line = `${indent}${call.tool} {`;
  members.forEach((member, index) => {
    const piece = index === members.length - 1 ? `${member}}` : `${member},`;
    if (displayWidth(line) + displayWidth(piece) > maxColumns) {
      lines.push(line);
      line = deeper;
    }
    line += piece;
  });
  lines.push(members.length === 0 ? `${line}}` : line);
  return lines.every((each) => displayWidth(each) <= maxColumns) ? lines : undefined;
}

/** A call on one line, whatever its length. */
export function callText(call: ToolCall): string {
  return `${call.tool} ${escapeUnsafe(JSON.stringify(call.arguments))}`;
}

/** Writes everything outside printable ASCII as \uXXXX: the JSON stays the same and the line harmless. */
function escapeUnsafe(json: string): string {
  return json.replace(/[^\u0020-\u007e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
