import type { QuestionView } from "../engines/progress/run-view.ts";
import { sanitise } from "../report/text-layout.ts";
import type { CommandHost } from "./command-host.ts";

/** What is asked, on one line. */
export function questionLine({ taskId, text, options }: QuestionView): string {
  return `${sanitise(taskId)} asks: ${sanitise(text)} [${options.map(sanitise).join(" | ")}]\n`;
}

/** What somebody means who typed that: an option, its number, the fallback for nothing, or a text of their own. */
export function meantAnswer({ options, fallback }: QuestionView, typed: string): string {
  const known = options.find((option) => option === typed) ?? options[Number(/^\d+$/.test(typed) ? typed : 0) - 1];
  return known ?? (typed === "" ? fallback : typed);
}

/** Asks the person at the terminal; undefined when nobody answers. */
export async function askPerson(
  host: CommandHost,
  question: QuestionView,
  signal: AbortSignal,
): Promise<string | undefined> {
  const typed = await host.ask(`answer (empty: ${sanitise(question.fallback)}): `, signal);
  return typed === undefined ? undefined : meantAnswer(question, typed);
}
