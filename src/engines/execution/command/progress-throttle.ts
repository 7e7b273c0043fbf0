import type { Clock } from "../../../ports/clock.ts";
import type { AgentReport } from "../executor.ts";
import { operationText } from "./program-output.ts";
import type { ProgramNews } from "./program-output.ts";

const BETWEEN_REPORTS_MS = 250;

/** Passes news on at most four times a second; of what comes between, the newest of each kind is kept. */
export class ProgressThrottle {
  readonly #clock: Clock;
  readonly #report: (said: AgentReport) => void;
  #waiting: ProgramNews | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(options: { readonly clock: Clock; readonly report: (said: AgentReport) => void }) {
    this.#clock = options.clock;
    this.#report = options.report;
  }

  push(news: ProgramNews): void {
    this.#waiting = this.#waiting === undefined ? news : { ...this.#waiting, ...news };
    if (this.#cancelTimer === undefined) this.#pass();
  }

  /** Nothing is reported any more; the end of the program says all there is to say. */
  close(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = () => undefined;
    this.#waiting = undefined;
  }

  #pass(): void {
    this.#cancelTimer = undefined;
    const news = this.#waiting;
    if (news === undefined) return;
    this.#waiting = undefined;
    this.#cancelTimer = this.#clock.setTimer(BETWEEN_REPORTS_MS, () => this.#pass());
    const { percent, operation, usage } = news;
    this.#report({
      type: "progress",
      ...(percent !== undefined && { percent, source: "reported" }),
      ...(operation !== undefined && { operation: operationText(operation) }),
      ...(usage && { usage }),
    });
  }
}
