/** The composition root: the only file that joins the platform to the engines. */
import { refsComparison, type CompareRefs } from "./engines/coordination/meaning/compare-refs.ts";
import { recoverWorkspaces } from "./engines/coordination/repository/git-recovery.ts";
import { gitWorkspaces, type GitWorld } from "./engines/coordination/repository/git-workspaces.ts";
import { inspectWorkspace } from "./engines/coordination/preparation/inspect-workspace.ts";
import { localRuns } from "./engines/coordination/runs/local-runs.ts";
import { planStore } from "./engines/coordination/runs/plan-store.ts";
import type { Plans } from "./engines/coordination/runs/plans.ts";
import { pruneResults } from "./engines/coordination/runs/prune-results.ts";
import type { Runs } from "./engines/coordination/runs/runs.ts";
import { programRunner } from "./engines/coordination/program-runner.ts";
import { workspaceSurvey } from "./engines/coordination/preparation/survey-workspace.ts";
import type { RunSettings, RunsWorld } from "./engines/coordination/runs/runs-world.ts";
import { nestingDepth, runMark, taskMark } from "./engines/execution/agent-environment.ts";
import { claudeCodeExecutor } from "./engines/execution/claude-code/executor.ts";
import type { Executor } from "./engines/execution/executor.ts";
import { commandExecutor } from "./engines/execution/command/executor.ts";
import { simulatedExecutor } from "./engines/execution/simulated/executor.ts";
import { sharedLimitStore } from "./engines/limits/limit-store.ts";
import { permitBroker, type PermitBroker } from "./engines/limits/permit-broker.ts";
import { ResourceWatch } from "./engines/limits/resource-watch.ts";
import { openIsolation } from "./engines/isolation/isolation.ts";
import type { RunView } from "./engines/progress/run-view.ts";
import { advisoryLocks } from "./platform/advisory-lock.ts";
import { bulkReader } from "./platform/bulk-reader.ts";
import { childProcesses } from "./platform/processes/child-processes.ts";
import { createCachedCodeReader } from "./platform/cached-code-reader.ts";
import { createCodeReader } from "./platform/code-reader.ts";
import { gitCli } from "./platform/git-cli.ts";
import { linuxMachine, newUuid } from "./platform/linux-machine.ts";
import { modelGateway } from "./platform/gateway/model-gateway.ts";
import { nodeFiles } from "./platform/node-files.ts";
import { readConfiguration } from "./platform/read-configuration.ts";
import { sharedText } from "./platform/shared-text.ts";
import { SimulatedClock } from "./platform/simulated-clock.ts";
import { stateFolders } from "./platform/state-folders.ts";
import { logLine, readSurroundings } from "./platform/surroundings.ts";
import { systemClock } from "./platform/system-clock.ts";
import { threadedPlanner } from "./platform/threaded-planner.ts";
import type { Clock } from "./ports/clock.ts";
import type { CodeReader } from "./ports/code-reader.ts";
import type { Files } from "./ports/files.ts";
import type { Git } from "./ports/git.ts";
import type { Machine } from "./ports/machine.ts";
import type { Planner } from "./ports/planner.ts";
import type { Containment, Processes } from "./ports/processes.ts";
import { activityTracker } from "./report/activity-tracker.ts";
import { projectState } from "./report/project-state.ts";
import { reportMarkdown } from "./report/report-markdown.ts";
import { scratchpad } from "./report/scratchpad.ts";
import { FACTS_VERSION } from "./schema/code-facts.ts";
import { logLevels, type LogLevel } from "./schema/config.ts";
import type { Problem } from "./schema/problem.ts";
import type { RepositoryIndex } from "./schema/repository-index.ts";
import type { TaskInput } from "./schema/task.ts";
import { ok, type Result } from "./util/result.ts";

/** Everything that the tools, the command line and the server call. */
export interface Services {
  readonly clock: Clock;
  readonly files: Files;
  readonly git: Git;
  /** Reads the syntax of code, in a thread of its own that starts when it is first needed. */
  readonly code: CodeReader;
  /** Analyses large calls beside the program. */
  readonly planner: Planner;
  readonly machine: Machine;
  readonly processes: Processes;
  readonly runs: Runs;
  readonly plans: Plans;
  /** Folder that holds kept results, backups, plans and the index of runs. */
  readonly stateFolder: string;
  /** Executor of a kind, for asking whether it can be used. */
  executor(kind: string): Executor;
  containment(): Promise<Containment>;
  /** Looks whether agents may work there, without changing anything. */
  inspectWorkspace: RunsWorld["inspectWorkspace"];
  /** Says how branches of any repository go together, without writing into it. */
  compareRefs: CompareRefs;
  /** The files of a project and the words in them, for an analysis of its tasks; only reads. Throws a `ProblemError`. */
  survey(workspace: string, tasks: readonly TaskInput[]): Promise<RepositoryIndex>;
  /** Writes one line for whoever looks after the server, as far as the configured level asks for it. */
  log(line: string, level?: LogLevel): void;
}

/** What a caller in this process may decide instead of the environment. */
export interface ServiceOptions {
  /** Folder of its own for results, backups, plans and the index of runs. */
  readonly stateFolder?: string;
  /** Variables that are laid over those of the process, for the settings and for agents. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Another time than that of this machine. */
  readonly clock?: Clock;
}

/** Puts the engines together. Starts nothing and writes nothing. */
export function createServices(options: ServiceOptions = {}): Services {
  const { workingFolder, homeFolder, ...surroundings } = readSurroundings();
  const environment = { ...surroundings.environment, ...options.environment };
  const folders = stateFolders();
  const stateFolder = options.stateFolder ?? folders.state;
  const cacheFolder = options.stateFolder === undefined ? folders.cache : `${options.stateFolder}/cache`;
  const clock = options.clock ?? systemClock();
  const files = nodeFiles();
  const git = gitCli();
  const machine = linuxMachine();
  const processes = childProcesses({ marks: [runMark, taskMark] });
  const plans = planStore({ files, clock, machine, stateFolder });
  const known = { homeFolder, stateFolder, cacheFolder, userGitConfigFolder: folders.gitConfig };
  const isolation = openIsolation({ files, git, ...known });
  const locks = advisoryLocks();
  const settings = (workspace?: string): ReturnType<typeof readConfiguration> =>
    readConfiguration({ environment, configFolder: folders.config, ...(workspace !== undefined && { workspace }) });
  const log = leveledLog(settings);
  const code = codeReader({ files, folder: `${cacheFolder}/facts`, log });
  const runProgram = programRunner({ processes, clock, environment });
  const gitWorld: GitWorld = { files, git, clock, isolation, locks, stateFolder, code, processes, runProgram };
  const executor = executors({ processes, files, environment, settings });
  const place = { workingFolder, homeFolder, projectFolder: environment["CLAUDE_PROJECT_DIR"] };
  const runs = localRuns({
    clock,
    files,
    machine,
    locks: gitWorld.locks,
    processes,
    resources: new ResourceWatch({ clock, usage: processes.usage }),
    calls: { gateway: modelGateway(), environment, broker: brokers({ clock, machine, stateFolder, log }) },
    plans,
    stateFolder,
    surroundings: place,
    settings: async (workspace) => runSettings(await settings(workspace)),
    nestingDepth: nestingDepth(environment),
    simulatedClock: (realTime) => new SimulatedClock(realTime),
    executor,
    runProgram,
    inspectWorkspace: (path) => inspectWorkspace(gitWorld, path),
    openWorkspaces: (spec) => gitWorkspaces(gitWorld, spec),
    recoverWorkspaces: () => recoverWorkspaces(gitWorld),
    pruneResults: (index) => pruneResults({ files, clock, locks, machine, stateFolder, log }, git, index),
    renderArtifacts,
    log,
  });
  return {
    clock,
    files,
    git,
    code,
    planner: threadedPlanner(),
    machine,
    processes,
    runs,
    plans,
    stateFolder,
    executor: (kind) => executor(kind, { clock, settings: {} }),
    containment: () => processes.containment(),
    inspectWorkspace: (path) => inspectWorkspace(gitWorld, path),
    compareRefs: refsComparison({ files, git, isolation, surroundings: place, code }),
    survey: workspaceSurvey({ files, git, reader: bulkReader(), cacheFolder, surroundings: place }),
    log,
  };
}

/** Makes the executor of a kind for a run. */
function executors(world: {
  readonly processes: Processes;
  readonly files: Files;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly settings: () => ReturnType<typeof readConfiguration>;
}): RunsWorld["executor"] {
  const { settings, ...given } = world;
  const binary = async (): Promise<string> => {
    const read = await settings();
    return read.ok ? read.value.claude.value : "claude";
  };
  return (kind, run) => {
    const common = { ...given, clock: run.clock };
    if (kind === "simulated") return simulatedExecutor({ ...common, settings: run.settings });
    if (kind === "command") return commandExecutor(common);
    return claudeCodeExecutor({ ...common, newSessionId: newUuid, binary });
  };
}

/** Reads code in a thread of its own, and keeps what it has read. */
function codeReader({ files, folder, log }: { files: Files; folder: string; log: RunsWorld["log"] }): CodeReader {
  const reader = createCodeReader({ onFailure: (sentence) => log(sentence, "warn") });
  return createCachedCodeReader({ reader, files, folder, version: FACTS_VERSION });
}

/** One broker for each provider, which shares what it knows with the other processes of this machine. */
function brokers(world: {
  readonly clock: Clock;
  readonly machine: Machine;
  readonly stateFolder: string;
  readonly log: RunsWorld["log"];
}): (provider: string) => PermitBroker {
  const { clock, machine, stateFolder, log } = world;
  const known = new Map<string, PermitBroker>();
  return (provider) => {
    const former = known.get(provider);
    if (former) return former;
    const folder = `${stateFolder}/limits/${provider}`;
    const onTrouble = (error: unknown): void =>
      log(`the limits of ${provider} are held for this process alone: ${String(error)}`, "warn");
    const store = sharedLimitStore(sharedText(folder), onTrouble);
    const broker = permitBroker({ clock, store, random: () => machine.randomSeed() / 2 ** 32 });
    known.set(provider, broker);
    return broker;
  };
}

/** Writes lines as far as the configured level asks for them; the configuration is read at the first line. */
function leveledLog(settings: () => ReturnType<typeof readConfiguration>): RunsWorld["log"] {
  let level: Promise<LogLevel> | undefined;
  return (line, kind = "error") => {
    level ??= settings().then((read) => (read.ok ? read.value.log.value : "warn"));
    void level.then((wanted) => logLevels.indexOf(kind) <= logLevels.indexOf(wanted) && logLine(line));
  };
}

function renderArtifacts(view: RunView): ReturnType<RunsWorld["renderArtifacts"]> {
  return [
    { name: "report.md", content: reportMarkdown(view) },
    { name: "activity_tracker.md", content: activityTracker(view) },
    { name: "project_state.yaml", content: projectState(view) },
    { name: "scratchpad.md", content: scratchpad(view) },
  ];
}

function runSettings(read: Awaited<ReturnType<typeof readConfiguration>>): Result<RunSettings, Problem> {
  if (!read.ok) return read;
  const { executor, maxAgents, allowCommands } = read.value;
  const { regenerate, userFile } = read.value;
  return ok({
    executor: executor.value,
    maxAgents: maxAgents.value,
    allowCommands: allowCommands.map(({ value }) => value),
    regenerate: regenerate.value,
    userFile,
  });
}
