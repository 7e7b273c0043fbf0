import type { QuestionAnswer } from "../engines/coordination/runs/runs.ts";
import type { Services } from "../services.ts";

/** Longest wait for an answer to show, in milliseconds. */
const showsWithinMs = 2_000;

/** Hands an answer to the agent that asked, and returns when the run shows it: whoever looks next sees no open question. */
export async function handOverAnswer(
  executionId: string,
  answer: QuestionAnswer,
  { runs, clock }: Pick<Services, "runs" | "clock">,
): Promise<void> {
  let cancelTimer: () => void = () => undefined;
  let stopWatching: () => void = () => undefined;
  const shown = new Promise<void>((resolve) => {
    cancelTimer = clock.setTimer(showsWithinMs, resolve);
    stopWatching = runs.watch(executionId, (event) => {
      if (event.type === "task.answered") resolve();
    });
  });
  try {
    await runs.answer(executionId, answer);
    await shown;
  } finally {
    cancelTimer();
    stopWatching();
  }
}
