import type { Clock } from "../../../ports/clock.ts";
import type { CallMeter, ModelGateway, ModelInterface } from "../../../ports/model-calls.ts";
import type { EventBody, PlannedTask, RunSpec } from "../../../schema/event.ts";
import type { AgentError } from "../../../schema/outcome.ts";
import type { PermitBroker } from "../../limits/permit-broker.ts";
import type { SpendBudget } from "../../limits/spend-budget.ts";
import type { TaskPurse } from "./task-purse.ts";

/** What calls to models are led and limited with. */
export interface CallWorld {
  readonly gateway: ModelGateway;
  /** The server's own environment; it names the providers' addresses. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The broker of a provider for all runs of this process, which shares its knowledge with the machine. */
  broker(provider: string): PermitBroker;
}

/** An attempt whose agent is about to start. */
export interface CallingAttempt {
  readonly task: PlannedTask;
  readonly agentId: string;
  /** Place in the order of urgency; lower goes first. */
  readonly rank: number;
  readonly emit: (event: EventBody) => void;
  /** The attempt is to end, because its task's budget is used up. */
  readonly overBudget: (error: () => AgentError) => void;
}

/** What can still be done for the limit where calls are not led. */
export interface UnledCalls {
  /** Paces the starts. */
  readonly meter: CallMeter;
  /** Takes in that a call was refused: everybody waits. */
  refused(retryAfterMs: number | undefined): void;
}

/** What an agent's account needs of its run's. */
export interface CallHost {
  readonly spec: RunSpec;
  readonly clock: Clock;
  readonly world: CallWorld;
  readonly budget: SpendBudget;
  /** What a task's calls are paid from. */
  purse(task: PlannedTask): TaskPurse;
  /** Aborted when calls that wait have to wait for something else; a new one each time. */
  readonly waitSignal: AbortSignal;
  /** Waits until the run is not paused. */
  goesOn(signal: AbortSignal): Promise<void>;
  /** Waits until another call has ended. */
  otherEnded(signal: AbortSignal): Promise<void>;
  /** One agent more (1) or fewer (-1) waits for its calls. */
  waitersChanged(by: 1 | -1): void;
  /** A call has ended: others may fit now. */
  callEnded(): void;
  /** Pauses the run because a call is needed and the budget is used up. */
  exhausted(emit: (event: EventBody) => void): void;
  /** The provider's limit for an agent whose calls may go past the gateway, if they are limited. */
  pastGateway(attempt: CallingAttempt): UnledCalls | undefined;
  /** The meter of the provider's limit, if calls of this interface are limited; of rehearsed calls without one. */
  limiter(attempt: CallingAttempt, speaks: ModelInterface | undefined): CallMeter | undefined;
}
