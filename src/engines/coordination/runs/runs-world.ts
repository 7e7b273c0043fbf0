import type { Clock } from "../../../ports/clock.ts";
import type { Files } from "../../../ports/files.ts";
import type { Locks } from "../../../ports/locks.ts";
import type { Machine } from "../../../ports/machine.ts";
import type { Processes } from "../../../ports/processes.ts";
import type { LogLevel } from "../../../schema/config.ts";
import type { RunSpec } from "../../../schema/event.ts";
import type { Problem } from "../../../schema/problem.ts";
import type { Regeneration } from "../../../schema/regeneration.ts";
import type { SimulationSettings } from "../../../schema/simulation.ts";
import type { Result } from "../../../util/result.ts";
import type { Executor } from "../../execution/executor.ts";
import type { RunIndex } from "../../journal/run-index.ts";
import type { ResourceWatch } from "../../limits/resource-watch.ts";
import type { RunView } from "../../progress/run-view.ts";
import type { CallWorld } from "../calls/call-world.ts";
import type { Plans } from "./plans.ts";
import type { Surroundings } from "../preparation/resolve-workspace.ts";
import type { RunProgram, RunWorkspaces } from "../workspaces.ts";

/** What a workspace turned out to be. */
export interface WorkspaceFinding {
  /** Real path of the workspace. */
  readonly root: string;
  /** Whether it belongs to a git repository. */
  readonly repository: boolean;
}

/** What the configuration says about runs. */
export interface RunSettings {
  /** Executor that runs use when the caller names none. */
  readonly executor: string;
  /** No run gets more agents than this. */
  readonly maxAgents: number;
  /** Globs of the commands that calls may run. */
  readonly allowCommands: readonly string[];
  /** Files that are made anew by a command where only they keep results from being merged. */
  readonly regenerate: readonly Regeneration[];
  /** Path of the user's configuration file. */
  readonly userFile: string;
}

/** Everything that runs need from the machine and from the other engines; joined in `services.ts`. */
export interface RunsWorld {
  readonly clock: Clock;
  readonly files: Files;
  readonly machine: Machine;
  /** Keep two processes from changing one run that has ended. */
  readonly locks: Locks;
  readonly processes: Processes;
  /** Watches what the real agents of all runs use. */
  readonly resources: ResourceWatch;
  /** What calls to models are led and limited with. */
  readonly calls: CallWorld;
  readonly plans: Plans;
  readonly stateFolder: string;
  readonly surroundings: Surroundings;
  /** The settings that hold for a workspace. */
  settings(workspace: string | undefined): Promise<Result<RunSettings, Problem>>;
  /** How deep this process is below another run's agent; real agents are refused below the first. */
  readonly nestingDepth: number;
  simulatedClock(realTime: number): Clock;
  executor(kind: string, run: { readonly clock: Clock; readonly settings: SimulationSettings }): Executor;
  /** Runs a setup or verify command in a folder; gives the reason when it fails. */
  runProgram: RunProgram;
  /** Looks whether agents may work there, without changing anything. */
  inspectWorkspace(path: string): Promise<Result<WorkspaceFinding, Problem>>;
  openWorkspaces(spec: RunSpec): Promise<RunWorkspaces>;
  /** Puts right what dead processes left half-done in workspaces; gives a sentence for each. */
  recoverWorkspaces(): Promise<readonly string[]>;
  /** Forgets what runs of long ago keep, as far as the index says that nobody needs it; at most once a day. */
  pruneResults(index: RunIndex): Promise<void>;
  /** Files for people in a run's folder, made from its view. */
  renderArtifacts(view: RunView): readonly { readonly name: string; readonly content: string }[];
  /** Writes one line for whoever looks after the server; an error unless it says otherwise. */
  log(message: string, level?: LogLevel): void;
}
