/** The composition root: the only file that joins the platform to the engines. */
import {
  gitWorkspaces,
  inspectWorkspace,
  recoverWorkspaces,
  type GitWorld,
} from "./engines/coordination/git-workspaces.ts";
import { localRuns } from "./engines/coordination/local-runs.ts";
import { planStore } from "./engines/coordination/plan-store.ts";
import type { Plans } from "./engines/coordination/plans.ts";
import type { Runs } from "./engines/coordination/runs.ts";
import { programRunner } from "./engines/coordination/program-runner.ts";
import type { RunSettings, RunsWorld } from "./engines/coordination/runs-world.ts";
import { nestingDepth, runMark, taskMark } from "./engines/execution/agent-environment.ts";
import { claudeCodeExecutor } from "./engines/execution/claude-code/executor.ts";
import type { Executor } from "./engines/execution/executor.ts";
import { commandExecutor } from "./engines/execution/command/executor.ts";
import { simulatedExecutor } from "./engines/execution/simulated/executor.ts";
import { openIsolation } from "./engines/isolation/isolation.ts";
import type { RunView } from "./engines/progress/run-view.ts";
import { advisoryLocks } from "./platform/advisory-lock.ts";
import { childProcesses } from "./platform/child-processes.ts";
import { gitCli } from "./platform/git-cli.ts";
import { linuxMachine, newUuid } from "./platform/linux-machine.ts";
import { nodeFiles } from "./platform/node-files.ts";
import { readConfiguration } from "./platform/read-configuration.ts";
import { SimulatedClock } from "./platform/simulated-clock.ts";
import { stateFolders } from "./platform/state-folders.ts";
import { logLine, readSurroundings } from "./platform/surroundings.ts";
import { systemClock } from "./platform/system-clock.ts";
import type { Clock } from "./ports/clock.ts";
import type { Files } from "./ports/files.ts";
import type { Git } from "./ports/git.ts";
import type { Machine } from "./ports/machine.ts";
import type { Containment, Processes } from "./ports/processes.ts";
import { activityTracker } from "./report/activity-tracker.ts";
import { projectState } from "./report/project-state.ts";
import { reportMarkdown } from "./report/report-markdown.ts";
import { scratchpad } from "./report/scratchpad.ts";
import { logLevels, type LogLevel } from "./schema/config.ts";
import type { SimulationSettings } from "./schema/simulation.ts";
import type { Problem } from "./schema/problem.ts";
import { ok, type Result } from "./util/result.ts";

/** Everything that the tools, the command line and the server call. */
export interface Services {
  readonly clock: Clock;
  readonly files: Files;
  readonly git: Git;
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
  /** Writes one line for whoever looks after the server, as far as the configured level asks for it. */
  log(line: string, level?: LogLevel): void;
}

/** Puts the engines together. Starts nothing and writes nothing. */
export function createServices(options: { readonly stateFolder?: string } = {}): Services {
  const { workingFolder, homeFolder, environment } = readSurroundings();
  const folders = stateFolders();
  const stateFolder = options.stateFolder ?? folders.state;
  const cacheFolder = options.stateFolder === undefined ? folders.cache : `${options.stateFolder}/cache`;
  const clock = systemClock();
  const files = nodeFiles();
  const git = gitCli();
  const machine = linuxMachine();
  const processes = childProcesses({ marks: [runMark, taskMark] });
  const plans = planStore({ files, clock, machine, stateFolder });
  const userGitConfigFolder = folders.gitConfig;
  const isolation = openIsolation({ files, git, homeFolder, stateFolder, cacheFolder, userGitConfigFolder });
  const gitWorld: GitWorld = { files, git, clock, isolation, locks: advisoryLocks(), stateFolder };
  const settings = (workspace?: string): ReturnType<typeof readConfiguration> =>
    readConfiguration({ environment, configFolder: folders.config, ...(workspace !== undefined && { workspace }) });
  const log = leveledLog(settings);
  const claudeProgram = async (): Promise<string> => {
    const read = await settings();
    return read.ok ? read.value.claude.value : "claude";
  };
  const executor = (kind: string, run: { readonly clock: Clock; readonly settings: SimulationSettings }): Executor => {
    const common = { processes, clock: run.clock, files, environment };
    if (kind === "simulated") return simulatedExecutor({ ...common, settings: run.settings });
    if (kind === "command") return commandExecutor(common);
    return claudeCodeExecutor({ ...common, newSessionId: newUuid, binary: claudeProgram });
  };
  const runs = localRuns({
    clock,
    files,
    machine,
    processes,
    plans,
    stateFolder,
    surroundings: { workingFolder, homeFolder, projectFolder: environment["CLAUDE_PROJECT_DIR"] },
    settings: async (workspace) => runSettings(await settings(workspace)),
    nestingDepth: nestingDepth(environment),
    simulatedClock: (realTime) => new SimulatedClock(realTime),
    executor,
    runProgram: programRunner({ processes, clock, environment }),
    inspectWorkspace: (path) => inspectWorkspace(gitWorld, path),
    openWorkspaces: (spec) => gitWorkspaces(gitWorld, spec),
    recoverWorkspaces: () => recoverWorkspaces(gitWorld),
    renderArtifacts,
    log,
  });
  const anySettings: SimulationSettings = {};
  return {
    clock,
    files,
    git,
    machine,
    processes,
    runs,
    plans,
    stateFolder,
    executor: (kind) => executor(kind, { clock, settings: anySettings }),
    containment: () => processes.containment(),
    inspectWorkspace: (path) => inspectWorkspace(gitWorld, path),
    log,
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
  const { userFile } = read.value;
  return ok({
    executor: executor.value,
    maxAgents: maxAgents.value,
    allowCommands: allowCommands.map(({ value }) => value),
    userFile,
  });
}
