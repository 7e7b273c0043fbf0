import { analyze } from "../engines/analysis/analyze.ts";
import { analysisSummary, planFactLines, planText } from "../report/analysis-text.ts";
import { wrap } from "../report/text-layout.ts";
import type { Analysis } from "../schema/plan.ts";
import { refuse } from "../schema/problem.ts";
import type { RepositoryIndex } from "../schema/repository-index.ts";
import { taskLimits } from "../schema/task.ts";
import type { CommandHost } from "./command-host.ts";
import { exitCodes } from "./exit-codes.ts";
import { printResult } from "./output.ts";
import { readTaskFile } from "./task-file.ts";
import type { TaskFile } from "./task-file-content.ts";

/** What analyze and plan are told. */
export interface AnalyzeOptions {
  readonly path: string;
  readonly json: boolean;
  readonly goal?: string | undefined;
  readonly maxWorkers?: number | undefined;
  /** Folder whose files the analysis looks at. */
  readonly workspace?: string | undefined;
}

/** `analyze FILE`: whether and how the tasks can run in parallel. */
export async function analyzeCommand(host: CommandHost, options: AnalyzeOptions): Promise<number> {
  const { files, survey } = await host.services();
  const file = await readTaskFile({ host, files, path: options.path, goal: options.goal });
  const repository = options.workspace === undefined ? undefined : await survey(options.workspace, file.tasks);
  const analysis = analyzeFile(file, { ...options, repository });
  printResult(host, options.json, {
    summary: analysisSummary(analysis),
    taskDescription: options.goal ?? file.title,
    ...analysis,
  });
  return analysis.hasCycles ? exitCodes.usage : exitCodes.ok;
}

/** `plan FILE "goal"`: who would work when; nothing runs. */
export async function planCommand(host: CommandHost, options: AnalyzeOptions): Promise<number> {
  const { files } = await host.services();
  const file = await readTaskFile({ host, files, path: options.path, goal: options.goal });
  return showPlan(host, file, options);
}

/** Shows the plan of a file that has been read. */
export function showPlan(host: CommandHost, file: TaskFile, options: AnalyzeOptions): number {
  const analysis = analyzeFile(file, options);
  const title = options.goal ?? file.title;
  const notes = file.notes ?? [];
  const words = options.goal === undefined ? options.path : `${options.path} ${JSON.stringify(options.goal)}`;
  const closing = analysis.hasCycles ? [] : [`run it: parallelization-mcp run ${words}`];
  const summary = planText({
    title,
    analysis,
    closing: [...notes.flatMap((note) => wrap(note, { rest: "  ", lines: 3 })), ...closing],
  });
  printResult(host, options.json, { summary, ...(notes.length > 0 && { notes }), ...analysis });
  return analysis.hasCycles ? exitCodes.usage : exitCodes.ok;
}

/** The longest chain and the bottlenecks of a file's tasks, a line each; none where they cannot be planned. */
export function planFacts(file: TaskFile, options: Pick<AnalyzeOptions, "maxWorkers">): string[] {
  const { maxWorkers: maxParallelAgents } = options;
  const maxTasks = taskLimits.tasksPerProgram;
  const detectImplicit = file.phased !== true;
  const given = { taskDescription: file.title, subtasks: file.tasks, maxParallelAgents, maxTasks, detectImplicit };
  const analysed = analyze(given);
  return analysed.ok ? planFactLines(analysed.value) : [];
}

function analyzeFile(
  file: TaskFile,
  options: AnalyzeOptions & { readonly repository?: RepositoryIndex | undefined },
): Analysis {
  const analysed = analyze({
    taskDescription: options.goal ?? file.title,
    subtasks: file.tasks,
    maxParallelAgents: options.maxWorkers,
    maxTasks: taskLimits.tasksPerProgram,
    detectImplicit: file.phased !== true,
    repository: options.repository,
  });
  return analysed.ok ? analysed.value : refuse(analysed.error);
}
