/** The calls of one attempt's agent: its way to the models, what it has used, and how long it was held back. */
import type {
  AgentRoute,
  CallMeter,
  CallPermit,
  CallUse,
  CallWish,
  ModelInterface,
} from "../../../ports/model-calls.ts";
import type { Usage } from "../../../schema/outcome.ts";
import type { ModelAccess } from "../../execution/executor.ts";
import { estimateUsd } from "../../limits/model-prices.ts";
import { nothingSpent, type Spend } from "../../limits/spend-budget.ts";
import type { TaskPurse } from "./task-purse.ts";
import type { CallHost, CallingAttempt, UnledCalls } from "./call-world.ts";

/** The account of one attempt. */
export class AgentCalls {
  readonly #run: CallHost;
  readonly #attempt: CallingAttempt;
  readonly #rehearses: boolean;
  readonly #purse: TaskPurse;
  /** What the task had spent before this attempt. */
  readonly #before: Spend;
  readonly #gone = new AbortController();
  #route: AgentRoute | undefined;
  /** The limit, for an agent whose calls may go past the gateway, and the leave to start it. */
  #unled: UnledCalls | undefined;
  #start: CallPermit | undefined;
  #calls = 0;
  #spent = nothingSpent;
  #waitedMs = 0;
  #heldMs = 0;
  /** How many calls wait at present, and since when at least one does. */
  #waiting = 0;
  #waitingSince = 0;
  #last: Spend | undefined;
  #model: string | undefined;

  constructor(run: CallHost, attempt: CallingAttempt) {
    this.#run = run;
    this.#attempt = attempt;
    this.#rehearses = attempt.task.executorKind === "simulated";
    this.#purse = run.purse(attempt.task);
    this.#before = this.#purse.spent;
    this.#model = attempt.task.model;
  }

  /** Waits until an agent may start, and opens its way to the models. */
  async begin(): Promise<void> {
    const { emit } = this.#attempt;
    const { signal } = this.#gone;
    if (this.#purse.ownExhausted) this.#endForBudget();
    await this.#whileHeld(async () => {
      await this.#run.goesOn(signal);
      while (this.#run.budget.exhausted && !signal.aborted) {
        this.#run.exhausted(emit);
        await this.#run.goesOn(signal);
        // The pause is an event, and takes hold when it is written.
        if (this.#run.budget.exhausted) await this.#run.otherEnded(AbortSignal.any([signal, this.#run.waitSignal]));
      }
    });
    if (signal.aborted || this.#rehearses) return;
    const { gateway, environment } = this.#run.world;
    const isLed = gateway.obstacle(environment) === undefined;
    if (!isLed || this.#attempt.task.executorKind === "command") await this.#awaitStart();
    if (signal.aborted || !isLed) return;
    this.#route = await gateway.open({ environment, meter: (speaks) => this.#meter(speaks) });
  }

  /** What the agent is started with. */
  get access(): ModelAccess {
    return {
      environment: this.#route?.environment ?? {},
      meter: this.#meter(undefined),
      isHeldBack: () => this.#waiting > 0,
    };
  }

  /** Milliseconds for which at least one of its calls was held back, for whatever reason. */
  get heldMs(): number {
    return this.#heldMs + (this.#waiting > 0 ? this.#run.clock.now() - this.#waitingSince : 0);
  }

  /** What it has used: what was seen, and what the agent says where nothing was. */
  usage(own: Usage | undefined): Usage | undefined {
    const waitedMs = Math.round(this.#waitedMs);
    if (this.#calls === 0) return waitedMs === 0 ? own : { ...own, waitedMs };
    const hasBudget = (this.#run.spec.constraints.budget ?? this.#attempt.task.budget)?.maxUsd !== undefined;
    const showsCost = !this.#rehearses || hasBudget;
    const costUsd = own?.costUsd ?? (showsCost ? this.#spent.usd : undefined);
    return {
      tokens: Math.max(own?.tokens ?? 0, Math.round(this.#spent.tokens)),
      ...(costUsd !== undefined && { costUsd }),
      apiCalls: this.#calls,
      waitedMs,
    };
  }

  /** A model has answered the agent, which says what it has used so far; where calls are led, that is known already. */
  replied(own: Usage): void {
    if (this.#route) return;
    this.#start?.answered({ kind: "accepted" });
    this.#correct(own);
    this.#warnNearEnd();
    if (this.#purse.ownExhausted) this.#endForBudget();
    else if (this.#run.budget.exhausted) this.#run.exhausted(this.#attempt.emit);
  }

  /** The agent says that the provider refuses its calls; where they are led, that is known already. */
  refused(retryAfterMs: number | undefined): void {
    if (this.#route || !this.#unled) return;
    this.#unled.refused(retryAfterMs);
    this.#tellRefusal(retryAfterMs);
  }

  /** The attempt is stopped: nothing waits any longer. */
  giveUp(): void {
    this.#gone.abort();
  }

  /** Ends the agent's way to the models and settles its account with what it says itself. */
  close(own: Usage | undefined): void {
    this.#route?.close();
    const used = this.usage(own);
    // What went past the gateway counts against the limit as soon as it is known; of a program that was led it is.
    const unseen = this.#calls === 0 ? own?.tokens : undefined;
    this.#start?.settle({ counted: true, rateTokens: unseen ?? 0 });
    if (used === undefined) return;
    this.#correct(used);
    this.#run.callEnded();
  }

  #correct({ costUsd, tokens }: Usage): void {
    this.#purse.correct({
      ...(costUsd !== undefined && { usd: this.#before.usd + costUsd }),
      ...(tokens !== undefined && { tokens: this.#before.tokens + tokens }),
    });
  }

  #endForBudget(): void {
    if (this.#gone.signal.aborted) return;
    this.#attempt.emit(this.#purse.violation());
    this.#attempt.overBudget(() => this.#purse.error());
  }

  /** A program makes at least one call: it starts when that may be made. */
  async #awaitStart(): Promise<void> {
    this.#unled = this.#run.pastGateway(this.#attempt);
    const wait = this.#unled?.meter.admit({ tokens: 0, signal: this.#gone.signal });
    if (wait) this.#start = await this.#whileHeld(() => wait);
    this.#waitedMs += this.#start?.waitedMs ?? 0;
    // A program says nothing of its calls: nobody is to wait for what becomes of the first.
    if (this.#attempt.task.executorKind === "command") this.#start?.answered({ kind: "failed" });
  }

  #meter(speaks: ModelInterface | undefined): CallMeter {
    const limiter = this.#run.limiter(this.#attempt, speaks);
    return { admit: (wish) => this.#whileHeld(() => this.#admit(wish, limiter)) };
  }

  async #whileHeld<Value>(wait: () => Promise<Value>): Promise<Value> {
    const { clock } = this.#run;
    if (this.#waiting++ === 0) {
      this.#waitingSince = clock.now();
      this.#run.waitersChanged(1);
    }
    try {
      return await wait();
    } finally {
      if (--this.#waiting === 0) {
        this.#heldMs += clock.now() - this.#waitingSince;
        this.#run.waitersChanged(-1);
      }
    }
  }

  async #admit(wish: CallWish, limiter: CallMeter | undefined): Promise<CallPermit | undefined> {
    const run = this.#run;
    const { signal } = wish;
    while (!signal.aborted) {
      await run.goesOn(signal);
      if (signal.aborted) break;
      const stop = AbortSignal.any([signal, run.waitSignal]);
      const reserved = this.#expected(wish);
      const verdict = this.#purse.reserve(reserved);
      if (verdict === "never" && this.#purse.ownExhausted) {
        this.#endForBudget();
        return undefined;
      }
      if (verdict === "never") run.exhausted(this.#attempt.emit);
      if (verdict !== "now") {
        await run.otherEnded(stop);
        continue;
      }
      const permit = limiter ? await limiter.admit({ tokens: wish.tokens, signal: stop }) : unlimited;
      if (permit) return this.#paidFor(permit, reserved);
      this.#purse.settle(reserved, nothingSpent);
      run.callEnded();
    }
    return undefined;
  }

  #expected({ tokens }: CallWish): Spend {
    return this.#last ?? { tokens, usd: estimateUsd({ model: this.#model, input: tokens }) };
  }

  #paidFor(permit: CallPermit, reserved: Spend): CallPermit {
    this.#calls += 1;
    this.#waitedMs += permit.waitedMs;
    let settled = false;
    return {
      waitedMs: permit.waitedMs,
      answered: (answer) => {
        permit.answered(answer);
        if (answer.kind === "refused") this.#tellRefusal(answer.retryAfterMs);
      },
      settle: (use) => {
        permit.settle(use);
        if (settled) return;
        settled = true;
        this.#pay(use, reserved);
      },
    };
  }

  #pay(use: CallUse, reserved: Spend): void {
    const { task, emit } = this.#attempt;
    this.#model = use.model ?? this.#model;
    const isKnown = use.input !== undefined || use.output !== undefined;
    const tokens = (use.input ?? 0) + (use.output ?? 0) + (use.cacheRead ?? 0) + (use.cacheWrite ?? 0);
    const known: Spend = { tokens, usd: estimateUsd({ ...use, model: this.#model }) };
    // Of an answer that nobody could read, as much is taken as was expected.
    const used = isKnown ? known : use.counted ? nothingSpent : reserved;
    if (isKnown) this.#last = known;
    this.#spent = { usd: this.#spent.usd + used.usd, tokens: this.#spent.tokens + used.tokens };
    this.#purse.settle(reserved, used);
    this.#run.callEnded();
    const usage = this.usage(undefined);
    if (usage) emit({ type: "task.progressed", taskId: task.id, usage });
    this.#warnNearEnd();
  }

  #warnNearEnd(): void {
    for (const warning of this.#purse.warnings()) this.#attempt.emit(warning);
  }

  #tellRefusal(retryAfterMs: number | undefined): void {
    const { apiRateLimit } = this.#run.spec.constraints;
    const { task, emit } = this.#attempt;
    const wait = retryAfterMs === undefined ? "a moment" : `${Math.ceil(retryAfterMs / 1_000)} s`;
    emit({
      type: "limit.enforced",
      taskId: task.id,
      limit: "apiRateLimit.maxRequestsPerMinute",
      measured: this.#calls,
      allowed: apiRateLimit?.maxRequestsPerMinute ?? 0,
      action: `the provider refused a call; all agents wait ${wait}, then go on more slowly`,
    });
  }
}

/** For calls that no limit holds up. */
const unlimited: CallPermit = { waitedMs: 0, answered: () => undefined, settle: () => undefined };
