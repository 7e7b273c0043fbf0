import type { Problem, ProblemCode } from "../../schema/problem.ts";

/** Advice for people, where the engines advise models to call a tool. */
const advice: Readonly<Partial<Record<ProblemCode, string>>> = {
  UNKNOWN_RUN: "List the runs of this machine: parallelization-mcp history",
  UNKNOWN_QUESTION: "See what is asked: parallelization-mcp answer ID",
  RUN_NOT_ACTIVE: "See what became of it: parallelization-mcp status ID",
  RUN_NOT_FINISHED: "Look at it: parallelization-mcp status ID; or stop it: parallelization-mcp cancel ID",
  NOTHING_TO_APPLY: "See what became of it: parallelization-mcp status ID",
  UNKNOWN_TASK: "See its tasks: parallelization-mcp status ID",
  WRONG_TASK_STATE: "See where it stands: parallelization-mcp status ID",
  UNKNOWN_CONFLICT: "See them with their ways out: parallelization-mcp conflicts ID",
  NO_TASKS: "Name a file with tasks: parallelization-mcp run FILE",
};

const tools = /\b(?:aggregate_progress|control_workflow|analyze_task_parallelizability|detect_conflicts)\b/;

/** What arguments of tools are called on the command line. */
const words: Readonly<Record<string, string>> = {
  executionId: "ID",
  questionId: "--task",
  conflictId: "CONFLICT",
  option: "OPTION",
  taskId: "--agent",
  agentId: "--agent",
  text: "--continue",
  "refs.base": "ID",
  maxParallelAgents: "--max-workers",
  executionStrategy: "--strategy",
  "constraints.timeoutMinutes": "--timeout",
  "constraints.maxRetries": "--retries",
  executor: "--executor",
  mode: "--mode",
  workspace: "--workspace",
  apply: "--apply",
  setup: "--setup",
  verify: "--verify",
};

/** A refusal as somebody reads it who typed a command. */
export function forCommandLine(problem: Problem): Problem {
  const { code, field } = problem;
  return {
    ...problem,
    error: inFile(problem.error),
    ...(field === undefined ? {} : { field: words[field] ?? inFile(field) }),
    advice: tools.test(problem.advice) ? (advice[code] ?? lookAgain(problem.advice)) : problem.advice,
  };
}

/** What a file of tasks and the command line call that which a tool calls subtasks and heads. */
function inFile(text: string): string {
  return text.replaceAll("subtasks[", "tasks[").replace(/^refs\.heads\[\d+\](?:\.ref)?$/, "REFS");
}

function lookAgain(text: string): string {
  return text.includes("detect_conflicts") ? "See what is held: parallelization-mcp conflicts ID" : text;
}
