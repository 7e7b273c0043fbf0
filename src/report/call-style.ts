import { commandLines, commandText } from "./command-words.ts";
import { callLines, callText, type ToolCall } from "./next-call.ts";

/** What a call is written as: a tool call for a model, or the command that does the same for a person at a terminal. */
export type CallStyle = "mcp" | "cli";

/** Where in a text a call is shown, and to whom. */
export interface CallPlace {
  readonly indent: string;
  /** Where in the result the call stands as data, for one that does not fit. */
  readonly place: string;
  readonly calls: CallStyle;
}

/** Writes a call so that it can be copied; where it does not fit, says where it stands. */
export function callOrPlace(call: ToolCall, { indent, place, calls }: CallPlace): string[] {
  if (calls === "cli") return commandLines(call, indent);
  return callLines(call, indent) ?? [`${indent}the exact call: ${place} of this result`];
}

/** A call on one line, whatever its length. */
export function callOnOneLine(call: ToolCall, calls: CallStyle): string {
  return calls === "cli" ? commandText(call) : callText(call);
}

/** Says where the rest of what has no room in a text is found: a part of the result, or the option that prints it all. */
export function restPlace(part: string, calls: CallStyle): string {
  return calls === "cli" ? "--json lists all" : `see ${part}`;
}
