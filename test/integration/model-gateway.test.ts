import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { modelGateway } from "../../src/platform/gateway/model-gateway.ts";
import { notingMeter, openRoute, post, receive } from "../rig/gateway-rig.ts";
import { anthropicEvents, startUpstream } from "../rig/upstream-provider.ts";

describe("the gateway between agents and their models", () => {
  test("passes a call and its stream on untouched, and counts what was used (C16)", async () => {
    const events = anthropicEvents(1_200, 34);
    await using upstream = await startUpstream((_, response) => {
      response.writeHead(200, {
        "content-type": "text/event-stream",
        "request-id": "r-1",
        "anthropic-ratelimit-requests-remaining": "41",
      });
      for (const event of events) response.write(event);
      response.end();
    });
    const meter = notingMeter();
    await using rig = await openRoute(upstream, meter);
    const body = JSON.stringify({ model: "claude", stream: true, messages: [{ role: "user", content: "hello" }] });
    const answer = await post(`${rig.address}/v1/messages?beta=true`, body, { "x-api-key": "key-of-the-person" });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("request-id")).toBe("r-1");
    expect(await answer.text()).toBe(events.join(""));
    const [sent] = upstream.arrived;
    expect(sent).toMatchObject({ method: "POST", url: "/base/v1/messages?beta=true", body });
    expect(sent?.headers["x-api-key"]).toBe("key-of-the-person");
    expect(sent?.headers.host).toBe(new URL(upstream.baseUrl).host);
    await meter.used(1);
    expect(meter.answers).toEqual([
      { kind: "accepted", retryAfterMs: undefined, requestsLeft: 41, tokensLeft: undefined },
    ]);
    expect(meter.uses).toEqual([
      {
        counted: true,
        model: "claude-sonnet-4-5",
        input: 1_200,
        output: 34,
        cacheRead: 7,
        cacheWrite: 0,
        rateTokens: 1_234,
      },
    ]);
    expect(meter.wishes[0]?.tokens).toBeGreaterThan(body.length / 4);
  });

  test.each([
    [
      "OpenAI's chat",
      "/chat/completions",
      {
        model: "gpt-5",
        usage: { prompt_tokens: 50, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 20 } },
      },
      { model: "gpt-5", input: 30, output: 5, cacheRead: 20, rateTokens: 35 },
    ],
    [
      "OpenAI's responses",
      "/responses",
      { model: "gpt-5", usage: { input_tokens: 50, output_tokens: 5, input_tokens_details: { cached_tokens: 0 } } },
      { model: "gpt-5", input: 50, output: 5, cacheRead: 0, rateTokens: 55 },
    ],
    [
      "Gemini",
      "/v1beta/models/g:generateContent",
      {
        modelVersion: "gemini-2.5-pro",
        usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 3, thoughtsTokenCount: 2 },
      },
      { model: "gemini-2.5-pro", input: 9, output: 5, rateTokens: 14 },
    ],
  ])("reads what was used from %s, whole, packed and in events", async (_name, path, answer, used) => {
    const whole = JSON.stringify(answer);
    await using upstream = await startUpstream(({ url }, response) => {
      if (url.includes("packed")) {
        response
          .writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" })
          .end(gzipSync(whole));
      } else if (url.includes("events")) {
        const wrapped = path === "/responses" ? { type: "response.completed", response: answer } : answer;
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.end(`data: {"delta":"x"}\r\n\r\ndata: ${JSON.stringify(wrapped)}\r\n\r\ndata: [DONE]\r\n\r\n`);
      } else response.writeHead(200, { "content-type": "application/json" }).end(whole);
    });
    const meter = notingMeter();
    await using rig = await openRoute(upstream, meter);
    for (const query of ["", "?packed", "?events"]) await (await post(`${rig.address}${path}${query}`, "{}")).text();
    await meter.used(3);
    for (const use of meter.uses) expect(use).toEqual({ counted: true, ...used });
  });

  test("hands a refusal to the agent as it came and tells how long to wait (C16)", async () => {
    await using upstream = await startUpstream((_, response) => {
      response.writeHead(429, { "retry-after": "7", "content-type": "application/json" }).end('{"error":"slow down"}');
    });
    const meter = notingMeter();
    await using rig = await openRoute(upstream, meter);
    const answer = await post(`${rig.address}/v1/messages`, "{}");
    expect([answer.status, answer.headers.get("retry-after"), await answer.text()]).toEqual([
      429,
      "7",
      '{"error":"slow down"}',
    ]);
    await meter.used(1);
    expect(meter.answers).toMatchObject([{ kind: "refused", retryAfterMs: 7_000 }]);
    expect(meter.uses).toEqual([{ counted: true }]);
  });

  test("cuts the agent's stream where the provider cut it, and counts what had come", async () => {
    const events = anthropicEvents(500, 20);
    await using upstream = await startUpstream((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(events.slice(0, 2).join(""), () => response.destroy());
    });
    const meter = notingMeter();
    await using rig = await openRoute(upstream, meter);
    expect(await receive(`${rig.address}/v1/messages`, "{}")).toEqual({
      text: events.slice(0, 2).join(""),
      whole: false,
    });
    await meter.used(1);
    expect(meter.uses).toMatchObject([{ counted: false, input: 500, output: 1 }]);
  });

  test("ends a call to the provider when the agent goes away, and a wait for leave as well", async () => {
    let closed = (): void => undefined;
    const gone = new Promise<void>((resolve) => (closed = resolve));
    await using upstream = await startUpstream((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(anthropicEvents(1, 1)[0] ?? "");
      response.once("close", closed);
    });
    const held = new Promise<boolean>(() => undefined);
    const meter = notingMeter(({ tokens }) => (tokens > 1_000 ? held : Promise.resolve(true)));
    await using rig = await openRoute(upstream, meter);
    const leaving = new AbortController();
    const answer = await fetch(`${rig.address}/v1/messages`, { method: "POST", body: "{}", signal: leaving.signal });
    expect(answer.status).toBe(200);
    leaving.abort();
    await gone;
    const waiting = new AbortController();
    const stuck = fetch(`${rig.address}/v1/messages`, {
      method: "POST",
      body: "x".repeat(9_000),
      signal: waiting.signal,
    });
    while (meter.wishes.length < 2) await new Promise((resolve) => setImmediate(resolve));
    const stopped = new Promise((resolve) => meter.wishes[1]?.signal.addEventListener("abort", resolve));
    waiting.abort();
    await expect(stuck).rejects.toThrow("aborted");
    await stopped;
    expect(upstream.arrived).toHaveLength(1);
  });

  test("knows nobody but our agents, and each only as long as it works", async () => {
    await using upstream = await startUpstream((_, response) => void response.end("{}"));
    const meter = notingMeter();
    await using rig = await openRoute(upstream, meter);
    const other = await rig.gateway.open({ environment: { ANTHROPIC_BASE_URL: upstream.baseUrl }, meter: () => meter });
    const { origin } = new URL(rig.address);
    const strangers = ["/", "/v1/messages", `/${"a".repeat(32)}/v1/messages`, "//v1/messages", "/../v1/messages"];
    for (const path of strangers) expect((await post(`${origin}${path}`, "{}")).status).toBe(404);
    expect(new URL(rig.address).hostname).toBe("127.0.0.1");
    const secrets = new Set([...Object.values(rig.route.environment), ...Object.values(other.environment)]);
    expect(secrets.size).toBe(6);
    rig.route.close();
    expect((await post(`${rig.address}/v1/messages`, "{}")).status).toBe(404);
    expect((await post(`${other.environment["ANTHROPIC_BASE_URL"] ?? ""}/v1/messages`, "{}")).status).toBe(200);
    expect(upstream.arrived).toHaveLength(1);
  });

  test("passes redirects on instead of following them, and asks for no leave where nothing is generated", async () => {
    await using elsewhere = await startUpstream((_, response) => void response.end("{}"));
    await using upstream = await startUpstream(({ url }, response) => {
      if (url.endsWith("/v1/messages")) response.writeHead(307, { location: `${elsewhere.baseUrl}/take` }).end();
      else response.writeHead(200, { "content-type": "application/json" }).end('{"input_tokens":3}');
    });
    const meter = notingMeter();
    await using rig = await openRoute(upstream, meter);
    const answer = await post(`${rig.address}/v1/messages`, "{}");
    expect([answer.status, answer.headers.get("location")]).toEqual([307, `${elsewhere.baseUrl}/take`]);
    expect((await post(`${rig.address}/v1/messages/count_tokens`, "{}")).status).toBe(200);
    expect((await fetch(rig.address, { method: "HEAD" })).status).toBe(200);
    expect(elsewhere.arrived).toEqual([]);
    expect(meter.wishes).toHaveLength(1);
  });

  test("looks like the provider itself when that cannot be reached", async () => {
    const upstream = await startUpstream(() => undefined);
    const meter = notingMeter();
    await using rig = await openRoute(upstream, meter);
    await upstream[Symbol.asyncDispose]();
    await expect(post(`${rig.address}/v1/messages`, "{}")).rejects.toThrow("fetch failed");
    await meter.used(1);
    expect(meter.answers).toEqual([{ kind: "failed" }]);
    expect(meter.uses).toEqual([{ counted: true }]);
  });

  test("takes prompts of many megabytes, of known and unknown length", async () => {
    await using upstream = await startUpstream((_, response) => void response.end("{}"));
    const meter = notingMeter();
    await using rig = await openRoute(upstream, meter);
    const body = JSON.stringify({ text: "word ".repeat(2_000_000) });
    await (await post(`${rig.address}/v1/messages`, body)).text();
    const stream = new Blob([body]).stream();
    await (await fetch(`${rig.address}/v1/messages`, { method: "POST", body: stream, duplex: "half" })).text();
    expect(upstream.arrived.map((each) => each.body === body)).toEqual([true, true]);
    expect(meter.wishes[0]?.tokens).toBeGreaterThan(2_000_000);
  });

  test("carries 100 streams at once, each whole and its own (C16)", async () => {
    let open = 0;
    let most = 0;
    const waiting: (() => void)[] = [];
    await using upstream = await startUpstream(async ({ body }, response) => {
      most = Math.max(most, (open += 1));
      response.writeHead(200, { "content-type": "text/event-stream" });
      const events = anthropicEvents(Number(body), 5);
      response.write(events[0] ?? "");
      // Nobody's stream ends before all have begun.
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 100) for (const go of waiting) go();
      });
      response.end(events.slice(1).join(""), () => (open -= 1));
    });
    const meter = notingMeter();
    await using rig = await openRoute(upstream, meter);
    const numbers = Array.from({ length: 100 }, (_, index) => index + 1);
    const texts = await Promise.all(
      numbers.map(async (number) => (await post(`${rig.address}/v1/messages`, String(number))).text()),
    );
    expect(most).toBe(100);
    expect(texts).toEqual(numbers.map((number) => anthropicEvents(number, 5).join("")));
    await meter.used(100);
    expect(meter.uses.map((use) => use.input ?? 0).toSorted((left, right) => left - right)).toEqual(numbers);
  });

  test("says why calls cannot be led through it", () => {
    const gateway = modelGateway();
    expect(gateway.obstacle({})).toBeUndefined();
    expect(gateway.obstacle({ CLAUDE_CODE_USE_BEDROCK: "0" })).toBeUndefined();
    expect(gateway.obstacle({ CLAUDE_CODE_USE_BEDROCK: "1" })).toContain("CLAUDE_CODE_USE_BEDROCK");
    expect(gateway.obstacle({ HTTPS_PROXY: "http://proxy:8080" })).toContain("HTTPS_PROXY");
    expect(
      gateway.obstacle({ HTTPS_PROXY: "http://proxy:8080", ANTHROPIC_BASE_URL: "http://127.0.0.1:9" }),
    ).toBeUndefined();
    expect(gateway.obstacle({ ANTHROPIC_BASE_URL: "ftp://x" })).toContain("ANTHROPIC_BASE_URL");
  });
});
