/**
 * One call on its way to the provider and back: bytes go through as they come, both ways, and stop
 * where they stopped. Nothing is added, followed, kept or written down.
 */
import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { Transform, type TransformCallback } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { CallAnswer, CallUse } from "../../ports/model-calls.ts";
import { usageReader, type UsageReader } from "./model-usage.ts";
import { readLimitHeaders } from "./rate-limit-headers.ts";

/** What is learnt of a call on its way. */
export interface CallListener {
  answered(answer: CallAnswer): void;
  ended(use: CallUse): void;
}

/** Connections to providers, kept open between calls. */
export interface Connections {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** Headers that belong to one connection, not to the call (RFC 9110, 7.6.1). */
const ofConnection = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
]);

/** Opens no connection yet. */
export function keptConnections(): Connections {
  return { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
}

/** Sends a call on to `target` and its answer back. */
export function forwardCall(
  call: { readonly request: IncomingMessage; readonly response: ServerResponse; readonly target: URL },
  connections: Connections,
  listener: CallListener,
): void {
  const { request, response, target } = call;
  const secure = target.protocol === "https:";
  const headers = [...passedHeaders(request.rawHeaders, ["host"]), "host", target.host];
  const chunked = request.headers["transfer-encoding"] !== undefined;
  const outgoing = (secure ? httpsRequest : httpRequest)(target, {
    method: request.method ?? "GET",
    headers: chunked ? [...headers, "transfer-encoding", "chunked"] : headers,
    agent: secure ? connections.https : connections.http,
    setHost: false,
  });
  let over = false;
  const end = (use: CallUse): void => {
    if (over) return;
    over = true;
    listener.ended(use);
  };
  outgoing.once("response", (answer) => {
    listener.answered(readLimitHeaders(answer.statusCode ?? 502, answer.headers, Date.now()));
    sendBack(answer, response, end);
  });
  // A provider that cannot be reached looks to the agent as it would without anybody in between.
  outgoing.on("error", () => {
    if (!over && !response.headersSent) listener.answered({ kind: "failed" });
    response.destroy();
    end({ counted: true });
  });
  response.once("close", () => {
    if (!response.writableFinished) outgoing.destroy();
  });
  request.pipe(outgoing);
}

function sendBack(answer: IncomingMessage, response: ServerResponse, end: (use: CallUse) => void): void {
  const reader = usageReader(answer.headers["content-type"]);
  const tap = readCopy(answer.headers["content-encoding"], reader);
  response.sendDate = false;
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, passedHeaders(answer.rawHeaders, []));
  response.flushHeaders();
  answer.on("data", (piece: Buffer) => tap.take(piece));
  const failed = (answer.statusCode ?? 502) >= 400;
  const finish = (whole: boolean): void => {
    void tap.end(whole).then((use) => end(failed ? { counted: true } : use));
  };
  answer.once("end", () => finish(answer.complete));
  answer.once("close", () => {
    finish(answer.complete);
    // Cut by the provider: the agent's stream is cut at the same place.
    if (!answer.complete) response.destroy();
  });
  answer.on("error", () => response.destroy());
  answer.pipe(response);
}

function passedHeaders(raw: readonly string[], dropped: readonly string[]): string[] {
  const named = raw.flatMap((value, index) =>
    index > 0 && index % 2 === 1 && raw[index - 1]?.toLowerCase() === "connection"
      ? value.toLowerCase().split(/\s*,\s*/)
      : [],
  );
  const without = new Set([...ofConnection, ...named, ...dropped]);
  return raw.filter((_, index) => !without.has((raw[index - (index % 2)] ?? "").toLowerCase()));
}

interface Tap {
  take(piece: Buffer): void;
  end(whole: boolean): Promise<CallUse>;
}

/** Reads a copy of the answer, unpacked where it is packed; the agent gets the bytes as they came. */
function readCopy(encoding: string | undefined, reader: UsageReader): Tap {
  const unpack = unpackerOf(encoding);
  if (unpack === undefined) {
    return { take: (piece) => reader.take(piece), end: (whole) => Promise.resolve(reader.end(whole)) };
  }
  unpack.on("data", (piece: Buffer) => reader.take(piece));
  const done = new Promise<void>((resolve) => {
    unpack.once("end", resolve);
    // What cannot be unpacked cannot be counted; a cut stream ends like this.
    unpack.once("error", () => resolve());
  });
  return {
    take: (piece) => void unpack.write(piece),
    end: async (whole) => {
      unpack.end();
      await done;
      return reader.end(whole);
    },
  };
}

function unpackerOf(encoding: string | undefined): Transform | undefined {
  switch (encoding?.trim().toLowerCase()) {
    case undefined:
    case "":
    case "identity":
      return undefined;
    case "gzip":
    case "x-gzip":
      return createGunzip();
    case "br":
      return createBrotliDecompress();
    case "deflate":
      return createInflate();
    default:
      return swallow();
  }
}

/** For packings that Node cannot undo. */
function swallow(): Transform {
  return new Transform({
    transform: (_piece, _encoding, done: TransformCallback) => done(),
  }).resume();
}
