import { inputRequired, type InputRequests, type InputRequiredResult } from "@modelcontextprotocol/server";
import * as z from "zod";
import type { QuestionView, RunView } from "../engines/progress/run-view.ts";
import { openQuestions } from "../report/attention.ts";
import { fit, sanitise } from "../report/text-layout.ts";
import { ProblemError } from "../schema/problem.ts";
import type { Services } from "../services.ts";
import { handOverAnswer } from "../tools/hand-over-answer.ts";

/** What a call that was interrupted by a question remembers of its earlier rounds. It passes through the client. */
const roundSchema = z.object({
  executionId: z.string().min(1).max(200),
  /** Keys of the questions that were put to the person. */
  asked: z.array(z.string()).max(10_000),
  /** The progress last reported. */
  progress: z.number(),
});

/** What a call remembers of its earlier rounds. */
export type Round = z.infer<typeof roundSchema>;

/** Reads what the client brings back; undefined when it is nothing of ours. */
export function readRound(state: unknown): Round | undefined {
  if (typeof state !== "string" || state.length > 1_000_000) return undefined;
  try {
    return roundSchema.safeParse(JSON.parse(state)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The open questions of a run by keys that stay theirs for the life of the run. */
export function keyedQuestions(view: RunView): ReadonlyMap<string, QuestionView> {
  const open = new Set(openQuestions(view));
  const keyed = new Map<string, QuestionView>();
  view.questions.forEach((question, index) => {
    if (open.has(question)) keyed.set(`q${index + 1}`, question);
  });
  return keyed;
}

/** The forms that put questions to the person at the client. */
export function questionForms(questions: ReadonlyMap<string, QuestionView>): InputRequests {
  return Object.fromEntries([...questions].map(([key, question]) => [key, questionForm(question)]));
}

/** Interrupts a call to put questions to the person. */
export function askPerson(questions: ReadonlyMap<string, QuestionView>, round: Round): InputRequiredResult {
  return inputRequired({ inputRequests: questionForms(questions), requestState: JSON.stringify(round) });
}

function questionForm(question: QuestionView): InputRequests[string] {
  const { text, options, fallback, taskId } = question;
  const choices = [...new Set(options)].slice(0, 50);
  const asks = fit(sanitise(`${taskId} asks: ${text}`), 1_000);
  const otherwise = fit(sanitise(fallback), 200);
  return inputRequired.elicit({
    mode: "form",
    message: otherwise === "" ? asks : `${asks}\nWithout an answer it takes: ${otherwise}`,
    requestedSchema: {
      type: "object",
      properties: {
        answer:
          choices.length > 0 ? { type: "string", title: "Answer", enum: choices } : { type: "string", title: "Answer" },
      },
      required: ["answer"],
    },
  });
}

const acceptedSchema = z.object({
  action: z.literal("accept"),
  content: z.object({ answer: z.string().min(1).max(5_000) }),
});

/**
 * Hands the person's answers to the agents that asked. What was declined, dismissed, or came too late leaves the
 * question to its default.
 */
export async function takeAnswers(
  executionId: string,
  responses: Readonly<Record<string, unknown>>,
  services: Pick<Services, "runs" | "clock">,
): Promise<void> {
  for (const [key, response] of Object.entries(responses)) {
    const question = keyedQuestions(await services.runs.view(executionId)).get(key);
    const accepted = acceptedSchema.safeParse(response);
    if (question === undefined || !accepted.success) continue;
    const { taskId, questionId } = question;
    try {
      await handOverAnswer(executionId, { taskId, questionId, answer: accepted.data.content.answer }, services);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
    }
  }
}
