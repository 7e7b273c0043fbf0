import { refuse } from "../../../schema/problem.ts";
import type { QuestionView, RunView } from "../../progress/run-view.ts";
import type { QuestionAnswer } from "./runs.ts";

/** The one open question that an answer is for. Refuses with UNKNOWN_QUESTION when there is none or more than one. */
export function meantQuestion(view: RunView, answer: QuestionAnswer): QuestionView {
  const open = view.questions.filter((question) => question.answer === undefined);
  const meant = open.filter(
    (question) =>
      (answer.taskId === undefined || question.taskId === answer.taskId) &&
      (answer.questionId === undefined || question.questionId === answer.questionId),
  );
  const [question] = meant;
  if (meant.length === 1 && question) return question;
  return refuse({
    code: "UNKNOWN_QUESTION",
    error:
      meant.length === 0
        ? "No question of this run waits for that answer."
        : `${meant.length} questions wait for an answer; taskId or questionId has to say which one is meant.`,
    field: "questionId",
    allowed: open.map((asked) => asked.questionId),
    advice: "Call aggregate_progress with the executionId to see the open questions.",
  });
}
