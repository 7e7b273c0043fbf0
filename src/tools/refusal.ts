import type { Problem } from "../schema/problem.ts";

/** A result as the protocol carries it. */
export interface ToolReply {
  readonly content: readonly [{ readonly type: "text"; readonly text: string }];
  readonly structuredContent?: Readonly<Record<string, unknown>>;
  readonly isError?: true;
}

/** The result of a refused call: everything is in the text, because clients drop structured errors. */
export function refusal(problem: Problem): ToolReply {
  const { code, error, field, allowed, example, advice } = problem;
  const body = {
    success: false,
    code,
    error,
    ...(field === undefined ? {} : { field }),
    ...(allowed === undefined ? {} : { allowed }),
    ...(example === undefined ? {} : { example }),
    advice,
  };
  return { content: [{ type: "text", text: JSON.stringify(body) }], isError: true };
}

/** What the caller learns of a bug of ours; the rest goes to the log. */
export const internalProblem: Problem = {
  code: "INTERNAL",
  error: "The server failed while answering this call; the fault is the server's, not the arguments'.",
  advice: "Call aggregate_progress without arguments to see whether a run was started, before trying again.",
};
