/** The gateway as tests use it: a route for one agent, and a meter that notes what it hears. */
import { request as httpRequest } from "node:http";
import { modelGateway } from "../../src/platform/gateway/model-gateway.ts";
import type {
  AgentRoute,
  CallAnswer,
  CallMeter,
  CallUse,
  CallWish,
  ModelGateway,
} from "../../src/ports/model-calls.ts";
import type { UpstreamProvider } from "./upstream-provider.ts";

/** A meter that notes what it is asked and told. */
export function notingMeter(admit: (wish: CallWish) => Promise<boolean> = () => Promise.resolve(true)): CallMeter & {
  readonly wishes: CallWish[];
  readonly answers: CallAnswer[];
  readonly uses: CallUse[];
  used(count: number): Promise<void>;
} {
  const wishes: CallWish[] = [];
  const answers: CallAnswer[] = [];
  const uses: CallUse[] = [];
  let wake = (): void => undefined;
  return {
    wishes,
    answers,
    uses,
    async used(count) {
      while (uses.length < count) await new Promise<void>((resolve) => (wake = resolve));
    },
    async admit(wish) {
      wishes.push(wish);
      if (!(await admit(wish))) return undefined;
      return {
        waitedMs: 0,
        answered: (answer) => void answers.push(answer),
        settle(use) {
          uses.push(use);
          wake();
        },
      };
    },
  };
}

/** A gateway with a route for one agent; `await using` closes it. */
export interface GatewayRig extends AsyncDisposable {
  readonly gateway: ModelGateway;
  readonly route: AgentRoute;
  /** Address of the agent's Anthropic interface. */
  readonly address: string;
}

/** Opens a route whose calls all go to one provider. */
export async function openRoute(upstream: UpstreamProvider, meter: CallMeter): Promise<GatewayRig> {
  const gateway = modelGateway();
  const base = {
    ANTHROPIC_BASE_URL: `${upstream.baseUrl}/base`,
    OPENAI_BASE_URL: `${upstream.baseUrl}/v1`,
    GOOGLE_GEMINI_BASE_URL: upstream.baseUrl,
  };
  const route = await gateway.open({ environment: base, meter: () => meter });
  const address = route.environment["ANTHROPIC_BASE_URL"] ?? "";
  return { gateway, route, address, [Symbol.asyncDispose]: () => gateway.close() };
}

/** Sends a call as an agent does. */
export const post = (url: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { method: "POST", body, headers: { "content-type": "application/json", ...headers }, redirect: "manual" });

/** Sends a request and gives the body in the pieces in which it came, and whether it was cut. */
export function receive(url: string, body: string): Promise<{ readonly text: string; readonly whole: boolean }> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { method: "POST" }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      answer.on("error", () => undefined);
      answer.once("close", () => resolve({ text, whole: answer.complete }));
    });
    outgoing.once("error", reject).end(body);
  });
}
