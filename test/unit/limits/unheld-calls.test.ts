import { expect, test } from "vitest";
import { providerKey } from "../../../src/engines/coordination/calls/run-calls.ts";
import { unheldCalls } from "../../../src/engines/coordination/calls/unheld-calls.ts";

const constraints = {
  apiRateLimit: { provider: "anthropic", maxRequestsPerMinute: 60 },
  budget: { maxUsd: 5 },
};

test.each([
  ["simulated agents", ["simulated"], "HTTPS_PROXY is set", []],
  ["Claude Code", ["claude-code", "simulated"], undefined, []],
  ["programs", ["claude-code", "command"], undefined, ["apiRateLimit.maxRequestsPerMinute", "budget.maxUsd"]],
  [
    "what is behind a proxy",
    ["claude-code"],
    "HTTPS_PROXY is set",
    ["apiRateLimit.maxRequestsPerMinute", "budget.maxUsd"],
  ],
] as const)(
  "limits on the calls of %s are named where they are weaker than asked for (C3)",
  (_name, executorKinds, obstacle, limits) => {
    const tasks = executorKinds.map((executorKind) => ({ executorKind }));
    const unheld = unheldCalls({ constraints, tasks, obstacle });
    expect(unheld.map(({ limit }) => limit)).toEqual(limits);
    for (const { reason } of unheld) expect(reason).toContain("weaker");
  },
);

test.each([
  ["Anthropic", "anthropic"],
  ["claude", "anthropic"],
  ["OpenAI", "openai"],
  ["google-gemini", "gemini"],
  ["../My Proxy", "-my-proxy"],
  ["  ", "any"],
])("the limits of the provider %j are kept as %j", (name, key) => {
  expect(providerKey(name)).toBe(key);
});
