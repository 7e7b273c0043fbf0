import type * as z from "zod";
import type { CallOrigin } from "../engines/coordination/runs/runs.ts";
import type { RunView } from "../engines/progress/run-view.ts";
import type { ToolCall } from "../report/next-call.ts";
import type { Problem } from "../schema/problem.ts";
import type { Services } from "../services.ts";
import type { Result } from "../util/result.ts";

/** What a tool answers: an object whose first fields are `summary` and `next`. */
export interface Answer {
  readonly summary: string;
  /** The call that usually follows. */
  readonly next: ToolCall | null;
  readonly [field: string]: unknown;
}

/** An answer about a run that may take long to come; how it is delivered depends on the client. */
export interface RunAnswer {
  readonly kind: "run";
  readonly executionId: string;
  /** Whether this call started the run; only then may it become a task. */
  readonly started: boolean;
  /** How long the caller asked to wait; undefined leaves it to the delivery. */
  readonly waitSeconds: number | undefined;
  /** Return as soon as anything has happened after this event. */
  readonly sinceSeq: number | undefined;
  show(view: RunView): Answer;
}

/** What tools are answered with, whoever asks. */
export type ToolServices = Pick<Services, "runs" | "plans" | "clock" | "compareRefs" | "code" | "survey" | "planner">;

/** What a handler gets to work with. */
export interface ToolContext extends ToolServices {
  /** Where the call comes from, for a call that names no workspace. */
  readonly origin: () => Promise<CallOrigin>;
  /** The run that an earlier round of this same call started, where the client was asked something in between. */
  readonly startedRun: string | undefined;
  /** Texts of the commands that the person at the client has approved in an earlier round of this same call. */
  readonly approvedCommands: readonly string[];
}

/** What a tool promises about its effects, as the protocol states it. */
export interface ToolAnnotations {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

/** Annotations of a tool that changes nothing. */
export const readOnly: ToolAnnotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};

/** Fields of a task that tools which only arrange tasks take as they are and do not list. */
export const taskExtras: readonly string[] = [
  "context",
  "estimate",
  "resources",
  "priority",
  "role",
  "executor",
  "model",
  "tools",
  "timeoutMinutes",
  "retries",
  "verify",
  "fallback",
  "when",
  "command",
  "simulate",
];

/** A tool as data: everything that clients see of it, and what answers a call. */
export interface ToolDefinition<Input extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  /** At most 1,800 characters: what it is, when to use it, when not, what it returns, an example. */
  readonly description: string;
  readonly annotations: ToolAnnotations;
  /** Whether clients that defer tools should load this one at once. */
  readonly alwaysLoad: boolean;
  readonly input: Input;
  /** Fields, at any depth, that the list of tools names without what is inside them. */
  readonly brief: readonly string[];
  /** Fields, at any depth, that the list of tools leaves out: refused by name so far, or of no use to this tool. */
  readonly unlisted?: readonly string[];
  /** Arguments that are to come: refused by name, with what works instead. */
  readonly later: Readonly<Record<string, string>>;
  /** Arguments of a call that works; gives refusals their examples. */
  readonly example: Readonly<Record<string, unknown>>;
  /** How to get what was cut from a large answer, in a sentence; absent: the same call with `detail: "full"`. */
  readonly more?: (answer: Answer) => string;
  handle(input: z.output<Input>, context: ToolContext): Promise<ToolOutcome> | ToolOutcome;
}

/** What a handler comes to. */
export type ToolOutcome = Result<Answer | RunAnswer, Problem>;

/** A tool whose input type is known to itself alone. */
export type Tool = Omit<ToolDefinition<z.ZodObject>, "handle"> & {
  handle(input: unknown, context: ToolContext): Promise<ToolOutcome> | ToolOutcome;
};

/** Makes a tool of its definition; the pipeline hands `handle` only what `input` has accepted. */
export function defineTool<Input extends z.ZodObject>(definition: ToolDefinition<Input>): Tool {
  return {
    ...definition,
    handle: (input, context) => definition.handle(input as z.output<Input>, context),
  };
}
