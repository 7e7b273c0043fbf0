/** What a call to a model is expected to be. */
export interface CallWish {
  /** Tokens it is expected to use, answer included. */
  readonly tokens: number;
  /** Gives up waiting. */
  readonly signal: AbortSignal;
}

/** What the provider said before it answered: whether it took the call, and what it says of its limits. */
export interface CallAnswer {
  /** `failed`: neither taken nor refused for being one too many. */
  readonly kind: "accepted" | "refused" | "failed";
  readonly retryAfterMs?: number | undefined;
  readonly requestsLeft?: number | undefined;
  readonly tokensLeft?: number | undefined;
}

/** What a call has used, as far as the provider says. */
export interface CallUse {
  /** Whether nothing but what is told here was used; false when the answer was cut or not understood. */
  readonly counted: boolean;
  readonly model?: string | undefined;
  /** Tokens read, without those from a cache. */
  readonly input?: number | undefined;
  readonly output?: number | undefined;
  readonly cacheRead?: number | undefined;
  readonly cacheWrite?: number | undefined;
  /** Tokens that count against a limit per minute: those of a cache that are only read do not. */
  readonly rateTokens?: number | undefined;
}

/** Leave to make one call. */
export interface CallPermit {
  /** Milliseconds that it was waited for. */
  readonly waitedMs: number;
  /** To be called as soon as the provider's headers are there. */
  answered(answer: CallAnswer): void;
  /** To be called once, at the end of the answer. */
  settle(use: CallUse): void;
}

/** What an agent's calls to models go through. */
export interface CallMeter {
  /** Waits until a call may be made; undefined when the signal was quicker. */
  admit(wish: CallWish): Promise<CallPermit | undefined>;
}

/** How a provider's interface is spoken. */
export const modelInterfaces = ["anthropic", "openai", "gemini"] as const;

/** How a provider's interface is spoken. */
export type ModelInterface = (typeof modelInterfaces)[number];

/** An agent's way to its models. */
export interface AgentRoute {
  /** Variables that lead the agent's calls here; they hold the agent's secret. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends the route: open calls are cut, later ones refused. */
  close(): void;
}

/** How the engines put themselves between agents and models. */
export interface ModelGateway {
  /**
   * Opens a way for one agent. `meters` says which calls are metered; calls of other interfaces pass
   * without waiting. `environment` is what the agent would have been started with.
   */
  open(request: {
    readonly environment: Readonly<Record<string, string | undefined>>;
    readonly meter: (provider: ModelInterface) => CallMeter;
  }): Promise<AgentRoute>;
  /** Why calls of an agent with this environment cannot be led through here; undefined when they can. */
  obstacle(environment: Readonly<Record<string, string | undefined>>): string | undefined;
  /** Ends all routes and stops listening. */
  close(): Promise<void>;
}
