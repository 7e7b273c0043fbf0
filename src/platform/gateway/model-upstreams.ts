import type { ModelInterface } from "../../ports/model-calls.ts";

type Environment = Readonly<Record<string, string | undefined>>;

interface Upstream {
  /** Variable by which a program learns where the provider is. */
  readonly variable: string;
  readonly usual: string;
}

const upstreams: Readonly<Record<ModelInterface, Upstream>> = {
  anthropic: { variable: "ANTHROPIC_BASE_URL", usual: "https://api.anthropic.com" },
  openai: { variable: "OPENAI_BASE_URL", usual: "https://api.openai.com/v1" },
  gemini: { variable: "GOOGLE_GEMINI_BASE_URL", usual: "https://generativelanguage.googleapis.com" },
};

/** The address that a program with this environment would send its calls to. */
export function upstreamOf(speaks: ModelInterface, environment: Environment): URL {
  const { variable, usual } = upstreams[speaks];
  return new URL(environment[variable] || usual);
}

/** The variable that names the address, for the program's environment. */
export function addressVariable(speaks: ModelInterface): string {
  return upstreams[speaks].variable;
}

/** Why the calls of a program with this environment cannot be led elsewhere; undefined when they can. */
export function redirectObstacle(environment: Environment): string | undefined {
  const cloud = Object.keys(environment).find(
    (name) => /^CLAUDE_CODE_USE_(BEDROCK|VERTEX|FOUNDRY)$/.test(name) && isOn(environment[name]),
  );
  if (cloud !== undefined) return `${cloud} is set, and calls to that service cannot be led through the gateway`;
  for (const speaks of Object.keys(upstreams) as ModelInterface[]) {
    const { variable } = upstreams[speaks];
    const address = environment[variable];
    if (address && !isUsable(address)) return `${variable} is no http address`;
  }
  const { hostname, protocol } = upstreamOf("anthropic", environment);
  const proxy = proxyVariable(protocol, environment);
  if (proxy === undefined || isLoopback(hostname)) return undefined;
  return `${proxy} is set, and the gateway does not speak to proxies`;
}

function isUsable(address: string): boolean {
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && !/^(|0|false|no|off)$/i.test(value);
}

function proxyVariable(protocol: string, environment: Environment): string | undefined {
  const own = protocol === "https:" ? /^https_proxy$/i : /^http_proxy$/i;
  return Object.keys(environment).find((name) => (own.test(name) || /^all_proxy$/i.test(name)) && environment[name]);
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
