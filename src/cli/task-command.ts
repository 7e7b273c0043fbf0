import type { TaskRequest } from "../engines/coordination/runs/control-task.ts";
import { ProblemError, refuse } from "../schema/problem.ts";
import type { CommandHost } from "./command-host.ts";
import { printControl } from "./control-command.ts";
import { exitCodes } from "./exit-codes.ts";

/** `retry ID [TASK]`, `skip ID TASK`, `steer ID TASK TEXT`: does it, says what came of it, and shows the run. */
export async function taskCommand(
  host: CommandHost,
  options: { readonly id: string; readonly request: TaskRequest; readonly json: boolean },
): Promise<number> {
  const { id, request, json } = options;
  const services = await host.services();
  const did = await services.runs.controlTask(id, request).catch(asTyped);
  printControl(host, services, { view: await services.runs.view(id), action: request.action, did, json });
  return exitCodes.ok;
}

/** Refuses with the names that the words have on the command line. */
function asTyped(error: unknown): never {
  if (!(error instanceof ProblemError)) throw error;
  const { field, ...problem } = error.problem;
  const typed: Readonly<Record<string, string>> = { taskId: "TASK", text: "TEXT" };
  return refuse({ ...problem, ...(field !== undefined && { field: typed[field] ?? field }) });
}
