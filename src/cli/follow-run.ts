import { applyEvent, startView, type QuestionView, type RunView } from "../engines/progress/run-view.ts";
import { openQuestions } from "../report/attention.ts";
import { programName } from "../report/command-words.ts";
import { formatEventLine } from "../report/event-line.ts";
import { hasEnded } from "../report/run-clock.ts";
import { sanitise } from "../report/text-layout.ts";
import type { RunEvent } from "../schema/event.ts";
import type { ExecuteInput } from "../schema/workflow.ts";
import type { Services } from "../services.ts";
import { askPerson, questionLine } from "./ask-person.ts";
import type { CommandHost } from "./command-host.ts";
import { pause } from "./pause.ts";

const waitMs = 3_600_000;

/** A run that is started here and followed to its end. */
export interface Following {
  readonly host: CommandHost;
  readonly services: Services;
  readonly input: ExecuteInput;
  readonly title?: string | undefined;
  /** Called when the run has started. */
  readonly onStart?: ((executionId: string) => void) | undefined;
  /** Called for every event, with the view that contains it. */
  readonly onEvent?: ((event: RunEvent, view: RunView) => void) | undefined;
  /** A question ends the run instead of waiting for an answer. */
  readonly noInput?: boolean | undefined;
}

/** How a run that was followed ended. */
export interface Followed {
  readonly view: RunView;
  readonly interrupted: boolean;
  /** It was stopped because of a question. */
  readonly stoppedByQuestion: boolean;
}

/** Starts a run and follows it until it has ended. Ctrl-C cancels it, a second one does not wait for that. */
export async function followRun(following: Following): Promise<Followed> {
  const { host, services, input, title, onEvent, onStart } = following;
  const { runs } = services;
  const aborted = new AbortController();
  const run: { id?: string; interrupted: boolean } = { interrupted: false };
  const cancel = (): void => {
    if (run.id === undefined) return;
    void runs.cancel(run.id, "interrupted by Ctrl-C").catch(() => undefined);
  };
  const endInterrupts = host.onInterrupt(() => {
    if (run.interrupted) aborted.abort();
    else host.note("\nstopping: agents end, what is done is kept (Ctrl-C again to leave at once)\n");
    run.interrupted = true;
    cancel();
  });
  try {
    // Whoever names a file on the command line means the commands in it, as with a makefile.
    const extras = { commandsApproved: true, ...(onEvent === undefined ? {} : { onEvent: withView(onEvent) }) };
    run.id = await runs.start(title === undefined ? input : { ...input, title }, {}, extras);
    onStart?.(run.id);
    // Somebody may have been quicker than the start.
    if (run.interrupted) cancel();
    const ended = await untilEnd(following, run.id, aborted.signal);
    return { ...ended, interrupted: run.interrupted };
  } finally {
    endInterrupts();
  }
}

/** A sink that writes one plain line an event. */
export function lineWriter(write: (text: string) => void): (event: RunEvent, view: RunView) => void {
  return (event, view) => {
    const line = formatEventLine(event, view);
    if (line !== undefined) write(`${line}\n`);
  };
}

/** Keeps a view of its own beside the events, so that each is told with the run as it stood then. */
function withView(onEvent: (event: RunEvent, view: RunView) => void): (event: RunEvent) => void {
  let view: RunView | undefined;
  return (event) => {
    if (event.type === "run.created") view = startView(event);
    else if (view) applyEvent(view, event);
    if (view) onEvent(event, view);
  };
}

async function untilEnd(
  following: Following,
  executionId: string,
  signal: AbortSignal,
): Promise<Omit<Followed, "interrupted">> {
  const { services } = following;
  const asked = new Set<string>();
  let stoppedByQuestion = false;
  let view = await services.runs.view(executionId);
  while (!hasEnded(view) && !signal.aborted) {
    const question = openQuestions(view).find(({ questionId }) => !asked.has(questionId));
    if (question) {
      asked.add(question.questionId);
      stoppedByQuestion = (await handleQuestion(following, { executionId, question, signal })) || stoppedByQuestion;
    }
    const sinceSeq = view.seq;
    view = await services.runs.wait(executionId, { waitMs, sinceSeq, signal });
    if (view.seq === sinceSeq && !hasEnded(view)) await pause(services.clock, signal);
  }
  // A virtual clock may have answered by time-out before anybody could look.
  const unanswered = following.noInput === true && view.questions.length > 0;
  return { view, stoppedByQuestion: stoppedByQuestion || unanswered };
}

/** Gives whether the run is stopped because of it. */
async function handleQuestion(
  { host, services, noInput }: Following,
  asked: { readonly executionId: string; readonly question: QuestionView; readonly signal: AbortSignal },
): Promise<boolean> {
  const { executionId, question, signal } = asked;
  const { taskId, questionId } = question;
  host.note(questionLine(question));
  if (noInput === true) {
    await services.runs.cancel(executionId, `${taskId} asked a question and nobody may be asked`);
    return true;
  }
  if (!host.terminals.input) {
    const fallback = sanitise(question.fallback);
    host.note(`answer it: ${programName} answer ${executionId}; after its time-out the answer is "${fallback}"\n`);
    return false;
  }
  const elsewhere = new AbortController();
  const leave = (): void => elsewhere.abort();
  signal.addEventListener("abort", leave);
  const stopWatching = services.runs.watch(executionId, (event) => {
    const answered = event.type === "task.answered" && event.questionId === questionId && event.taskId === taskId;
    if (answered || event.type === "run.finished") leave();
  });
  const answer = await askPerson(host, question, elsewhere.signal);
  stopWatching();
  // Somebody may have answered from another terminal meanwhile.
  if (answer === undefined || elsewhere.signal.aborted) return false;
  await services.runs.answer(executionId, { taskId, questionId, answer });
  return false;
}
