/**
 * A gateway on loopback between our agents and their providers, for when a limit is set. It asks for a
 * permit before a call goes on, and reads from the answer what was used.
 *
 * G1  It listens on 127.0.0.1 alone, at a port of the system's choosing, and only while agents use it.
 * G2  Each agent has secret paths of its own, one for each interface; anything else gets 404.
 * G3  A call goes to the address that the agent would have called, and nowhere else; redirects are passed on.
 * G4  Bodies go through as streams, both ways; of requests at most 128 MB.
 * G5  Nothing of a call is kept or written down: no text, no key, no address.
 */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  modelInterfaces,
  type AgentRoute,
  type CallMeter,
  type CallUse,
  type ModelGateway,
  type ModelInterface,
} from "../../ports/model-calls.ts";
import { forwardCall, keptConnections, type Connections } from "./forward-call.ts";
import { addressVariable, redirectObstacle, upstreamOf } from "./model-upstreams.ts";

const largestBody = 128 * 1024 * 1024;
const bytesPerToken = 4;
/** Tokens that an answer is expected to have, before any was seen. */
const firstAnswerTokens = 500;

interface Door {
  readonly speaks: ModelInterface;
  readonly upstream: URL;
  readonly meter: CallMeter;
  readonly estimate: Estimate;
  readonly open: Set<ServerResponse>;
}

/** Makes a gateway that listens from the first agent on. */
export function modelGateway(): ModelGateway {
  return new Gateway();
}

class Gateway implements ModelGateway {
  readonly #doors = new Map<string, Door>();
  readonly #connections: Connections = keptConnections();
  #server: Server | undefined;
  #listening: Promise<number> | undefined;

  obstacle(environment: Readonly<Record<string, string | undefined>>): string | undefined {
    return redirectObstacle(environment);
  }

  async open(request: Parameters<ModelGateway["open"]>[0]): Promise<AgentRoute> {
    const secrets = modelInterfaces.map((speaks) => {
      const secret = randomBytes(24).toString("base64url");
      const upstream = upstreamOf(speaks, request.environment);
      this.#doors.set(secret, {
        speaks,
        upstream,
        meter: request.meter(speaks),
        estimate: newEstimate(),
        open: new Set(),
      });
      return { speaks, secret };
    });
    this.#listening ??= this.#listen();
    const port = await this.#listening;
    return {
      environment: Object.fromEntries(
        secrets.map(({ speaks, secret }) => [addressVariable(speaks), `http://127.0.0.1:${port}/${secret}`]),
      ),
      close: () => this.#shut(secrets.map(({ secret }) => secret)),
    };
  }

  async close(): Promise<void> {
    this.#shut([...this.#doors.keys()]);
    await this.#listening;
    this.#stop();
  }

  #listen(): Promise<number> {
    const server = createServer((request, response) => this.#serve(request, response));
    // A call may wait here for as long as its permit takes.
    server.requestTimeout = 0;
    server.timeout = 0;
    server.keepAliveTimeout = 60_000;
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
    });
  }

  #shut(secrets: readonly string[]): void {
    for (const secret of secrets) {
      for (const response of this.#doors.get(secret)?.open ?? []) response.destroy();
      this.#doors.delete(secret);
    }
    if (this.#doors.size === 0) this.#stop();
  }

  #stop(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
    this.#server = undefined;
    this.#listening = undefined;
    this.#connections.http.destroy();
    this.#connections.https.destroy();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const [, secret = "", rest = ""] = /^\/([\w-]{32})(\/.*)?$/s.exec(request.url ?? "") ?? [];
    const door = this.#doors.get(secret);
    if (door === undefined) return void response.writeHead(404, { connection: "close" }).end();
    const declared = Number(request.headers["content-length"] ?? 0);
    if (!(declared <= largestBody)) return void response.writeHead(413, { connection: "close" }).end();
    door.open.add(response);
    response.once("close", () => door.open.delete(response));
    const target = targetOf(door.upstream, rest);
    const call = { request, response, target };
    if (!isMetered(request.method, target.pathname)) {
      return forwardCall(call, this.#connections, { answered: () => undefined, ended: () => undefined });
    }
    void this.#passMetered(door, call, declared);
  }

  async #passMetered(
    door: Door,
    call: { readonly request: IncomingMessage; readonly response: ServerResponse; readonly target: URL },
    declared: number,
  ): Promise<void> {
    const gone = new AbortController();
    call.response.once("close", () => gone.abort());
    const permit = await door.meter.admit({ tokens: door.estimate.expect(declared), signal: gone.signal });
    if (permit === undefined) return;
    if (gone.signal.aborted) return permit.settle({ counted: true });
    limitBody(call.request, call.response);
    forwardCall(call, this.#connections, {
      answered: (answer) => permit.answered(answer),
      ended: (use) => {
        door.estimate.learn(declared, use);
        permit.settle(use);
      },
    });
  }
}

/** The upstream's address with the path of the call behind its own. */
function targetOf(upstream: URL, rest: string): URL {
  const target = new URL(upstream);
  const [path, query] = splitOnce(rest, "?");
  target.pathname = `${upstream.pathname.replace(/\/+$/, "")}${path}`;
  target.search = query === undefined ? "" : `?${query}`;
  target.hash = "";
  return target;
}

function splitOnce(text: string, by: string): [string, string | undefined] {
  const place = text.indexOf(by);
  return place === -1 ? [text, undefined] : [text.slice(0, place), text.slice(place + by.length)];
}

/** Providers count what makes a model work; counting tokens and asking for lists is free. */
function isMetered(method: string | undefined, path: string): boolean {
  return method === "POST" && !/(\/count_tokens|:countTokens|\/input_tokens)$/.test(path);
}

/** Cuts a body that does not say how long it is and grows beyond all measure. */
function limitBody(request: IncomingMessage, response: ServerResponse): void {
  let bytes = 0;
  request.on("data", (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > largestBody) response.destroy();
  });
}

interface Estimate {
  /** Tokens that a call with a body of that many bytes is expected to use. */
  expect(bytes: number): number;
  learn(bytes: number, use: CallUse): void;
}

/** Tokens of a call from the length of its body, corrected by what earlier calls of the agent have used. */
function newEstimate(): Estimate {
  let perByte = 1 / bytesPerToken;
  let answer = firstAnswerTokens;
  let usualBytes = 0;
  return {
    expect: (bytes) => Math.ceil((bytes || usualBytes) * perByte + answer),
    learn(bytes, use) {
      if (!use.counted || use.rateTokens === undefined) return;
      const read = use.rateTokens - (use.output ?? 0);
      answer = (answer + (use.output ?? 0)) / 2;
      if (bytes === 0) return;
      usualBytes = bytes;
      perByte = (perByte + read / bytes) / 2;
    },
  };
}
