import type { Clock } from "../../../ports/clock.ts";
import type { EventBody } from "../../../schema/event.ts";
import type { AgentReport } from "../../execution/executor.ts";

/** How long a question waits for a person before its default is taken. */
const questionTimeoutMs = 10 * 60_000;

/** Whose questions they are. */
export interface AskingAgent {
  readonly taskId: string;
  readonly clock: Clock;
  readonly emit: (event: EventBody) => void;
  /** Hands an answer to the agent. */
  readonly deliver: (questionId: string, answer: string) => void;
}

/** The questions that one agent waits for: told when asked, answered by a person or, in the end, by their default. */
export class OpenQuestions {
  readonly #agent: AskingAgent;
  /** Calls off the default, by question. */
  readonly #open = new Map<string, () => void>();

  constructor(agent: AskingAgent) {
    this.#agent = agent;
  }

  /** Tells of a question; its default is taken when nobody answers in time. */
  ask({ questionId, text, options, fallback }: AgentReport & { readonly type: "question" }): void {
    const { taskId, clock, emit } = this.#agent;
    const answerForNobody = (): void => void this.answer(questionId, fallback, "timeout");
    this.#open.set(questionId, clock.setTimer(questionTimeoutMs, answerForNobody));
    const timeoutMs = questionTimeoutMs;
    emit({ type: "task.asked", taskId, questionId, text, options: [...options], fallback, timeoutMs });
  }

  /** Passes an answer to the agent; false when it does not wait for one. */
  answer(questionId: string, answer: string, by: "person" | "timeout"): boolean {
    const cancelDefault = this.#open.get(questionId);
    if (!cancelDefault) return false;
    cancelDefault();
    this.#open.delete(questionId);
    this.#agent.emit({ type: "task.answered", taskId: this.#agent.taskId, questionId, answer, by });
    this.#agent.deliver(questionId, answer);
    return true;
  }

  /** The agent has ended: nobody waits any more. */
  close(): void {
    for (const cancel of this.#open.values()) cancel();
  }
}
