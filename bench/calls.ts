/** What limits on calls to models cost, and how much of a limit they leave unused. */
import { Agent, createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { memoryLimitStore, sharedLimitStore, type LimitStore } from "../src/engines/limits/limit-store.ts";
import { permitBroker } from "../src/engines/limits/permit-broker.ts";
import { modelGateway } from "../src/platform/gateway/model-gateway.ts";
import { sharedText } from "../src/platform/shared-text.ts";
import { systemClock } from "../src/platform/system-clock.ts";
import { seededRandom } from "../src/util/seeded-random.ts";
import { plannedRun } from "../test/rig/planned-run.ts";
import { fleet, strict, wholeMinute } from "../test/rig/rate-limited-fleet.ts";
import { simulateRun } from "../test/rig/simulated-run.ts";
import { median, shown, type Figure, type Part } from "./figure.ts";
import { withScratchFolder } from "./scratch-folder.ts";

const permits = 3_000;
const requests = 1_000;
/** Between two calls: no limit that can be asked for lets more than 167 through in a second. */
const pauseMs = 6;
const unlimited = { requestsPerMinute: 1e9 };
const callSeconds = 6;
const agents = 10;
const graphs = 10;

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((left, right) => left - right)[Math.floor(share * (values.length - 1))] ?? Number.NaN;

function sharedStore(folder: string): LimitStore {
  return sharedLimitStore(sharedText(join(folder, "limits")), (error) => {
    throw error;
  });
}

/** Milliseconds that each of many permits took, from asking to settling. */
async function permitTimes(store: LimitStore): Promise<number[]> {
  const broker = permitBroker({ clock: systemClock(), store, random: () => 0.5 });
  const meter = broker.meter({ claim: "bench", limits: unlimited, agent: "agent", rank: 0 });
  const times: number[] = [];
  for (let index = 0; index < permits; index++) {
    const { signal } = new AbortController();
    const before = performance.now();
    const permit = await meter.admit({ tokens: 1_000, signal });
    permit?.answered({ kind: "accepted" });
    permit?.settle({ counted: true, rateTokens: 900 });
    times.push(performance.now() - before);
  }
  return times;
}

async function permitFigures(): Promise<Figure[]> {
  const inMemory = await permitTimes(memoryLimitStore());
  const shared = await withScratchFolder((folder) => permitTimes(sharedStore(folder)));
  const remark = (times: readonly number[]): string => `99 % within ${shown(percentile(times, 0.99) * 1_000)}`;
  return [
    {
      name: "a permit, known to this process alone",
      unit: "µs",
      value: median(inMemory) * 1_000,
      remark: remark(inMemory),
    },
    {
      name: "a permit, shared by the machine's processes",
      unit: "µs",
      value: median(shared) * 1_000,
      remark: remark(shared),
    },
  ];
}

const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "word ".repeat(8_000) }] });
const answer = JSON.stringify({
  model: "m",
  usage: { input_tokens: 9_000, output_tokens: 100 },
  content: "x".repeat(2_000),
});

async function startModel(): Promise<Server> {
  const server = createServer((incoming, response) => {
    incoming.resume().once("end", () => {
      response.writeHead(200, { "content-type": "application/json" }).end(answer);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return server;
}

function callOnce(url: string, agent: Agent): Promise<number> {
  const before = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: "POST", agent }, (response) => {
      response.resume().once("end", () => resolve(performance.now() - before));
    });
    outgoing.once("error", reject).end(body);
  });
}

/** Calls with and without the gateway in turn, so that both meet the same machine. */
async function latencyFigures(): Promise<Figure[]> {
  return withScratchFolder(async (folder) => {
    const model = await startModel();
    const direct = `http://127.0.0.1:${(model.address() as AddressInfo).port}`;
    const gateway = modelGateway();
    const broker = permitBroker({ clock: systemClock(), store: sharedStore(folder), random: () => 0.5 });
    const meter = broker.meter({ claim: "bench", limits: unlimited, agent: "agent", rank: 0 });
    const route = await gateway.open({ environment: { ANTHROPIC_BASE_URL: direct }, meter: () => meter });
    const led = route.environment["ANTHROPIC_BASE_URL"] ?? "";
    const agent = new Agent({ keepAlive: true });
    const times: { direct: number[]; led: number[] } = { direct: [], led: [] };
    for (let index = 0; index < requests; index++) {
      times.direct.push(await callOnce(`${direct}/v1/messages`, agent));
      times.led.push(await callOnce(`${led}/v1/messages`, agent));
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    agent.destroy();
    await gateway.close();
    model.closeAllConnections();
    model.close();
    const added = (share: number): number => percentile(times.led, share) - percentile(times.direct, share);
    const remark = (share: number): string => `direct ${shown(percentile(times.direct, share))}`;
    return [
      { name: "the gateway adds to a call, median", unit: "ms", value: added(0.5), target: 1, remark: remark(0.5) },
      { name: "the gateway adds to a call, 99 %", unit: "ms", value: added(0.99), target: 5, remark: remark(0.99) },
    ];
  });
}

async function useFigures(): Promise<Figure[]> {
  const scenarios = [
    ["a limit enforced over seconds", strict, 0, 1.0526, 0.01],
    ["a limit of whole minutes", wholeMinute, 0, 1.0526, 0.01],
    ["the first, with a hidden client at 30 %", strict, 18, undefined, undefined],
    ["the second, with a hidden client at 30 %", wholeMinute, 18, undefined, undefined],
  ] as const;
  const figures: Figure[] = [];
  for (const [name, rules, hidden, time, refusals] of scenarios) {
    const { used, refused } = await fleet(rules, hidden);
    const remark = `${shown(100 * used)} % used`;
    figures.push({
      name: `time at ${name}, over the least possible`,
      unit: "×",
      value: 1 / used,
      remark,
      ...(time && { target: time }),
    });
    figures.push({
      name: `refusals per call at ${name}`,
      unit: "×",
      value: refused,
      ...(refusals && { target: refusals }),
    });
  }
  return figures;
}

interface Graph {
  readonly needs: readonly (readonly number[])[];
  /** Calls that each task makes, one after the other. */
  readonly calls: readonly number[];
}

/** A random graph of a hundred tasks in layers of two to eighteen. */
function randomGraph(seed: number, mostCalls: number): Graph {
  const random = seededRandom(seed);
  const needs: number[][] = [];
  let before: number[] = [];
  while (needs.length < 100) {
    const width = Math.min(100 - needs.length, 2 + Math.floor(random.next() * 17));
    const layer = Array.from({ length: width }, (_, index) => needs.length + index);
    for (const _ of layer)
      needs.push([...new Set(before.filter(() => random.next() < 2 / Math.max(2, before.length)))]);
    before = layer;
  }
  return { needs, calls: needs.map(() => 1 + Math.floor(random.next() * mostCalls)) };
}

/** Seconds that no schedule can beat: the longest chain, the work of all agents, the calls at the limit. */
function boundSeconds({ needs, calls }: Graph, perMinute: number): number {
  const ends: number[] = [];
  calls.forEach((count, task) => {
    ends[task] = count * callSeconds + Math.max(0, ...(needs[task] ?? []).map((need) => ends[need] ?? 0));
  });
  const all = calls.reduce((sum, count) => sum + count, 0);
  return Math.max(Math.max(...ends), (all * callSeconds) / agents, ((all - 1) / perMinute) * 60 + callSeconds);
}

async function overBound(graph: Graph, perMinute: number): Promise<number> {
  const tasks = graph.calls.map((apiCalls, task) => ({
    id: `t${task}`,
    needs: (graph.needs[task] ?? []).map((need) => `t${need}`),
    minutes: (apiCalls * callSeconds) / 60,
    timeoutMs: 1e9,
    simulate: { minutes: (apiCalls * callSeconds) / 60, apiCalls },
  }));
  const constraints = { apiRateLimit: { provider: "anthropic", maxRequestsPerMinute: perMinute } };
  const { view } = await simulateRun(plannedRun(tasks, { maxParallelAgents: agents, constraints }));
  if (view.status !== "completed") throw new Error(`the run ended as ${view.status}`);
  return (view.endedAt ?? Number.NaN) / 1_000 / boundSeconds(graph, perMinute);
}

async function graphFigures(say: (line: string) => void): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [mostCalls, perMinute] of [1, 10].flatMap((most) => [60, 40, 20].map((rate) => [most, rate] as const))) {
    say(`${perMinute} requests a minute, up to ${mostCalls} calls a task`);
    const ratios: number[] = [];
    for (let seed = 1; seed <= graphs; seed++) ratios.push(await overBound(randomGraph(seed, mostCalls), perMinute));
    const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / graphs;
    figures.push({
      name: `100 tasks of ${mostCalls === 1 ? "one call" : `1 to ${mostCalls} calls`} at ${perMinute} a minute, over the bound`,
      unit: "×",
      value: mean,
      target: 1.05,
      remark: `worst ${shown(Math.max(...ratios))}`,
    });
  }
  return figures;
}

/** Limits on calls. */
export const calls: Part = {
  name: "calls",
  about: `Permits and the gateway on this machine's clock (${permits} permits, ${requests} calls of 40 kB with and without the gateway in turn, ${pauseMs} ms apart); the rest on virtual time: 20 agents with 30 calls each at 60 requests and 150,000 tokens a minute, five seeds; ${graphs} random graphs in ${agents} agents, each call ${callSeconds} s, over max(longest chain, work / agents, calls / limit).`,
  async measure(say) {
    return [
      ...(await permitFigures()),
      ...(await latencyFigures()),
      ...(await useFigures()),
      ...(await graphFigures(say)),
    ];
  },
};
