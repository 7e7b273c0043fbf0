import { analyze as analyzeTasks, planningTime } from "../engines/analysis/analyze.ts";
import { withTemplateTasks } from "../engines/planning/templates/with-template-tasks.ts";
import { runConflicts } from "../engines/coordination/runs/run-conflicts.ts";
import type { QuestionAnswer, Runs, WaitFor } from "../engines/coordination/runs/runs.ts";
import type { RunView } from "../engines/progress/run-view.ts";
import { runProgress, type RunProgress } from "../report/run-progress.ts";
import { runResult, type RunResult } from "../report/run-result.ts";
import type { LogLevel } from "../schema/config.ts";
import type { ConflictReport } from "../schema/conflict.ts";
import type { RunEvent } from "../schema/event.ts";
import type { Analysis } from "../schema/plan.ts";
import { refuse } from "../schema/problem.ts";
import { taskLimits } from "../schema/task.ts";
import { createServices, type Services } from "../services.ts";

import { checkInput, libraryCalls } from "./check-input.ts";
import { startExecution, type ExecuteOptions, type Execution } from "./execution.ts";
import type { AnalyzeProjectInput, ExecuteInput } from "./inputs.ts";

/** What a coordinator is made with; what is left out comes from the environment and the user's configuration. */
export interface CoordinatorOptions {
  /** Absolute path of a folder of its own for results, backups, plans and the index of runs; default: the user's. */
  readonly stateFolder?: string;
  /** Executor of runs that name none: `simulated`, `claude-code` or `command`. */
  readonly executor?: string;
  /** The most agents of one run, 1-100. */
  readonly maxAgents?: number;
  /** Absolute path of Claude Code's program, or its name on PATH. */
  readonly claude?: string;
  /** Variables that are laid over those of this process, for agents. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What is written to standard error; default `error`. */
  readonly log?: LogLevel;
}

/**
 * Everything that can be done with runs, those of this process and those found in the machine's index. What is refused
 * rejects with a `ProblemError`.
 */
export interface Coordinator {
  /** As `analyze`; with a `workspace` its files tell which tasks will probably change the same ones. Only reads. */
  analyze(input: AnalyzeProjectInput): Promise<Analysis>;
  /** Starts a run and hands over its events and its result. */
  execute(input: ExecuteInput, options?: ExecuteOptions): Execution;
  /** Starts a run and returns its id when the first event is written. */
  start(input: ExecuteInput, options?: Pick<ExecuteOptions, "allowCommands">): Promise<string>;
  /** The run as its journal tells it. */
  view(executionId: string): Promise<RunView>;
  /** How far a run is, as `aggregate_progress` tells it. */
  progress(executionId: string): Promise<RunProgress>;
  /** All that a run came to so far, as `execute_parallel_workflow` tells it. */
  result(executionId: string): Promise<RunResult>;
  /** What does not add up in a run, also while it runs, as `detect_conflicts` tells it. */
  conflicts(executionId: string): Promise<ConflictReport>;
  /** The newest runs of this machine, newest first; default 20. */
  recent(limit?: number): Promise<readonly RunView[]>;
  /** Waits until the run has ended, asks something, or has events beyond `sinceSeq`; at most `waitMs`. */
  wait(executionId: string, until: WaitFor): Promise<RunView>;
  /** Calls back for every further event of a run of this process; the returned function ends it. */
  watch(executionId: string, sink: (event: RunEvent) => void): () => void;
  cancel(executionId: string, reason?: string): Promise<void>;
  answer(executionId: string, answer: QuestionAnswer): Promise<void>;
  /** Writes what a finished run has merged into the user's files. */
  apply(executionId: string): Promise<void>;
  /** Restores every file that `apply` wrote, byte for byte, where nobody has changed it since. */
  undo(executionId: string): Promise<void>;
  /** Forgets a finished run: its journal, kept results and workspaces. */
  remove(executionId: string): Promise<void>;
  /** Ends every agent of the runs of this process and marks them interrupted; nothing can be started afterwards. */
  shutdown(): Promise<void>;
}

/** Makes a coordinator. Nothing is written or started before the first run. */
export function createCoordinator(options: CoordinatorOptions = {}): Coordinator {
  const services = createServices({
    environment: environmentOf(options),
    ...(options.stateFolder !== undefined && { stateFolder: absolute(options.stateFolder) }),
  });
  const { runs, clock } = services;
  const ready = recoverOnce(services);
  return {
    async analyze(input) {
      const { workspace, ...checked } = checkInput(libraryCalls.analyzeProject, input);
      const request = withTemplateTasks(checked);
      if (!request.ok) return refuse(request.error);
      const { subtasks = [] } = request.value;
      const repository = workspace === undefined ? undefined : await services.survey(workspace, subtasks);
      const shouldStop = planningTime(() => clock.now(), checked.planningBudgetMs);
      const maxTasks = taskLimits.tasksPerProgram;
      const analysed = analyzeTasks({ ...request.value, repository, shouldStop, maxTasks });
      return analysed.ok ? analysed.value : refuse(analysed.error);
    },
    execute: (input, how) => startExecution({ runs, clock, ready }, input, how),
    async start(input, { allowCommands = false } = {}) {
      const checked = checkInput(libraryCalls.execute, input);
      await ready();
      return runs.start(checked, {}, { commandsApproved: allowCommands });
    },
    view: (executionId) => runs.view(executionId),
    progress: async (executionId) => runProgress(await runs.view(executionId), clock.now(), { detail: "full" }),
    result: async (executionId) => runResult(await runs.view(executionId), { detail: "full", nowMs: clock.now() }),
    async conflicts(executionId) {
      const found = runConflicts(await runs.view(executionId));
      return found.ok ? found.value : refuse(found.error);
    },
    recent: (limit = recentLimit) => runs.recent(limit),
    wait: (executionId, until) => runs.wait(executionId, until),
    watch: (executionId, sink) => runs.watch(executionId, sink),
    cancel: (executionId, reason = "cancelled by the program that runs it") => runs.cancel(executionId, reason),
    answer: (executionId, answer) => runs.answer(executionId, answer),
    apply: (executionId) => runs.apply(executionId),
    undo: (executionId) => runs.undo(executionId),
    remove: (executionId) => runs.remove(executionId),
    shutdown: () => runs.shutdown(),
  };
}

let shared: Coordinator | undefined;

/**
 * Runs tasks with several agents at once, each in a workspace of its own, and merges what does not conflict. Iterate over
 * what it returns for the events, await its `result` for the outcome, or both. Uses the user's own state folder;
 * `createCoordinator` makes one with another.
 */
export function execute(input: ExecuteInput, options?: ExecuteOptions): Execution {
  shared ??= createCoordinator();
  return shared.execute(input, options);
}

/** How many runs a list shows. */
const recentLimit = 20;

/** What processes that are gone left half-done is put right before the first run, as a server does at its start. */
function recoverOnce({ runs, log }: Pick<Services, "log"> & { readonly runs: Runs }): () => Promise<void> {
  let recovered: Promise<void> | undefined;
  return () => {
    recovered ??= runs.recover().catch((error: unknown) => log(`while recovering: ${String(error)}`));
    return recovered;
  };
}

function environmentOf(options: CoordinatorOptions): Readonly<Record<string, string>> {
  const { environment, executor, maxAgents, claude, log = "error" } = options;
  return {
    ...environment,
    PARALLELIZATION_LOG: log,
    ...(executor !== undefined && { PARALLELIZATION_EXECUTOR: executor }),
    ...(maxAgents !== undefined && { PARALLELIZATION_MAX_AGENTS: String(maxAgents) }),
    ...(claude !== undefined && { PARALLELIZATION_CLAUDE: claude }),
  };
}

/** A folder that moves with the working folder would lose its runs. */
function absolute(path: string): string {
  if (/^([\\/]|[A-Za-z]:[\\/])/.test(path)) return path;
  return refuse({
    code: "INVALID_ARGUMENT",
    error: `stateFolder must be an absolute path, not '${path.slice(0, 200)}'.`,
    field: "stateFolder",
    advice: "Resolve it against a folder that you know.",
  });
}
