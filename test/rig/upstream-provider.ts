/** A provider on loopback that answers as a test says, and keeps what it was sent. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as it arrived. */
interface Arrived {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A running provider; `await using` closes it. */
export interface UpstreamProvider extends AsyncDisposable {
  readonly baseUrl: string;
  readonly arrived: readonly Arrived[];
}

/** Starts a provider on a free port. */
export async function startUpstream(
  answer: (request: Arrived, response: ServerResponse) => void | Promise<void>,
): Promise<UpstreamProvider> {
  const arrived: Arrived[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const entry = { method, url, headers, body: Buffer.concat(pieces).toString("utf8") };
      arrived.push(entry);
      void answer(entry, response);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => void server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The events of an Anthropic answer with these counts, each as one piece of text. */
export function anthropicEvents(input: number, output: number): string[] {
  const event = (type: string, fields: object): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
  const usage = { input_tokens: input, output_tokens: 1, cache_read_input_tokens: 7, cache_creation_input_tokens: 0 };
  return [
    event("message_start", { message: { id: "m", model: "claude-sonnet-4-5", usage } }),
    event("content_block_delta", { index: 0, delta: { type: "text_delta", text: "a secret word, ünïcödé" } }),
    event("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: output } }),
    event("message_stop", {}),
  ];
}
