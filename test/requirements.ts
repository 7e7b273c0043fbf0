/**
 * What the product must do, as data. A test that proves a row names its id at the end of its title, like `(C19)` or
 * `(C4, C7)`; coverage.test.ts fails when a proven row is named by no test.
 */

/** One thing the product must do. */
export interface Requirement {
  readonly text: string;
  /** `open`: not there yet, or not proven yet. */
  readonly status: "proven" | "open";
}

/** Every requirement by its id: P the server, C parallel workflows, A testing, B templates, D phases, E summaries. */
export const requirements: Readonly<Record<string, Requirement>> = {
  P1: proven(
    "The tools analyze_task_parallelizability, execute_parallel_workflow, detect_conflicts, aggregate_progress",
  ),
  P2: proven(
    "A SubAgentCoordinator runs both strategies, holds its limits, tracks changes and finds conflicts of files",
  ),
  P3: proven("The simulated executor stands behind the same interface as the real ones"),
  P4: proven("Built on the MCP TypeScript SDK, zod, graphlib, diff, proper-lockfile and vitest"),
  P5: proven("The promised files and folders are at the top level"),
  P6: proven("It is added to Claude Code by configuration, called from a chat, and rehearsed by a simulated harness"),

  C1: proven("A pool of agents shares the tasks: batches in order, the tasks of a batch in parallel"),
  C2: proven("Conservative stops after a failed batch; aggressive goes on; no dependent of a failed task ever runs"),
  C3: proven("Limits on rates and resources are checked, handed to the agents, and enforced"),
  C4: proven("An execution id, a result per agent with its changes, the conflicts, and the metrics"),
  C5: proven("Analysis feeds execution, and execution feeds conflict detection and progress, without conversion"),
  C6: proven("Bad input, strategies and limits are refused clearly, and failures are recovered from"),
  C7: proven("Five tasks, three agents, three batches: five successes and no conflict"),
  C8: proven("An agent starts with its context, system prompt, tools and limits"),
  C9: proven("An agent can be run, asked for its progress and ended, and reports progress, questions, results, errors"),
  C10: open("Progress gives the percentage, the operation, the files in work, and the time remaining"),
  C11: open("An agent that asks waits, is answered, and goes on"),
  C12: proven("An error carries its kind, message, origin, task, and what can be done about it"),
  C13: proven("Context, prompt and tools fit the task: its dependencies, its estimate, the strategy"),
  C14: proven("An agent above its memory limit is ended and the violation reported"),
  C15: proven("CPU time is counted, warned about, and throttled; the task still completes"),
  C16: proven("Calls to a provider are counted over all agents and queue at the limit"),
  C17: proven("A task has a time limit, a grace period to clean up, and keeps its partial results"),
  C18: proven("Writers of one file are kept apart, queue, and cannot deadlock"),
  C19: proven("Changes are tracked per agent: diffs, lines, creation, deletion, renaming"),
  C20: proven("Safe changes merge by themselves, the rest is left to a person, a failure rolls back"),
  C21: proven("Originals are kept, restored when an agent fails, and a batch lands whole or not at all"),
  C22: proven("Two agents on two independent tasks; two agents on three tasks of which one depends"),
  C23: proven("Several batches and a diamond: full parallelism, no dependency violated, the speed-up as estimated"),
  C24: proven("Conflicts in one file and in related code are found and typed; three unrelated agents give none"),
  C25: proven("Violations of memory and time end the agent; CPU is throttled and the task completes"),
  C26: proven("Both strategies with failures: all are reported, no success is lost"),
  C27: proven("Up to fifty tasks on ten agents: at least 80 % of the estimated speed-up, overhead below 20 %"),
  C28: open("A whole piece of work from analysis to resolved conflicts, and goals handed over by another server"),
  C29: proven("create_dependency_graph and optimize_batch_distribution serve callers of the six-tool server"),

  A1: open("A supervisor looks at the request and the project and recommends the agents"),
  A2: open("Unit, functional and integration testers work on one target at the same time"),
  A3: open("Successes, failures and outputs are collected and combined"),
  A4: open("A validator reviews all outputs together and decides whether another round is needed"),
  A5: open("Sequential and parallel mode give the same results, so that the gain can be measured"),
  A6: open("The supervisor skips the kinds of agents that are not needed"),
  A7: open("Nearly equal tests are merged and the best kept"),
  A8: open("Progress bars, a board of agents, and a timeline of the execution"),
  A9: proven("Parallelism follows the size of the project, the rate limits, and the machine"),

  B1: open("Templates decompose a project into phases of named roles"),
  B2: open("Tasks of a template that do not depend on each other run together"),
  B3: open("The command line takes a kind of project and a description, and can show the plan only"),
  B4: proven("A program creates a plan, executes it, and reads the summary"),
  B5: proven("Modes: by dependency, full parallel, sequential, pipeline"),
  B6: proven("A plan of one's own is a list of phases"),
  B7: proven("Workers, time per agent and retries are limited"),
  B8: open("The agents of a run share a scratchpad, an activity tracker, and a state file"),
  B9: open("Nothing waits for a person while agents run in parallel"),
  B10: open("Progress per phase as it happens, and an activity entry per task"),
  B11: open("A performance summary compares the run with its sequential estimate"),
  B12: proven("Cascades of failures are contained, with sequential mode to fall back to"),
  B13: open("Dependency detection, re-planning, analytics, several machines, checkpoints and recovery"),

  D1: proven("Parallelism, time per agent, fallback and start delay are configured"),
  D2: open("Phases come from the dependency graph; cycles are refused before anything runs"),
  D3: proven("A failure or time-out of one agent leaves the others alone"),
  D4: open("Metrics over all runs: speed-up, time-outs, errors, history"),
  D5: proven("The four timing scenarios: independent, dependent, timing out, failing"),
  D6: open("State and text are streamed, needless agents skipped, time-outs adapted, cost tracked per agent"),

  E1: open("A workflow file is the source of truth, and the right one is chosen from a description"),
  E2: proven("The results of dependencies reach their dependents as context"),
  E3: proven("A failed task does not hold up independent ones"),
  E4: open("Progress is reported throughout and every step traced"),
  E5: open("A summary for executives, for engineers, and with recommendations by priority"),
  E6: proven("Parallel efficiency is (tasks - phases) / (tasks - 1): ten tasks in two phases give 88.9 %"),
};

function proven(text: string): Requirement {
  return { text, status: "proven" };
}

function open(text: string): Requirement {
  return { text, status: "open" };
}
