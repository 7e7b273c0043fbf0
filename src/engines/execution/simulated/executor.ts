/**
 * Agents that only act: they take virtual time, ask, fail and edit as scripted, and behave towards the
 * coordinator exactly like real ones. The same seed and plan give the same events.
 */
import type { Clock } from "../../../ports/clock.ts";
import type { Files } from "../../../ports/files.ts";
import type { SimulatedEdit, SimulationSettings } from "../../../schema/simulation.ts";
import { deferred } from "../../../util/deferred.ts";
import type { AgentAssignment, AgentEnd, AgentReport, Executor, RunningAgent, StopReason } from "../executor.ts";
import { drawScript, type DrawnScript } from "./draw-script.ts";
import { writeEdit } from "./write-edit.ts";

/** Where in an attempt a scripted question is asked. */
const questionAt = 0.5;
/** Where in an attempt it has come to use the CPU, and the memory, that its script names. */
const cpuAt = 0;
const memoryAt = 0.5;

/** What one simulated agent does at one moment of its attempt. */
type Step = { readonly at: number } & (
  | { readonly type: "progress"; readonly text: string }
  | { readonly type: "edit"; readonly edit: SimulatedEdit }
  | { readonly type: "question" }
  | { readonly type: "call" }
  | { readonly type: "resources"; readonly memoryMB?: number; readonly cpuPercent?: number }
  | { readonly type: "end" }
);

/** Makes the executor of one simulated run. */
export function simulatedExecutor(world: {
  readonly clock: Clock;
  readonly files: Files;
  readonly settings: SimulationSettings;
}): Executor {
  return {
    kind: "simulated",
    real: false,
    takesMessages: true,
    probe: () => Promise.resolve({ available: true }),
    start(assignment, report) {
      const { task, attempt, strategy, limits } = assignment;
      const { settings } = world;
      const script = drawScript({ task, attempt, strategy, settings, maxCPUPercent: limits?.maxCPUPercent });
      return new SimulatedAgent({ clock: world.clock, files: world.files, assignment, report, script });
    },
  };
}

interface Act {
  readonly clock: Clock;
  readonly files: Files;
  readonly assignment: AgentAssignment;
  readonly report: (said: AgentReport) => void;
  readonly script: DrawnScript;
}

class SimulatedAgent implements RunningAgent {
  readonly #act: Act;
  readonly #steps: Step[];
  readonly #end = deferred<AgentEnd>();
  #over = false;
  #done = 0;
  #cancelTimer: () => void = () => undefined;
  readonly #gaveUp = new AbortController();

  constructor(act: Act) {
    this.#act = act;
    this.#steps = planSteps(act.script, act.assignment.models !== undefined);
    this.#next();
  }

  get ended(): Promise<AgentEnd> {
    return this.#end.promise;
  }

  answer(questionId: string, answer: string): void {
    if (this.#over || questionId !== this.#questionId()) return;
    this.#act.report({ type: "progress", operation: `answered: ${answer}` });
    this.#next();
  }

  /** It only says that it was told: a rehearsal shows what a person would see. */
  steer(text: string): boolean {
    if (this.#over) return false;
    this.#act.report({ type: "progress", operation: `told: ${text}` });
    return true;
  }

  stop(reason: StopReason): void {
    const name = reason === "timeout" ? "Timeout" : "Cancelled";
    const message = reason === "timeout" ? "the time limit was reached" : `stopped: ${reason}`;
    this.#finish({
      success: false,
      partial: true,
      error: { name, message, retryable: reason === "timeout", options: ["give it more time", "split the task"] },
    });
  }

  #questionId(): string {
    return `q-${this.#act.assignment.task.id}-${this.#act.assignment.attempt}`;
  }

  #next(): void {
    const step = this.#steps.shift();
    if (!step || this.#over) return;
    const waitMs = (step.at - this.#done) * this.#act.script.durationMs;
    this.#done = step.at;
    this.#cancelTimer = this.#act.clock.setTimer(waitMs, () => this.#take(step), this.#act.assignment.order);
  }

  #take(step: Step): void {
    if (this.#over) return;
    const percent = Math.min(99, Math.round(step.at * 100));
    switch (step.type) {
      case "progress":
        this.#act.report({ type: "progress", percent, source: "plan", operation: step.text });
        this.#next();
        return;
      case "edit":
        void this.#edit(step.edit, percent);
        return;
      case "question":
        this.#ask();
        return;
      case "call":
        void this.#call();
        return;
      case "resources":
        this.#act.report(step);
        this.#next();
        return;
      case "end":
        this.#finish({ ...endAsScripted(this.#act.script), ...this.#claims() });
    }
  }

  async #edit(edit: SimulatedEdit, percent: number): Promise<void> {
    const { clock, files, assignment, report } = this.#act;
    if (assignment.folder !== undefined) {
      const release = clock.hold();
      const refusal = await writeEdit({ files, folder: assignment.folder, edit })
        .catch((error: unknown) => (error instanceof Error ? error.message : String(error)))
        .finally(release);
      if (refusal !== undefined) {
        this.#finish(failedWith(`the scripted edit cannot be made: ${refusal}`, false));
        return;
      }
    }
    report({ type: "progress", percent, source: "plan", operation: `${edit.type} ${edit.file}`, files: [edit.file] });
    this.#next();
  }

  /** Makes one of its calls as soon as it may. */
  async #call(): Promise<void> {
    const { models } = this.#act.assignment;
    const { signal } = this.#gaveUp;
    const tokens = tokensOfCall(this.#act.script);
    const permit = await models?.meter.admit({ tokens, signal });
    permit?.answered({ kind: "accepted" });
    permit?.settle({ counted: true, input: tokens, rateTokens: tokens });
    this.#next();
  }

  /** Without a workspace there is nothing to look at: the script says what would have changed. */
  #claims(): Pick<AgentEnd, "claimedChanges"> {
    if (this.#act.assignment.folder !== undefined) return {};
    return {
      claimedChanges: this.#act.script.edits.map(({ file, type, content }) => ({
        file,
        type,
        ...(content !== undefined && { content }),
      })),
    };
  }

  #ask(): void {
    const { question } = this.#act.script;
    if (!question) return;
    const fallback = question.options[0] ?? "";
    const { text, options } = question;
    this.#act.report({ type: "question", questionId: this.#questionId(), text, options, fallback });
  }

  #finish(end: AgentEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelTimer();
    this.#gaveUp.abort();
    this.#end.resolve(end);
  }
}

function planSteps(script: DrawnScript, metered: boolean): Step[] {
  const steps: Step[] = script.progress.map((text, index) => ({
    type: "progress",
    text,
    at: (index + 1) / (script.progress.length + 1),
  }));
  for (const edit of script.edits) steps.push({ type: "edit", edit, at: (edit.atPercent ?? 100) / 100 });
  if (script.cpuPercent !== undefined) steps.push({ type: "resources", cpuPercent: script.cpuPercent, at: cpuAt });
  if (script.memoryMB !== undefined) steps.push({ type: "resources", memoryMB: script.memoryMB, at: memoryAt });
  if (script.question) steps.push({ type: "question", at: questionAt });
  const calls = metered ? callsOf(script) : 0;
  for (let call = 0; call < calls; call++) steps.push({ type: "call", at: call / calls });
  steps.sort((left, right) => left.at - right.at);
  if (!script.hangs) steps.push({ type: "end", at: 1 });
  return steps;
}

/** Whoever uses tokens makes at least one call. */
function callsOf({ apiCalls, tokens }: DrawnScript): number {
  return apiCalls ?? (tokens === undefined ? 0 : 1);
}

function tokensOfCall(script: DrawnScript): number {
  return Math.round((script.tokens ?? 0) / Math.max(1, callsOf(script)));
}

function endAsScripted(script: DrawnScript): AgentEnd {
  const usage = {
    ...(script.tokens !== undefined && { tokens: script.tokens }),
    ...(script.apiCalls !== undefined && { apiCalls: script.apiCalls }),
  };
  const measured = { usage, ...(script.memoryMB !== undefined && { peakMemoryMB: script.memoryMB }) };
  if (script.failure !== undefined) return { ...failedWith(script.failure, true), ...measured };
  return { success: true, partial: false, summary: "simulated", ...measured };
}

function failedWith(message: string, retryable: boolean): AgentEnd {
  const options = ["retry the task", "change its description", "do it by hand"];
  return { success: false, partial: true, error: { name: "AgentError", message, retryable, options } };
}
