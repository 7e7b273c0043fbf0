import type { EventOf } from "../../schema/event.ts";

/** What a question is known by, and what became of it. */
interface Asked {
  readonly taskId: string;
  readonly questionId: string;
  answer?: string;
  answeredBy?: "person" | "timeout";
}

/** Notes the answer to one of the questions. */
export function answerQuestion(questions: readonly Asked[], event: EventOf<"task.answered">): void {
  const question = questions.find((asked) => asked.taskId === event.taskId && asked.questionId === event.questionId);
  if (!question) return;
  question.answer = event.answer;
  question.answeredBy = event.by;
}
