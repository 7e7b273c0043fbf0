import type { Usage } from "../../../schema/outcome.ts";
import type { AgentReport } from "../executor.ts";
import { cappedLine } from "../plain-text.ts";
import type { ClaudeMessage, TokenCounts, ToolCall } from "./codec.ts";
import { absolutePath, pathInside } from "./workspace-path.ts";

/** What an agent's messages amount to so far. */
export interface AgentProgress {
  readonly operation: string;
  /** Files it has written, relative to its folder. */
  readonly files: readonly string[];
  /** Files outside its folder that it has written, by their absolute paths. */
  readonly outside: readonly string[];
  /** Tool calls without a result yet. */
  readonly openCalls: readonly string[];
  /** Steps of the agent's own plan; percent is known only from it. */
  readonly stepsDone: number;
  readonly stepsPlanned: number;
  /** Requests to the model, by the replies seen. */
  readonly apiCalls: number;
  readonly lastReplyId: string;
  readonly lastReply: TokenCounts;
  /** Tokens of all replies but the last. */
  readonly earlierTokens: number;
  /** Tokens of all turns that have ended: there is more than one when it is told something. */
  readonly tokensOfTurns: number;
  readonly usage: Usage;
  /** The model's newest words. */
  readonly said: string;
}

const OPERATION_CHARACTERS = 100;
/** Done is what the end of the task says, never its plan. */
const HIGHEST_PERCENT = 95;

/** Before the first message. */
export const startingProgress: AgentProgress = {
  operation: "Starting",
  files: [],
  outside: [],
  openCalls: [],
  stepsDone: 0,
  stepsPlanned: 0,
  apiCalls: 0,
  lastReplyId: "",
  lastReply: { input: 0, output: 0 },
  earlierTokens: 0,
  tokensOfTurns: 0,
  usage: {},
  said: "",
};

/** Adds one message; gives the same object back where it says nothing new. */
export function foldMessage(progress: AgentProgress, message: ClaudeMessage, folder: string): AgentProgress {
  switch (message.type) {
    case "init":
      // It says so again when it goes on because of a message.
      return progress.apiCalls > 0 ? progress : { ...progress, operation: "Reading the task" };
    case "reply":
      return foldReply(progress, message, folder);
    case "tool-results":
      return foldToolResults(progress, message, folder);
    case "retry":
      return { ...progress, operation: retryText(message) };
    case "limit-reached":
      return { ...progress, operation: "Waiting for the rate limit" };
    case "result":
      return foldResult(progress, message);
    default:
      return progress;
  }
}

/** What has changed between two states, as a report; undefined where nothing has. */
export function progressReport(before: AgentProgress, after: AgentProgress): AgentReport | undefined {
  const percent = percentOf(after);
  const changed = {
    ...(after.operation !== before.operation && { operation: after.operation }),
    ...(after.files.length !== before.files.length && { files: after.files }),
    ...(after.outside.length !== before.outside.length && { outside: after.outside }),
    ...(percent !== undefined && percent !== percentOf(before) && { percent, source: "plan" as const }),
    ...(after.usage.tokens !== before.usage.tokens || after.usage.costUsd !== before.usage.costUsd
      ? { usage: after.usage }
      : {}),
  };
  return Object.keys(changed).length === 0 ? undefined : { type: "progress", ...changed };
}

/** What a message says of a limit of the provider's that refuses the agent's calls; undefined where it says nothing. */
export function refusalReport(message: ClaudeMessage, now: number): AgentReport | undefined {
  if (message.type === "limit-reached") {
    const { resetsAt } = message;
    return { type: "refused", ...(resetsAt !== undefined && { retryAfterMs: Math.max(0, resetsAt - now) }) };
  }
  if (message.type !== "retry" || !isRateLimit(message.status)) return undefined;
  return { type: "refused", ...(message.delayMs !== undefined && { retryAfterMs: message.delayMs }) };
}

function isRateLimit(status: number | undefined): boolean {
  return status === 429 || status === 529;
}

function percentOf({ stepsDone, stepsPlanned }: AgentProgress): number | undefined {
  if (stepsPlanned === 0) return undefined;
  return Math.min(HIGHEST_PERCENT, Math.round((100 * stepsDone) / stepsPlanned));
}

function foldReply(
  progress: AgentProgress,
  reply: Extract<ClaudeMessage, { type: "reply" }>,
  folder: string,
): AgentProgress {
  const isNew = reply.id !== progress.lastReplyId;
  const earlierTokens = isNew ? progress.earlierTokens + sum(progress.lastReply) : progress.earlierTokens;
  // One reply comes in several messages, each with the count so far.
  const lastReply = isNew ? reply.tokens : larger(progress.lastReply, reply.tokens);
  const apiCalls = progress.apiCalls + (isNew && sum(reply.tokens) > 0 ? 1 : 0);
  const call = reply.calls.at(-1);
  const planned = reply.calls.reduce(foldPlan, progress);
  return {
    ...planned,
    operation: call ? operationText(call, folder) : progress.operation,
    openCalls: [...progress.openCalls, ...reply.calls.map(({ id }) => id)],
    apiCalls,
    lastReplyId: reply.id,
    lastReply,
    earlierTokens,
    usage: { tokens: earlierTokens + sum(lastReply), apiCalls },
    said: reply.text === "" ? progress.said : reply.text,
  };
}

function foldToolResults(
  progress: AgentProgress,
  { callIds, writtenFile }: Extract<ClaudeMessage, { type: "tool-results" }>,
  folder: string,
): AgentProgress {
  const openCalls = progress.openCalls.filter((id) => !callIds.includes(id));
  if (writtenFile === undefined) return { ...progress, openCalls };
  const file = pathInside(folder, writtenFile);
  if (file === undefined)
    return { ...progress, openCalls, outside: withOutside(progress.outside, folder, writtenFile) };
  if (progress.files.includes(file)) return { ...progress, openCalls };
  return { ...progress, openCalls, files: [...progress.files, file] };
}

/** What it is refused before, should it come to be written all the same. */
function withOutside(known: readonly string[], folder: string, path: string): readonly string[] {
  const absolute = absolutePath(folder, path) ?? path;
  return known.includes(absolute) ? known : [...known, absolute];
}

function foldPlan(progress: AgentProgress, call: ToolCall): AgentProgress {
  const { name, input } = call;
  if (name === "TodoWrite" && Array.isArray(input["todos"])) {
    const todos = input["todos"] as readonly { readonly status?: unknown }[];
    const done = todos.filter((todo) => todo?.status === "completed").length;
    return { ...progress, stepsPlanned: todos.length, stepsDone: done };
  }
  if (name === "TaskCreate") return { ...progress, stepsPlanned: progress.stepsPlanned + 1 };
  if (name === "TaskUpdate" && input["status"] === "completed") {
    return { ...progress, stepsDone: Math.min(progress.stepsPlanned, progress.stepsDone + 1) };
  }
  return progress;
}

/** A result counts the tokens of its own turn, and the costs of all. */
function foldResult(progress: AgentProgress, result: Extract<ClaudeMessage, { type: "result" }>): AgentProgress {
  const ofTurn = sum(result.tokens);
  const tokens = ofTurn > 0 ? progress.tokensOfTurns + ofTurn : progress.usage.tokens;
  const usage: Usage = {
    ...(tokens !== undefined && { tokens }),
    ...(result.costUsd !== undefined && { costUsd: Math.max(0, result.costUsd) }),
    apiCalls: progress.apiCalls,
  };
  const counted = { tokensOfTurns: tokens ?? 0, earlierTokens: tokens ?? 0, lastReply: { input: 0, output: 0 } };
  return { ...progress, ...counted, openCalls: [], usage };
}

const verbs: Readonly<Record<string, string>> = {
  Read: "Reading",
  Write: "Writing",
  Edit: "Editing",
  NotebookEdit: "Editing",
  Glob: "Looking for",
  Grep: "Searching for",
  Bash: "Running",
};

function operationText({ name, input }: ToolCall, folder: string): string {
  if (name === "AskUserQuestion") return "Asking a question";
  if (name === "TodoWrite" || name.startsWith("Task")) return "Planning";
  const path = [input["file_path"], input["notebook_path"]].find((value) => typeof value === "string");
  const target = path === undefined ? (input["command"] ?? input["pattern"] ?? "") : (pathInside(folder, path) ?? path);
  return cappedLine(`${verbs[name] ?? name} ${typeof target === "string" ? target : ""}`, OPERATION_CHARACTERS);
}

function retryText({ attempt, limit, status }: Extract<ClaudeMessage, { type: "retry" }>): string {
  const cause = isRateLimit(status) ? "the rate limit" : "the model's service";
  return `Waiting for ${cause}, retry ${attempt} of ${limit}`;
}

function sum({ input, output }: TokenCounts): number {
  return input + output;
}

function larger(left: TokenCounts, right: TokenCounts): TokenCounts {
  return { input: Math.max(left.input, right.input), output: Math.max(left.output, right.output) };
}
