/** How the scripted model puts a step on the wire: one JSON message, a stream of server-sent events, or an error. */
import type { ServerResponse } from "node:http";
import type { MessagesBody, Step } from "./model-script.ts";

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  529: "overloaded_error",
};

/** Answers with a JSON document. */
export function sendJson(response: ServerResponse, status: number, body: unknown, headers: Step["headers"] = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

/** Answers with an error as the Messages API words it. */
export function sendError(response: ServerResponse, status: number, headers: Step["headers"] = {}): void {
  const error = { type: ERROR_TYPES[status] ?? "api_error", message: `scripted ${status}` };
  sendJson(response, status, { type: "error", error }, headers);
}

/** Answers a step as the request asked for it, streamed or whole; `serial` makes its identifiers unique. */
export function sendStep(response: ServerResponse, body: MessagesBody, step: Step, serial: number): void {
  if (step.status !== undefined) return sendError(response, step.status, step.headers);
  if (body.stream === true) return sendStream(response, body, step, serial);
  const usage = { ...usageOf(step), output_tokens: step.usage?.outputTokens ?? 50 };
  const whole = { ...envelope(body, serial), content: blocksOf(step, serial), stop_reason: stopReason(step), usage };
  sendJson(response, 200, whole, step.headers);
}

function sendStream(response: ServerResponse, body: MessagesBody, step: Step, serial: number): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache", ...step.headers });
  const send = (type: string, fields: object): void => {
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`);
  };
  send("message_start", {
    message: { ...envelope(body, serial), content: [], stop_reason: null, usage: usageOf(step) },
  });
  for (const [index, block] of blocksOf(step, serial).entries()) {
    const start = block.type === "text" ? { ...block, text: "" } : { ...block, input: {} };
    const delta =
      block.type === "text"
        ? { type: "text_delta", text: block.text }
        : { type: "input_json_delta", partial_json: JSON.stringify(block.input) };
    send("content_block_start", { index, content_block: start });
    send("content_block_delta", { index, delta });
    send("content_block_stop", { index });
  }
  const delta = { stop_reason: stopReason(step), stop_sequence: null };
  send("message_delta", { delta, usage: { output_tokens: step.usage?.outputTokens ?? 50 } });
  send("message_stop", {});
  response.end();
}

type Block =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "tool_use"; readonly id: string; readonly name: string; readonly input: object };

function blocksOf(step: Step, serial: number): Block[] {
  const said: Block[] = step.say === undefined ? [] : [{ type: "text", text: step.say }];
  const used = (step.use ?? []).map(({ name, input }, index): Block => ({
    type: "tool_use",
    id: `toolu_scripted_${serial}_${index}`,
    name,
    input,
  }));
  return [...said, ...used];
}

function envelope(body: MessagesBody, serial: number): object {
  const model = body.model ?? "scripted";
  return { id: `msg_scripted_${serial}`, type: "message", role: "assistant", model, stop_sequence: null };
}

function stopReason(step: Step): string {
  return step.use === undefined || step.use.length === 0 ? "end_turn" : "tool_use";
}

function usageOf(step: Step): object {
  return {
    input_tokens: step.usage?.inputTokens ?? 1000,
    output_tokens: 1,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
  };
}
