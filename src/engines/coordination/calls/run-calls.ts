/**
 * The calls that a run's agents make to models, when a limit on them or a budget is set: they wait here
 * for their turn, are counted, and are paid for.
 *
 * C1  While the run is paused no call begins; calls under way end.
 * C2  A call is made only when the budget has room for it and the provider's limit lets it go.
 * C3  Somebody who needs a call when the budget is used up pauses the run; nothing of it is lost.
 * C4  What a call was held back for is not the agent's own time.
 */
import type { Clock } from "../../../ports/clock.ts";
import { modelInterfaces, type CallMeter, type ModelInterface } from "../../../ports/model-calls.ts";
import type { EventBody, PlannedTask, RunSpec } from "../../../schema/event.ts";
import type { Constraints } from "../../../schema/workflow.ts";
import { deferred, type Deferred } from "../../../util/deferred.ts";
import type { CallLimits } from "../../limits/limit-state.ts";
import { memoryLimitStore } from "../../limits/limit-store.ts";
import { permitBroker, type Caller, type PermitBroker } from "../../limits/permit-broker.ts";
import { spendBudget, type SpendBudget, type SpendLimits } from "../../limits/spend-budget.ts";
import { AgentCalls } from "./agent-calls.ts";
import { TaskPurse } from "./task-purse.ts";
import type { CallHost, CallingAttempt, CallWorld, UnledCalls } from "./call-world.ts";

/** Opens the account of a run's calls; undefined when neither a limit nor a budget is set, of the run or of a task. */
export function runCalls(run: {
  readonly spec: RunSpec;
  readonly clock: Clock;
  readonly world: CallWorld;
}): RunCalls | undefined {
  const { apiRateLimit, budget } = run.spec.constraints;
  const isLimited = apiRateLimit?.maxRequestsPerMinute !== undefined || apiRateLimit?.maxTokensPerMinute !== undefined;
  const hasBudget = [budget, ...run.spec.tasks.map((task) => task.budget)].some(
    (asked) => asked?.maxUsd !== undefined || asked?.maxTokens !== undefined,
  );
  return isLimited || hasBudget ? new RunCalls(run) : undefined;
}

/** The name under which a provider's limits are known, whatever callers call it. */
export function providerKey(name: string): string {
  const lower = name.trim().toLowerCase();
  if (/claude|anthropic/.test(lower)) return "anthropic";
  if (/openai|gpt|codex/.test(lower)) return "openai";
  if (/gemini|google/.test(lower)) return "gemini";
  return lower.replace(/[^a-z0-9-]+/g, "-").slice(0, 60) || "any";
}

/** The account of a run's calls. */
export class RunCalls implements CallHost {
  readonly spec: RunSpec;
  readonly clock: Clock;
  readonly world: CallWorld;
  readonly budget: SpendBudget;
  readonly #rehearsed: PermitBroker;
  readonly #purses = new Map<string, TaskPurse>();
  /** There while the run is paused; settles when it goes on. */
  #paused: Deferred<undefined> | undefined;
  #stopWaiting = new AbortController();
  #changed = deferred<undefined>();
  #pauseAsked = false;
  #waiters = 0;
  #goOn: () => void = () => undefined;

  constructor({ spec, clock, world }: { readonly spec: RunSpec; readonly clock: Clock; readonly world: CallWorld }) {
    this.spec = spec;
    this.clock = clock;
    this.world = world;
    this.budget = spendBudget(spendLimits(spec.constraints.budget));
    // Calls that nobody really makes must not keep real ones waiting.
    this.#rehearsed = permitBroker({ clock, store: memoryLimitStore(), random: () => 0.5 });
  }

  /** Opens the account of an attempt. */
  account(attempt: CallingAttempt): AgentCalls {
    return new AgentCalls(this, attempt);
  }

  purse({ id, budget }: PlannedTask): TaskPurse {
    const open = (): TaskPurse => new TaskPurse(id, this.budget, budget && spendBudget(spendLimits(budget)));
    const purse = this.#purses.get(id) ?? open();
    this.#purses.set(id, purse);
    return purse;
  }

  /** Follows the run's pauses. */
  hear(event: EventBody): void {
    if (event.type === "run.paused") this.#pause();
    else if (event.type === "run.resumed") this.#resume(event.extendsBudget);
  }

  get waitSignal(): AbortSignal {
    return this.#stopWaiting.signal;
  }

  async goesOn(signal: AbortSignal): Promise<void> {
    while (this.#paused && !signal.aborted) await settledOr(this.#paused.promise, signal);
  }

  async otherEnded(signal: AbortSignal): Promise<void> {
    await settledOr(this.#changed.promise, signal);
  }

  /** How many agents wait for a call, unless the whole run is paused. */
  get heldBack(): number {
    return this.#paused ? 0 : this.#waiters;
  }

  waitersChanged(by: 1 | -1): void {
    this.#waiters += by;
  }

  callEnded(): void {
    this.#changed.resolve(undefined);
    this.#changed = deferred();
  }

  exhausted(emit: (event: EventBody) => void): void {
    if (this.#pauseAsked || this.#paused) return;
    this.#pauseAsked = true;
    emit({ type: "run.paused", by: "budget", reason: `the budget is used up: ${this.#budgetText()}` });
  }

  limiter(attempt: CallingAttempt, speaks: ModelInterface | undefined): CallMeter | undefined {
    const key = this.#provider;
    const isKnown = (modelInterfaces as readonly (string | undefined)[]).includes(key);
    if (speaks !== undefined && isKnown && key !== speaks) return undefined;
    const caller = this.#caller(attempt);
    if (key === undefined || !caller) return undefined;
    return (speaks === undefined ? this.#rehearsed : this.world.broker(key)).meter(caller);
  }

  pastGateway(attempt: CallingAttempt): UnledCalls | undefined {
    const caller = this.#caller(attempt);
    if (this.#provider === undefined || !caller) return undefined;
    const broker = this.world.broker(this.#provider);
    return { meter: broker.meter(caller), refused: (retryAfterMs) => broker.refused(retryAfterMs) };
  }

  /** The name under which the limit is known that was asked for. */
  get #provider(): string | undefined {
    const { apiRateLimit } = this.spec.constraints;
    return apiRateLimit && providerKey(apiRateLimit.provider);
  }

  #caller({ agentId, rank }: CallingAttempt): Caller | undefined {
    const { maxRequestsPerMinute, maxTokensPerMinute } = this.spec.constraints.apiRateLimit ?? {};
    if (maxRequestsPerMinute === undefined && maxTokensPerMinute === undefined) return undefined;
    const limits: CallLimits = {
      ...(maxRequestsPerMinute !== undefined && { requestsPerMinute: maxRequestsPerMinute }),
      ...(maxTokensPerMinute !== undefined && { tokensPerMinute: maxTokensPerMinute }),
    };
    const { executionId } = this.spec;
    return { claim: executionId, limits, agent: `${executionId}/${agentId}`, rank };
  }

  #pause(): void {
    this.#pauseAsked = false;
    if (this.#paused) return;
    this.#paused = deferred();
    // A rehearsal stands still: nothing but time-outs would be left to happen.
    this.#goOn = this.clock.hold();
    this.#stopWaiting.abort();
    this.#stopWaiting = new AbortController();
  }

  #resume(extendsBudget: boolean): void {
    if (extendsBudget) this.budget.extend();
    this.#paused?.resolve(undefined);
    this.#paused = undefined;
    this.#goOn();
  }

  #budgetText(): string {
    const { spent, limits } = this.budget;
    const parts = [
      ...(limits.usd === undefined ? [] : [`$${spent.usd.toFixed(2)} of $${limits.usd.toFixed(2)}`]),
      ...(limits.tokens === undefined ? [] : [`${Math.round(spent.tokens)} of ${limits.tokens} tokens`]),
    ];
    return parts.join(", ");
  }
}

function spendLimits({ maxUsd, maxTokens }: Constraints["budget"] = {}): SpendLimits {
  return { ...(maxUsd !== undefined && { usd: maxUsd }), ...(maxTokens !== undefined && { tokens: maxTokens }) };
}

/** Waits for one of both, and leaves nothing behind. */
function settledOr(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      signal.removeEventListener("abort", finish);
      resolve();
    };
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", finish, { once: true });
    promise.then(finish, finish);
  });
}
