/** A tool that the model wants to use. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Tokens as the program counts them. */
export interface TokenCounts {
  readonly input: number;
  readonly output: number;
}

/** How the program says that its work is over. */
export interface ResultMessage {
  readonly type: "result";
  readonly subtype: string;
  readonly isError: boolean;
  readonly apiErrorStatus: number | undefined;
  readonly terminalReason: string | undefined;
  /** The model's last words, or the text of the failure. */
  readonly text: string | undefined;
  readonly errors: readonly string[];
  readonly tokens: TokenCounts;
  readonly costUsd: number | undefined;
  /** Names of the tools whose use was refused. */
  readonly denials: readonly string[];
}

/** What the program says, as far as it matters here. */
export type ClaudeMessage =
  | {
      readonly type: "init";
      readonly version: string | undefined;
      readonly model: string | undefined;
      readonly keySource: string | undefined;
    }
  | { readonly type: "initialized" }
  | {
      readonly type: "reply";
      readonly id: string;
      readonly text: string;
      readonly calls: readonly ToolCall[];
      readonly tokens: TokenCounts;
      readonly error: string | undefined;
    }
  | { readonly type: "tool-results"; readonly callIds: readonly string[]; readonly writtenFile: string | undefined }
  /** It has read a message of the person's. */
  | { readonly type: "read"; readonly text: string }
  | { readonly type: "permission"; readonly requestId: string; readonly call: ToolCall }
  | { readonly type: "hook"; readonly requestId: string; readonly call: ToolCall }
  | { readonly type: "unknown-request"; readonly requestId: string; readonly subtype: string }
  | { readonly type: "cancel-request"; readonly requestId: string }
  | {
      readonly type: "retry";
      readonly attempt: number;
      readonly limit: number;
      readonly status: number | undefined;
      /** Milliseconds that it waits before it tries again. */
      readonly delayMs: number | undefined;
    }
  /** The limit of a subscription was reached; `resetsAt` in milliseconds of the wall clock's epoch. */
  | { readonly type: "limit-reached"; readonly resetsAt: number | undefined }
  | ResultMessage
  | { readonly type: "other" };

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads one line of the program's output; undefined where it is no message at all. Messages and fields that are not
 * known are passed over: new versions add some with every release.
 */
export function decodeLine(line: string): ClaudeMessage | undefined {
  const message = parseObject(line);
  if (message === undefined) return undefined;
  switch (message["type"]) {
    case "system":
      return decodeSystem(message);
    case "assistant":
      return decodeReply(message);
    case "user":
      return message["isReplay"] === true ? decodeRead(message) : decodeToolResults(message);
    case "control_request":
      return decodeRequest(message);
    case "control_cancel_request":
      return { type: "cancel-request", requestId: text(message["request_id"]) ?? "" };
    case "control_response":
      return text(fields(message["response"])["request_id"]) === initializeId
        ? { type: "initialized" }
        : { type: "other" };
    case "rate_limit_event":
      return decodeLimit(fields(message["rate_limit_info"]));
    case "result":
      return decodeResult(message);
    default:
      return typeof message["type"] === "string" ? { type: "other" } : undefined;
  }
}

const initializeId = "initialize";
const hookId = "workspace-guard";

/** The first line to the program: it asks before every use of a tool, whatever its settings allow. */
export function encodeInitialize(): string {
  const hooks = { PreToolUse: [{ hookCallbackIds: [hookId] }] };
  return encode({ type: "control_request", request_id: initializeId, request: { subtype: "initialize", hooks } });
}

/** The task, or what else the person has to say while it works. */
export function encodePrompt(prompt: string): string {
  const message = { role: "user", content: prompt };
  return encode({ type: "user", message, parent_tool_use_id: null, session_id: "" });
}

/** Asks the program to stop what it does and to report what it has. */
export function encodeInterrupt(): string {
  return encode({ type: "control_request", request_id: "interrupt", request: { subtype: "interrupt" } });
}

/** Lets a tool be used with this input. */
export function encodeAllow(requestId: string, input: Fields): string {
  return encodeAnswer(requestId, { behavior: "allow", updatedInput: input });
}

/** Refuses the use of a tool; the model reads the message. */
export function encodeDeny(requestId: string, message: string): string {
  return encodeAnswer(requestId, { behavior: "deny", message });
}

/** Answers a hook: without a refusal the program goes on as its permissions say. */
export function encodeHookAnswer(requestId: string, refusal: string | undefined): string {
  if (refusal === undefined) return encodeAnswer(requestId, {});
  const decision = { hookEventName: "PreToolUse", permissionDecision: "deny", permissionDecisionReason: refusal };
  return encodeAnswer(requestId, { hookSpecificOutput: decision });
}

/** Tells the program that a request of a kind that is not known here cannot be answered. */
export function encodeUnsupported(requestId: string, subtype: string): string {
  const response = { subtype: "error", request_id: requestId, error: `Unsupported request: ${subtype}` };
  return encode({ type: "control_response", response });
}

function encodeAnswer(requestId: string, response: Fields): string {
  return encode({ type: "control_response", response: { subtype: "success", request_id: requestId, response } });
}

function encode(message: Fields): string {
  return `${JSON.stringify(message)}\n`;
}

function decodeSystem(message: Fields): ClaudeMessage {
  if (message["subtype"] === "init") {
    return {
      type: "init",
      version: text(message["claude_code_version"]),
      model: text(message["model"]),
      keySource: text(message["apiKeySource"]),
    };
  }
  if (message["subtype"] === "api_retry") {
    return {
      type: "retry",
      attempt: count(message["attempt"]),
      limit: count(message["max_retries"]),
      status: optionalNumber(message["error_status"]),
      delayMs: optionalNumber(message["retry_delay_ms"]),
    };
  }
  return { type: "other" };
}

function decodeLimit(limit: Fields): ClaudeMessage {
  if (limit["status"] !== "rejected") return { type: "other" };
  const seconds = optionalNumber(limit["resetsAt"]);
  return { type: "limit-reached", resetsAt: seconds === undefined ? undefined : seconds * 1_000 };
}

function decodeReply(message: Fields): ClaudeMessage {
  const body = fields(message["message"]);
  const blocks = list(body["content"]).map(fields);
  const said = blocks.flatMap((block) => (block["type"] === "text" ? (text(block["text"]) ?? []) : []));
  const calls = blocks.flatMap((block) =>
    block["type"] === "tool_use" && text(block["name"]) ? callOf(block["id"], block["name"], block["input"]) : [],
  );
  const tokens = tokensOf(fields(body["usage"]));
  return {
    type: "reply",
    id: text(body["id"]) ?? "",
    text: said.join("\n"),
    calls,
    tokens,
    error: text(message["error"]),
  };
}

function decodeRead(message: Fields): ClaudeMessage {
  const { content } = fields(message["message"]);
  const blocks = list(content).flatMap((block) => text(fields(block)["text"]) ?? []);
  return { type: "read", text: text(content) ?? blocks.join("\n") };
}

function decodeToolResults(message: Fields): ClaudeMessage {
  const blocks = list(fields(message["message"])["content"]).map(fields);
  const callIds = blocks.flatMap((block) =>
    block["type"] === "tool_result" ? (text(block["tool_use_id"]) ?? []) : [],
  );
  const result = fields(message["tool_use_result"]);
  // A file that was read carries its path elsewhere; only writing tools put it here, with what they changed.
  const wrote =
    result["type"] === "create" ||
    Array.isArray(result["structuredPatch"]) ||
    text(result["notebook_path"]) !== undefined;
  const writtenFile = wrote ? (text(result["filePath"]) ?? text(result["notebook_path"])) : undefined;
  return { type: "tool-results", callIds, writtenFile };
}

function decodeRequest(message: Fields): ClaudeMessage {
  const requestId = text(message["request_id"]) ?? "";
  const request = fields(message["request"]);
  if (request["subtype"] === "can_use_tool") {
    return {
      type: "permission",
      requestId,
      call: callOf(request["tool_use_id"], request["tool_name"], request["input"]),
    };
  }
  if (request["subtype"] === "hook_callback" && request["callback_id"] === hookId) {
    const input = fields(request["input"]);
    return { type: "hook", requestId, call: callOf(input["tool_use_id"], input["tool_name"], input["tool_input"]) };
  }
  return { type: "unknown-request", requestId, subtype: text(request["subtype"]) ?? "" };
}

function decodeResult(message: Fields): ResultMessage {
  return {
    type: "result",
    subtype: text(message["subtype"]) ?? "",
    isError: message["is_error"] !== false,
    apiErrorStatus: optionalNumber(message["api_error_status"]),
    terminalReason: text(message["terminal_reason"]),
    text: text(message["result"]),
    errors: list(message["errors"]).flatMap((error) => text(error) ?? []),
    tokens: tokensOf(fields(message["usage"])),
    costUsd: optionalNumber(message["total_cost_usd"]),
    denials: list(message["permission_denials"]).flatMap((denial) => text(fields(denial)["tool_name"]) ?? []),
  };
}

function callOf(id: unknown, name: unknown, input: unknown): ToolCall {
  return { id: text(id) ?? "", name: text(name) ?? "", input: fields(input) };
}

function tokensOf(usage: Fields): TokenCounts {
  const input =
    count(usage["input_tokens"]) +
    count(usage["cache_creation_input_tokens"]) +
    count(usage["cache_read_input_tokens"]);
  return { input, output: count(usage["output_tokens"]) };
}

function parseObject(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch (error) {
    // Programs print other things too; a line that is no JSON is none of ours.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function optionalNumber(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function count(value: unknown): number {
  return Math.max(0, optionalNumber(value) ?? 0);
}
