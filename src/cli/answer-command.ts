import type { QuestionView } from "../engines/progress/run-view.ts";
import { openQuestions } from "../report/attention.ts";
import { refuse } from "../schema/problem.ts";
import type { Services } from "../services.ts";
import { askPerson, meantAnswer, questionLine } from "./ask-person.ts";
import type { CommandHost } from "./command-host.ts";
import { printControl } from "./control-command.ts";
import { exitCodes } from "./exit-codes.ts";
import { printProblem } from "./output.ts";
import { pause } from "./pause.ts";

/** What `answer` is told. */
export interface AnswerOptions {
  readonly id: string;
  readonly answer?: string | undefined;
  readonly task?: string | undefined;
  readonly json: boolean;
}

/** How long the run may take to show that it was answered, in milliseconds. */
const showsWithinMs = 2_000;

/** `answer ID [ANSWER]`: answers what agents ask; without an answer, lets the person at the terminal choose. */
export async function answerCommand(host: CommandHost, options: AnswerOptions): Promise<number> {
  const { id, task, json, answer } = options;
  const services = await host.services();
  const view = await services.runs.view(id);
  const open = openQuestions(view).filter((question) => task === undefined || question.taskId === task);
  const [question] = open;
  if (question === undefined) return refuse(nothingAsked(id, task));
  if (answer === undefined && (json || !host.terminals.input)) return needsAnswer(host, { id, open, json });
  if (answer !== undefined && open.length > 1) return refuse(severalAsk(open));
  const asked = answer === undefined ? open : [question];
  for (const each of asked) {
    const given = answer === undefined ? await choose(host, each) : meantAnswer(each, answer);
    if (given === undefined) return exitCodes.needsAnswer;
    await handOver(services, { id, question: each, answer: given });
    const did = `${each.taskId} was answered: ${given}`;
    if (each === asked.at(-1))
      printControl(host, services, { view: await services.runs.view(id), action: "answer", did, json });
    else host.out(`${did}\n`);
  }
  return exitCodes.ok;
}

async function choose(host: CommandHost, question: QuestionView): Promise<string | undefined> {
  host.note(questionLine(question));
  return askPerson(host, question, new AbortController().signal);
}

/** Hands it over and waits until the run shows it, so that whoever looks next sees no open question. */
async function handOver(
  { runs, clock }: Services,
  given: { readonly id: string; readonly question: QuestionView; readonly answer: string },
): Promise<void> {
  const { id, question, answer } = given;
  const { taskId, questionId } = question;
  await runs.answer(id, { taskId, questionId, answer });
  const deadline = clock.now() + showsWithinMs;
  while (clock.now() < deadline) {
    const { questions } = await runs.view(id);
    if (questions.some((each) => each.questionId === questionId && each.taskId === taskId && each.answer !== undefined))
      return;
    await pause(clock);
  }
}

/** Nobody is there to choose: says what is asked. */
function needsAnswer(
  host: CommandHost,
  asked: { readonly id: string; readonly open: readonly QuestionView[]; readonly json: boolean },
): number {
  const { id, open, json } = asked;
  if (!json) for (const question of open) host.note(questionLine(question));
  const [first] = open;
  printProblem(host, json, {
    code: "INVALID_ARGUMENT",
    error: `${open.length === 1 ? "A question needs" : `${open.length} questions need`} an answer, and nobody is at the terminal.`,
    field: "ANSWER",
    allowed: first?.options ?? [],
    advice: `Give it: parallelization-mcp answer ${id} --task TASK ANSWER`,
  });
  return exitCodes.needsAnswer;
}

function nothingAsked(id: string, task: string | undefined): Parameters<typeof refuse>[0] {
  return {
    code: "UNKNOWN_QUESTION",
    error: `No question of ${task === undefined ? "" : `task '${task}' of `}run '${id}' waits for an answer.`,
    field: task === undefined ? "ID" : "--task",
    advice: `See where it stands: parallelization-mcp status ${id}`,
  };
}

function severalAsk(open: readonly QuestionView[]): Parameters<typeof refuse>[0] {
  return {
    code: "UNKNOWN_QUESTION",
    error: `${open.length} questions wait for an answer; --task has to say which one is meant.`,
    field: "--task",
    allowed: open.map((question) => question.taskId),
    advice: "Name one of these tasks.",
  };
}
