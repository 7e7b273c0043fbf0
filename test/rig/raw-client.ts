import { once } from "node:events";
import { PassThrough } from "node:stream";
import { GuardedInput } from "../../src/platform/guarded-input.ts";
import { connectStdio } from "../../src/server.ts";
import { fakeRuns, type FakeRuns } from "./fake-runs.ts";
import { manualClock, type ManualClock } from "./manual-clock.ts";
import { testCodeReader } from "./code-reader-rig.ts";
import { fakePlans, noRefs, noSurvey } from "./tool-world.ts";

/** A JSON-RPC message as it is on the wire. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests reach into messages of every shape
export type Message = Readonly<Record<string, any>>;

/** A server in this process, spoken to line by line. */
export interface RawClient {
  readonly runs: FakeRuns;
  readonly clock: ManualClock;
  readonly logged: readonly string[];
  /** Everything the server has said so far. */
  readonly heard: readonly Message[];
  /** Writes to the server's standard input as it is. */
  write(text: string | Buffer): void;
  send(message: object): void;
  /** Sends a request and gives its response. */
  request(method: string, params?: object): Promise<Message>;
  /** The next message that fits, also one that was heard before. */
  hear(fits: (message: Message) => boolean): Promise<Message>;
  /** Closes standard input; settles when the server has noticed. */
  hangUp(): Promise<void>;
}

/** Starts a server over runs that do nothing by themselves, behind the guard and the transport that it has in earnest. */
export function rawClient(): RawClient {
  const clock = manualClock();
  const runs = fakeRuns(clock);
  const logged: string[] = [];
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const onFault = (fault: string): void =>
    void stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id: null, error: { code: -32_700, message: fault } })}\n`);
  const log = (line: string): void => void logged.push(line);
  const input = stdin.pipe(new GuardedInput({ onFault }));
  const noPlanner = { analyze: async () => "none" as const };
  const services = {
    runs,
    plans: fakePlans(),
    clock,
    compareRefs: noRefs,
    code: testCodeReader(),
    survey: noSurvey,
    planner: noPlanner,
    log,
  };
  connectStdio(() => Promise.resolve(services), "0.0.0", { input, output: stdout, log });
  const heard: Message[] = [];
  let rest = "";
  stdout.on("data", (chunk: Buffer) => {
    const lines = `${rest}${chunk.toString("utf8")}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) heard.push(JSON.parse(line) as Message);
  });
  let lastId = 0;
  const hear: RawClient["hear"] = async (fits) => {
    for (;;) {
      const found = heard.find(fits);
      if (found) return found;
      await once(stdout, "data");
    }
  };
  const send = (message: object): void => void stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  return {
    runs,
    clock,
    logged,
    heard,
    write: (text) => void stdin.write(text),
    send,
    async request(method, params = {}) {
      const id = ++lastId;
      send({ id, method, params });
      return hear((message) => message["id"] === id && ("result" in message || "error" in message));
    },
    hear,
    async hangUp() {
      stdin.end();
      await once(input, "close");
    },
  };
}

/** Opens a connection of the 2025 era. */
export async function initialize(client: RawClient, capabilities: object = {}, name = "raw"): Promise<Message> {
  const answer = await client.request("initialize", {
    protocolVersion: "2025-11-25",
    capabilities,
    clientInfo: { name, version: "1" },
  });
  client.send({ method: "notifications/initialized" });
  return answer;
}

/** What every request of the 2026-07-28 era carries. */
export function envelope(capabilities: object = {}, name = "raw"): object {
  return {
    _meta: {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientInfo": { name, version: "1" },
      "io.modelcontextprotocol/clientCapabilities": capabilities,
    },
  };
}
