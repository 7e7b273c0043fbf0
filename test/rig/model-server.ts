/**
 * A scripted model on loopback: it speaks the Anthropic Messages API and says what a test told it to say.
 *
 * How a request finds its step is in model-script.ts. A request enters the log when it has arrived, before its gate,
 * delay or error, so that whoever waits for it can act while the agent is still waiting for the answer.
 *
 * Left out: images, thinking, prompt caching, batches, and any judgement on what the agent sent.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { sendError, sendJson, sendStep } from "./model-reply.ts";
import { positionOf, stepAt, type MessagesBody, type Scripts, type Step } from "./model-script.ts";

export type { Scripts } from "./model-script.ts";

/** One request as it arrived, in order of arrival. */
interface ModelRequest {
  readonly index: number;
  readonly method: string;
  readonly path: string;
  readonly userAgent: string;
  /** The agent's session, where it names one. */
  readonly sessionId: string | undefined;
  /** Undefined without a marker, with a name no script has, and for side requests. */
  readonly script: string | undefined;
  readonly step: number;
  /** How many earlier requests of the same session stood at the same step. */
  readonly attempt: number;
  readonly gate: string | undefined;
  readonly toolNames: readonly string[];
  readonly lastToolResult: string;
  /** The body as sent, for checks on prompts, models and tool descriptions; empty where there was none. */
  readonly body: MessagesBody;
}

/** A running scripted model; `await using` closes it. */
export interface ModelServer extends AsyncDisposable {
  readonly baseUrl: string;
  readonly requests: readonly ModelRequest[];
  /** The first request, past or future, that fits; fails after `timeoutMs` (60 s) and says what came instead. */
  waitForRequest(fits: (request: ModelRequest) => boolean, timeoutMs?: number): Promise<ModelRequest>;
  /** Lets every answer held at this gate go, and all that come to it later. */
  release(gate: string): void;
  /** Closes the server and every open connection; answers still held are never given. */
  close(): Promise<void>;
}

interface Rig {
  readonly scripts: Scripts;
  readonly requests: ModelRequest[];
  readonly onArrival: Set<() => void>;
  readonly gates: Map<string, Gate>;
}

interface Gate {
  readonly opened: Promise<void>;
  readonly open: () => void;
}

/** Starts a scripted model on a free loopback port. */
export async function startModelServer(options: { readonly scripts: Scripts }): Promise<ModelServer> {
  const rig: Rig = { scripts: options.scripts, requests: [], onArrival: new Set(), gates: new Map() };
  const server = createServer((request, response) => {
    serve(rig, request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) response.destroy();
      else sendJson(response, 500, { type: "error", error: { type: "rig_error", message: String(error) } });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const close = (): Promise<void> => closeServer(server);
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: rig.requests,
    waitForRequest: (fits, timeoutMs = 60_000) => waitForRequest(rig, fits, timeoutMs),
    release: (gate) => gateNamed(rig, gate).open(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

async function serve(rig: Rig, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request);
  const { entry, step } = admit(rig, request, body);
  rig.requests.push(entry);
  for (const look of rig.onArrival) look();

  if (entry.method === "HEAD") return void response.writeHead(200).end();
  if (entry.path === "/v1/messages/count_tokens") return sendJson(response, 200, { input_tokens: 1000 });
  if (entry.path !== "/v1/messages") return sendError(response, 404);

  const gone = new AbortController();
  response.once("close", () => gone.abort());
  try {
    await hold(rig, step, gone.signal);
  } catch (error) {
    if (gone.signal.aborted) return;
    throw error;
  }
  sendStep(response, body, step, entry.index);
}

async function readBody(request: IncomingMessage): Promise<MessagesBody> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString("utf8")) as MessagesBody);
}

function admit(rig: Rig, request: IncomingMessage, body: MessagesBody): { entry: ModelRequest; step: Step } {
  const position = positionOf(body, rig.scripts);
  const path = (request.url ?? "/").replace(/\?.*/s, "");
  const named = request.headers["x-claude-code-session-id"];
  const sessionId = typeof named === "string" ? named : undefined;
  const { script, step: number } = position;
  const attempt = rig.requests.filter(
    (earlier) =>
      earlier.path === path && earlier.sessionId === sessionId && earlier.script === script && earlier.step === number,
  ).length;
  const step = stepAt(position, attempt, rig.scripts);
  const entry = {
    index: rig.requests.length,
    method: request.method ?? "GET",
    path,
    userAgent: request.headers["user-agent"] ?? "",
    sessionId,
    script,
    step: number,
    attempt,
    gate: step.gate,
    toolNames: position.toolNames,
    lastToolResult: position.context.lastToolResult,
    body,
  };
  return { entry, step };
}

/** Waits as the step says; fails when the agent goes away meanwhile. */
async function hold(rig: Rig, step: Step, signal: AbortSignal): Promise<void> {
  const gone = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("the agent went away")), { once: true });
  });
  gone.catch(() => undefined);
  if (step.delayMs !== undefined) await sleep(step.delayMs, undefined, { signal });
  if (step.gate !== undefined) await Promise.race([gateNamed(rig, step.gate).opened, gone]);
  if (step.hang === true) await gone;
}

function gateNamed(rig: Rig, name: string): Gate {
  const known = rig.gates.get(name);
  if (known !== undefined) return known;
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const gate = { opened, open };
  rig.gates.set(name, gate);
  return gate;
}

function waitForRequest(rig: Rig, fits: (request: ModelRequest) => boolean, timeoutMs: number): Promise<ModelRequest> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      rig.onArrival.delete(look);
    };
    const fail = (error: unknown): void => {
      stop();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const look = (): void => {
      try {
        const found = rig.requests.find(fits);
        if (found === undefined) return;
        stop();
        resolve(found);
      } catch (error) {
        fail(error);
      }
    };
    const late = (): void =>
      fail(new Error(`no request that fits within ${timeoutMs} ms, but: ${outline(rig.requests)}`));
    const timer = setTimeout(late, timeoutMs);
    rig.onArrival.add(look);
    look();
  });
}

function outline(requests: readonly ModelRequest[]): string {
  const lines = requests.map(
    ({ method, path, script, step, attempt }) => `${method} ${path} ${script ?? "-"}#${step}.${attempt}`,
  );
  return lines.join(", ") || "none";
}
