import type { InputRequiredResult } from "@modelcontextprotocol/server";
import type { RunView } from "../engines/progress/run-view.ts";
import { progressLine } from "../report/progress-line.ts";
import type { Services } from "../services.ts";
import type { RunAnswer } from "../tools/define-tool.ts";
import type { Delivery } from "../tools/handle-call.ts";
import type { ClientFacts } from "./client-facts.ts";
import { askPerson, keyedQuestions, type Round } from "./questions.ts";
import { newTask, type CreatedTask } from "./run-tasks.ts";

/** How long a call waits for clients that give up after a minute. */
const sliceMs = 45_000;
/** Shortest time between two progress notifications. */
const quietMs = 1_000;
/** Longest time between two progress notifications. */
const heartbeatMs = 9_000;

/** What a notification of progress carries beside its token. */
export interface ProgressNote {
  readonly progress: number;
  readonly total: number;
  readonly message: string;
}

/** The request that waits for a run. */
export interface WaitingRequest {
  readonly client: ClientFacts;
  readonly signal: AbortSignal;
  /** Absent when the client wants no progress. */
  readonly notify: ((note: ProgressNote) => Promise<void>) | undefined;
  /** What this call remembers of its earlier rounds. */
  readonly round: Round | undefined;
}

/** What deliveries need of the server. */
export interface DeliveryWorld extends Pick<Services, "runs" | "clock"> {
  log(line: string): void;
}

/**
 * Brings an answer about a run in the way that the caller's client stands best: as a task where it knows tasks; by
 * waiting for the end in Claude Code, which waits for hours; else for at most 45 s, after which the caller asks again.
 */
export async function deliverRun(
  answer: RunAnswer,
  request: WaitingRequest,
  world: DeliveryWorld,
): Promise<Delivery<CreatedTask | InputRequiredResult>> {
  const { client } = request;
  if (answer.started && answer.waitSeconds === undefined && client.tasks) {
    const view = await world.runs.view(answer.executionId);
    return { kind: "elsewhere", reply: newTask(view, world.clock) };
  }
  const stopListening = cancelWithUser(answer.executionId, request.signal, world);
  const { view, progress } = await follow(answer, request, world);
  const asked = request.round?.asked ?? [];
  const questions = new Map([...keyedQuestions(view)].filter(([key]) => !asked.includes(key)));
  if (client.forms && questions.size > 0 && waits(answer) && !request.signal.aborted) {
    // The call is not over: while the person thinks, they may still cancel it.
    const round = { executionId: answer.executionId, asked: [...asked, ...questions.keys()], progress };
    return { kind: "elsewhere", reply: askPerson(questions, round) };
  }
  stopListening();
  return { kind: "view", view };
}

/** Whether the caller is there to be asked: somebody who only looks is not. */
function waits(answer: RunAnswer): boolean {
  return answer.waitSeconds !== 0;
}

function patienceMs(answer: RunAnswer, client: ClientFacts): number {
  if (answer.waitSeconds !== undefined) return answer.waitSeconds * 1_000;
  return client.name === "claude-code" ? Number.POSITIVE_INFINITY : sliceMs;
}

/** Waits until there is something to say, telling the client now and then how far the run is. */
async function follow(
  answer: RunAnswer,
  request: WaitingRequest,
  world: DeliveryWorld,
): Promise<{ readonly view: RunView; readonly progress: number }> {
  const { executionId, sinceSeq } = answer;
  const { runs, clock } = world;
  const { signal } = request;
  const deadline = clock.now() + patienceMs(answer, request.client);
  let progress = request.round?.progress ?? 0;
  let view = await runs.view(executionId);
  while (!isOver(view, sinceSeq) && !signal.aborted) {
    if (clock.now() >= deadline) break;
    progress = await tell(view, progress, { request, clock });
    const seen = view.seq;
    const quiet = { waitMs: Math.min(quietMs, deadline - clock.now()), seen, signal };
    view = await waitFor(world, executionId, sinceSeq === undefined ? quiet : { ...quiet, sinceSeq });
    if (isOver(view, sinceSeq) || signal.aborted) break;
    const waitMs = Math.min(heartbeatMs - quietMs, deadline - clock.now());
    if (waitMs > 0 && view.seq === seen)
      view = await waitFor(world, executionId, { waitMs, sinceSeq: seen, seen, signal });
  }
  return { view, progress };
}

function isOver(view: RunView, sinceSeq: number | undefined): boolean {
  if (view.endedAt !== undefined || view.status === "paused") return true;
  return sinceSeq === undefined ? keyedQuestions(view).size > 0 : view.seq > sinceSeq;
}

interface Wait {
  readonly waitMs: number;
  readonly sinceSeq?: number;
  /** Number of the last event that is known. */
  readonly seen: number;
  readonly signal: AbortSignal;
}

/** A wait that was over at once though nothing has happened is drawn out, lest the loop around it turn without end. */
async function waitFor(world: DeliveryWorld, executionId: string, { seen, ...wait }: Wait): Promise<RunView> {
  const { runs, clock } = world;
  const before = clock.now();
  const view = await runs.wait(executionId, wait);
  const left = wait.waitMs - (clock.now() - before);
  if (left <= 0 || view.seq !== seen || view.endedAt !== undefined || wait.signal.aborted) return view;
  await pause(clock, Math.min(left, quietMs), wait.signal);
  return runs.view(executionId);
}

function pause(clock: Services["clock"], ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = clock.setTimer(ms, () => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    });
    const onAbort = (): void => {
      stop();
      resolve();
    };
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

/** Reports progress; every report is a little above the one before, as the protocol wants it, and none reaches 100. */
async function tell(
  view: RunView,
  last: number,
  { request, clock }: { readonly request: WaitingRequest; readonly clock: Services["clock"] },
): Promise<number> {
  if (request.notify === undefined) return last;
  const line = progressLine(view, clock.now(), last);
  const progress = Math.max(Math.min(99, line.progress), last + (99.9 - last) / 1_000);
  await request.notify({ ...line, progress });
  return progress;
}

/** How to stop listening to the calls that wait; a call that was interrupted by a question listens on. */
const listening = new WeakMap<AbortSignal, () => void>();

/** Cancels the run when the user cancels the call that waits for it; a time-out or a lost connection leaves it alone. */
function cancelWithUser(executionId: string, signal: AbortSignal, { runs, log }: DeliveryWorld): () => void {
  const earlier = listening.get(signal);
  if (earlier !== undefined) return earlier;
  const onAbort = (): void => {
    if (!isUserCancel(signal.reason)) return;
    runs.cancel(executionId, "cancelled by the user").catch((error: unknown) => {
      log(`could not cancel ${executionId}: ${String(error)}`);
    });
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  const stop = (): void => signal.removeEventListener("abort", onAbort);
  listening.set(signal, stop);
  return stop;
}

const byUser =
  /\buser[-_ ]?(?:cancel|abort|interrupt|stop|reject|request)|(?:cancel|abort|interrupt|stop)\w* by (?:the )?user\b/i;

/** Whether the reason of a cancelled request says that a person wanted it, as in `AbortError: user-cancel`. */
export function isUserCancel(reason: unknown): boolean {
  const text = typeof reason === "string" ? reason : reason instanceof Error ? reason.message : "";
  return byUser.test(text.slice(0, 1_000));
}
