import type { RunView } from "../engines/progress/run-view.ts";
import { ProblemError, type Problem } from "../schema/problem.ts";
import { checkArguments, type RawArguments } from "./check-arguments.ts";
import type { Answer, RunAnswer, Tool, ToolContext } from "./define-tool.ts";
import { fitSize } from "./fit-size.ts";
import { internalProblem, refusal, type ToolReply } from "./refusal.ts";
import { findTool, toolNames } from "./registry.ts";

/** A call as it arrives. */
export interface ToolCallRequest {
  readonly name: string;
  readonly arguments: RawArguments | undefined;
}

/** What the pipeline needs beside what the handlers need. */
export interface CallWorld<Elsewhere> {
  readonly context: ToolContext;
  /** Brings an answer about a run: the run as it stands when the wait is over, or the news that it is delivered elsewhere. */
  deliver(answer: RunAnswer): Promise<Delivery<Elsewhere>>;
  /** What is done instead of passing a refusal on, if anything, such as asking the person for an approval. */
  instead?(refused: ProblemError): Elsewhere | undefined;
  /** Writes a line for the people who run the server. */
  log(line: string): void;
}

/** How an answer about a run came. */
export type Delivery<Elsewhere> =
  | { readonly kind: "view"; readonly view: RunView }
  | { readonly kind: "elsewhere"; readonly reply: Elsewhere };

/** The one way from a call to its result: look up, check, handle, deliver, make it fit. Never throws. */
export async function handleCall<Elsewhere>(
  request: ToolCallRequest,
  world: CallWorld<Elsewhere>,
): Promise<ToolReply | Elsewhere> {
  try {
    const tool = findTool(request.name);
    if (tool === undefined) return refusal(unknownTool(request.name));
    const args = request.arguments ?? {};
    const checked = checkArguments(tool, args);
    if (!checked.ok) return refusal(checked.error);
    const outcome = await tool.handle(checked.value, world.context);
    if (!outcome.ok) return refusal(outcome.error);
    if (!isRunAnswer(outcome.value)) return toolReply(tool, outcome.value, args);
    const delivery = await world.deliver(outcome.value);
    if (delivery.kind === "elsewhere") return delivery.reply;
    return toolReply(tool, outcome.value.show(delivery.view), args);
  } catch (error) {
    const instead = error instanceof ProblemError ? world.instead?.(error) : undefined;
    return instead ?? failedReply(error, request.name, world.log);
  }
}

/** What a caller gets for something that was thrown: a problem as it is, anything else without its insides. */
export function failedReply(error: unknown, toolName: string, log: (line: string) => void): ToolReply {
  if (error instanceof ProblemError) return refusal(error.problem);
  log(`${toolName.slice(0, 60)} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return refusal(internalProblem);
}

/** The result of a call that was answered; large ones are cut unless everything was asked for. */
export function toolReply(tool: Pick<Tool, "name" | "more">, answer: Answer, args: RawArguments): ToolReply {
  const how = tool.more?.(answer) ?? `Call ${tool.name} again with the same arguments and detail: "full".`;
  const fitted = args["detail"] === "full" ? answer : fitSize(answer, how);
  const text = JSON.stringify(fitted);
  // What the client reads as an object is exactly what it reads as text: nothing undefined, nothing that is no JSON.
  return { content: [{ type: "text", text }], structuredContent: JSON.parse(text) as Record<string, unknown> };
}

function isRunAnswer(value: Answer | RunAnswer): value is RunAnswer {
  return value["kind"] === "run" && typeof value["show"] === "function";
}

function unknownTool(name: string): Problem {
  const shown = name.length > 100 ? `${name.slice(0, 100)}…` : name;
  return {
    code: "UNKNOWN_TOOL",
    error: `There is no tool ${JSON.stringify(shown)}.`,
    allowed: toolNames(),
    advice: "Use one of the tools allowed.",
  };
}
