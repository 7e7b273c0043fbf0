import { runResult } from "../report/run-result.ts";
import type { RunView } from "../engines/progress/run-view.ts";
import type { RunEvent } from "../schema/event.ts";
import type { ExecuteInput } from "../schema/workflow.ts";
import { planFacts, showPlan } from "./analyze-command.ts";
import type { CommandHost } from "./command-host.ts";
import { exitCodeOfRun, exitCodes } from "./exit-codes.ts";
import { followRun, lineWriter } from "./follow-run.ts";
import { callStyle, printResult } from "./output.ts";
import { readTaskFile } from "./task-file.ts";
import type { TaskFile } from "./task-file-content.ts";

/** What `run` is told. */
export interface RunOptions {
  readonly path: string;
  readonly goal?: string | undefined;
  readonly json: boolean;
  readonly ndjson: boolean;
  readonly showPlan: boolean;
  readonly watch: boolean;
  readonly noInput: boolean;
  readonly executor?: string | undefined;
  readonly maxWorkers?: number | undefined;
  readonly mode?: ExecuteInput["mode"];
  readonly strategy?: ExecuteInput["executionStrategy"];
  readonly workspace?: string | undefined;
  readonly apply?: ExecuteInput["apply"];
  readonly setup?: string | undefined;
  readonly verify?: string | undefined;
  /** Minutes of the whole run. */
  readonly timeout?: number | undefined;
  readonly retries?: number | undefined;
  readonly seed?: number | undefined;
  readonly realTime?: number | undefined;
}

/** `run FILE`: runs the tasks here and now, and waits for the end. */
export async function runCommand(host: CommandHost, options: RunOptions): Promise<number> {
  const services = await host.services();
  const file = await readTaskFile({
    host,
    files: services.files,
    path: options.path,
    goal: options.goal,
  });
  if (options.showPlan) return showPlan(host, file, options);
  const workspace = options.workspace === undefined ? undefined : host.absolutePath(options.workspace);
  await services.runs.recover();
  const followed = await followRun({
    host,
    services,
    input: executeInput({ ...file.source }, options, workspace),
    title: options.goal ?? file.title,
    noInput: options.noInput,
    onEvent: sinkFor(host, options),
    onStart(id) {
      if (options.json || options.ndjson) return;
      host.note(`run ${id} has started; look at it with: parallelization-mcp status ${id}\n`);
      for (const line of planFacts(file, options)) host.note(`${line}\n`);
    },
  });
  await services.runs.shutdown();
  const result = runResult(followed.view, {
    detail: "full",
    nowMs: services.clock.now(),
    calls: callStyle(options.json || options.ndjson),
  });
  if (options.ndjson) host.out(`${JSON.stringify({ type: "result", ...result })}\n`);
  else printResult(host, options.json, result);
  if (followed.stoppedByQuestion) return exitCodes.needsAnswer;
  return followed.interrupted ? exitCodes.interrupted : exitCodeOfRun(followed.view);
}

function executeInput(source: TaskFile["source"], options: RunOptions, workspace: string | undefined): ExecuteInput {
  return {
    ...source,
    ...(options.executor === undefined ? {} : { executor: options.executor }),
    ...(options.maxWorkers === undefined ? {} : { maxParallelAgents: options.maxWorkers }),
    ...(options.mode === undefined ? {} : { mode: options.mode }),
    ...(options.strategy === undefined ? {} : { executionStrategy: options.strategy }),
    ...(options.apply === undefined ? {} : { apply: options.apply }),
    ...(options.setup === undefined ? {} : { setup: options.setup }),
    ...(options.verify === undefined ? {} : { verify: options.verify }),
    ...constraintsOf(options),
    ...simulationOf(options),
    ...(workspace === undefined ? {} : { workspace }),
  };
}

function constraintsOf({ timeout, retries }: RunOptions): Pick<ExecuteInput, "constraints"> {
  if (timeout === undefined && retries === undefined) return {};
  return {
    constraints: {
      ...(timeout === undefined ? {} : { timeoutMinutes: timeout }),
      ...(retries === undefined ? {} : { maxRetries: retries }),
    },
  };
}

function simulationOf({ seed, realTime }: RunOptions): Pick<ExecuteInput, "simulation"> {
  if (seed === undefined && realTime === undefined) return {};
  return {
    simulation: { ...(seed === undefined ? {} : { seed }), ...(realTime === undefined ? {} : { realTime }) },
  };
}

function sinkFor(host: CommandHost, options: RunOptions): ((event: RunEvent, view: RunView) => void) | undefined {
  if (options.ndjson) return (event) => host.out(`${JSON.stringify(event)}\n`);
  return options.watch ? lineWriter((text) => host.note(text)) : undefined;
}
