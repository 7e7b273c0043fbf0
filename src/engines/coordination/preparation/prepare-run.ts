/** From a call to execute to everything a run will do; refuses with a ProblemError before anything has changed. */
import type { PlannedTask, RunSpec } from "../../../schema/event.ts";
import { refuse, type Problem } from "../../../schema/problem.ts";
import { executorKindsOf } from "../../../schema/fallback.ts";
import type { SimulatedEdit } from "../../../schema/simulation.ts";
import type { TaskInput } from "../../../schema/task.ts";
import type { Constraints, ExecuteInput, UnenforcedLimit } from "../../../schema/workflow.ts";
import type { Result } from "../../../util/result.ts";
import { isOrderedByBatches, type AcceptedAnalysis } from "../../planning/accept-analysis.ts";
import { acceptSource } from "../../planning/accept-source.ts";
import { ignoreDependencies, type FreedTasks } from "../../planning/ignore-dependencies.ts";
import { planRun } from "../../planning/plan-run.ts";
import { checkFallbacks, missingFallbacks } from "./check-fallbacks.ts";
import { checkCommands, type CommandRules } from "./check-commands.ts";
import {
  checkExecutor,
  checkRequest,
  checkTaskOptions,
  executorKinds,
  realExecutors,
  unenforcedLimits,
} from "./check-request.ts";
import { timePart } from "../runs/plan-store.ts";
import { isForbiddenWorkspace, resolveWorkspace } from "./resolve-workspace.ts";
import type { CallOrigin } from "../runs/runs.ts";
import type { RunSettings, RunsWorld } from "../runs/runs-world.ts";
import { unheldCalls } from "../calls/unheld-calls.ts";

/** Who calls, and what has been approved for this call. */
interface Caller {
  readonly origin: CallOrigin;
  readonly commandsApproved: boolean;
  readonly approvedCommands: readonly string[];
}

/** Checks a call and makes the run's specification from it. */
export async function prepareRun(world: RunsWorld, input: ExecuteInput, caller: Caller): Promise<RunSpec> {
  checkRequest(input);
  const found = resolveWorkspace({
    argument: input.workspace,
    origin: caller.origin,
    surroundings: world.surroundings,
  });
  const forbidden = isForbiddenWorkspace(found.path, world.surroundings);
  const settings = granted(await world.settings(forbidden ? undefined : found.path));
  const executor = input.executor ?? settings.executor;
  checkExecutor(executor, "executor");
  const source = await acceptTasks(world, input);
  const { accepted, warnings } = inMode(input.mode, source.accepted);
  checkTaskOptions(accepted.tasks, executor);
  checkFallbacks(accepted.tasks, executor);
  checkEdits(accepted.tasks);
  checkCommands(input, accepted.tasks, commandRules(settings, caller));
  const constraints = input.constraints ?? {};
  const mode = input.mode ?? (isOrderedByBatches(accepted) ? "batch" : "dependency");
  const plan = granted(
    planRun({
      ...accepted,
      mode,
      tasks: accepted.tasks.map((task) => (task.command === undefined ? task : { executor: "command", ...task })),
      executor,
      constraints,
      realExecutors,
      ...(input.maxParallelAgents !== undefined && { maxParallelAgents: input.maxParallelAgents }),
      maxAgents: settings.maxAgents,
    }),
  );
  await probeExecutors(world, plan.tasks);
  const real = plan.tasks.some((task) => task.executorKind !== "simulated");
  const place = await placeRun(world, { found, forbidden, real, edits: hasEdits(accepted.tasks) });
  const apply = input.apply ?? (real ? "merge" : "none");
  if (!place.isolated) checkNeedsNoFiles(input, apply);
  return {
    executionId: `exec-${timePart(world.clock.now())}-${world.machine.newId("").slice(0, 16)}`,
    title: input.title ?? accepted.title ?? titleOf(accepted.tasks),
    tasks: [...plan.tasks],
    batches: plan.batches.map((batch) => [...batch]),
    mode,
    strategy: input.executionStrategy ?? "conservative",
    maxParallelAgents: plan.agents,
    executor: real && executor === "simulated" ? (plan.tasks.find(isReal)?.executorKind ?? executor) : executor,
    apply,
    constraints,
    unenforced: [...source.warnings, ...warnings, ...unheldLimits(world, constraints, plan.tasks)],
    estimatedSpeedup: plan.estimatedSpeedup,
    recommendedAgents: plan.recommendedAgents,
    criticalPath: [...plan.criticalPath],
    isolated: place.isolated,
    ...(place.workspace !== undefined && { workspace: place.workspace }),
    ...(!real && { simulation: { seed: world.machine.randomSeed(), ...input.simulation } }),
    ...(input.setup !== undefined && { setup: input.setup }),
    ...(input.verify !== undefined && { verify: input.verify }),
    ...(place.isolated && settings.regenerate.length > 0 && { regenerate: [...settings.regenerate] }),
    ...(input.planId !== undefined && { planId: input.planId }),
    ...(input.idempotencyKey !== undefined && { idempotencyKey: input.idempotencyKey }),
  };
}

/** Refuses what cannot be done where agents change no files. */
function checkNeedsNoFiles(input: ExecuteInput, apply: RunSpec["apply"]): void {
  if (apply !== "none") refuse(needsFiles(`apply '${apply}'`, "apply"));
  for (const option of ["setup", "verify"] as const) {
    if (input[option] !== undefined) refuse(needsFiles(option, option));
  }
}

/** What a mode makes of the tasks before they are planned. */
function inMode(mode: ExecuteInput["mode"], accepted: AcceptedAnalysis): FreedTasks {
  return mode === "parallel" ? ignoreDependencies(accepted) : { accepted, warnings: [] };
}

function commandRules({ allowCommands, userFile }: RunSettings, caller: Caller): CommandRules {
  const { commandsApproved: approved, approvedCommands: approvedTexts } = caller;
  return { patterns: allowCommands, userFile, approved, approvedTexts };
}

/** Limits that cannot be held here, or not as strictly as asked for. */
function unheldLimits(world: RunsWorld, constraints: Constraints, tasks: readonly PlannedTask[]): UnenforcedLimit[] {
  const resources = !tasks.some(isReal) || world.processes.usage !== undefined;
  const { gateway, environment } = world.calls;
  const calls = unheldCalls({ constraints, tasks, obstacle: gateway.obstacle(environment) });
  return [...unenforcedLimits(constraints, { resources }), ...calls, ...missingFallbacks(constraints, tasks)];
}

const isReal = (task: PlannedTask): boolean => task.executorKind !== "simulated";

async function acceptTasks(world: RunsWorld, input: ExecuteInput): Promise<FreedTasks> {
  const { planId } = input;
  const analysis = planId === undefined ? input.analysisResult : await world.plans.load(planId);
  const field = planId === undefined ? "analysisResult" : "planId";
  return granted(acceptSource({ ...input, analysis, field, executors: executorKinds }));
}

async function probeExecutors(world: RunsWorld, tasks: readonly PlannedTask[]): Promise<void> {
  for (const kind of new Set(tasks.flatMap(executorKindsOf))) {
    if (kind === "simulated") continue;
    if (world.nestingDepth > 0) refuse(tooDeep(kind));
    const status = await world.executor(kind, { clock: world.clock, settings: {} }).probe();
    if (status.available) continue;
    refuse({
      code: "EXECUTOR_NOT_AVAILABLE",
      error: `The executor '${kind}' cannot be used here: ${(status.reason ?? "it was not found").replace(/\.+$/, "")}.`,
      field: "executor",
      allowed: ["simulated"],
      advice: "Install or name the program, or rehearse the run with executor 'simulated'.",
    });
  }
}

interface Place {
  readonly workspace: string | undefined;
  readonly isolated: boolean;
}

/** Where the run works: real agents always get workspaces; simulated ones when they edit a repository. */
async function placeRun(
  world: RunsWorld,
  request: {
    readonly found: { readonly path: string; readonly explicit: boolean };
    readonly forbidden: boolean;
    readonly real: boolean;
    readonly edits: boolean;
  },
): Promise<Place> {
  const { found, forbidden, real, edits } = request;
  if (!real && !found.explicit && forbidden) return { workspace: undefined, isolated: false };
  if (forbidden) refuse(forbiddenWorkspace(found.path));
  const inspected = await world.inspectWorkspace(found.path);
  if (!inspected.ok) {
    // A rehearsal that touches no file does not care whether the place it was called from is in order.
    if (!real && !found.explicit && !edits) return { workspace: undefined, isolated: false };
    refuse(inspected.error);
  }
  const { root, repository } = inspected.value;
  return { workspace: root, isolated: real || (edits && repository) };
}

function hasEdits(tasks: readonly TaskInput[]): boolean {
  return tasks.some((task) => scriptsOf(task).some(({ edits }) => (edits?.length ?? 0) > 0));
}

/** What simulated agents may come to do for a task, and where that is said. */
function scriptsOf({
  simulate,
  fallback,
}: TaskInput): readonly { readonly edits: readonly SimulatedEdit[] | undefined; readonly field: string }[] {
  return [
    { edits: simulate?.edits, field: "simulate" },
    { edits: fallback?.simulate?.edits, field: "fallback.simulate" },
  ];
}

function checkEdits(tasks: readonly TaskInput[]): void {
  tasks.forEach((task, index) => {
    for (const { edits, field } of scriptsOf(task)) {
      edits?.forEach((edit, number) => checkEdit(edit.file, `tasks[${index}].${field}.edits[${number}].file`));
    }
  });
}

function checkEdit(file: string, field: string): void {
  const parts = file.split("/");
  const leaves = file === "" || file.startsWith("/") || file.includes("\\") || file.includes("\0");
  if (!leaves && !parts.includes("..") && !parts.includes(".git")) return;
  refuse({
    code: "PATH_OUTSIDE_WORKSPACE",
    error: `'${file}' is not a path inside the workspace; it must be relative, / separated, and without '..' and '.git'.`,
    field,
    example: "src/app.ts",
    advice: "Name the file relative to the workspace.",
  });
}

function titleOf(tasks: readonly TaskInput[]): string {
  const first = tasks[0]?.description.split("\n")[0] ?? "";
  const rest = tasks.length > 1 ? ` and ${tasks.length - 1} more` : "";
  return `${first.slice(0, 60)}${rest}`;
}

function granted<Value>(result: Result<Value, Problem>): Value {
  return result.ok ? result.value : refuse(result.error);
}

function tooDeep(kind: string): Problem {
  return {
    code: "EXECUTOR_NOT_AVAILABLE",
    error: `An agent of a run cannot start '${kind}' agents of its own.`,
    field: "executor",
    allowed: ["simulated"],
    advice: "Do the work yourself, or split the task in the run that started you.",
  };
}

function forbiddenWorkspace(path: string): Problem {
  return {
    code: "WORKSPACE_NOT_ALLOWED",
    error: `Agents are never let loose on '${path}': it is the root of the file system or a home folder.`,
    field: "workspace",
    example: `${path.replace(/\/$/, "")}/my-project`,
    advice: "Name the folder of one project.",
  };
}

function needsFiles(what: string, field: string): Problem {
  return {
    code: "INVALID_ARGUMENT",
    error: `${what} needs agents that change files of a git repository, and these do not.`,
    field,
    ...(field === "apply" && { allowed: ["none"] }),
    advice: `Leave ${field} out, or name a repository as workspace and give the simulated tasks edits.`,
  };
}
