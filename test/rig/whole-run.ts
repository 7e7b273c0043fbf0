/**
 * Whole runs on real files: the product's own services in a world of the test's own (home, state folder), and agents
 * that do what a shell script says.
 */
import * as fs from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunView } from "../../src/engines/progress/run-view.ts";
import type { EventType } from "../../src/schema/event.ts";
import { ProblemError } from "../../src/schema/problem.ts";
import type { TaskInput } from "../../src/schema/task.ts";
import type { ExecuteInput } from "../../src/schema/workflow.ts";
import { createServices, type Services } from "../../src/services.ts";
import { fingerprint, temporaryFolder } from "./git-rig.ts";

/** Services whose home, configuration and state lie in a temporary folder. */
export interface RunWorld extends AsyncDisposable {
  readonly services: Services;
  readonly home: string;
  readonly state: string;
  /** Folder for whatever the test makes. */
  readonly scratch: string;
  /** Runs to the end and gives what came of it. */
  run(input: ExecuteInput, watched?: Watched): Promise<RunView>;
  /** What a refused call is told; fails when it is not refused. */
  refusal(input: ExecuteInput): Promise<ProblemError["problem"]>;
  undo(view: RunView): Promise<RunView>;
}

/** What a test does in the middle of a run; the run's agents wait for a line in `go`. */
export interface Watched {
  readonly after: EventType;
  readonly act: () => Promise<void>;
}

const program = fileURLToPath(new URL("../fixtures/claude-that-runs-scripts.mjs", import.meta.url));
const waitMs = 120_000;

/** Opens the services as the program does, with nothing of the person who runs the tests. */
export async function openWorld(options: { readonly state?: string } = {}): Promise<RunWorld> {
  const folder = await temporaryFolder();
  const home = join(folder.path, "home");
  const scratch = join(folder.path, "scratch");
  await fs.mkdir(home);
  await fs.mkdir(scratch);
  const restore = setEnvironment({
    HOME: home,
    PARALLELIZATION_CLAUDE: program,
    PARALLELIZATION_STATE_DIR: undefined,
    PARALLELIZATION_DEPTH: undefined,
    PARALLELIZATION_EXECUTOR: undefined,
    CLAUDE_PROJECT_DIR: undefined,
    XDG_CONFIG_HOME: undefined,
    XDG_STATE_HOME: undefined,
    XDG_CACHE_HOME: undefined,
  });
  const state = options.state ?? join(folder.path, "state");
  const services = createServices({ stateFolder: state });
  const { runs } = services;
  return {
    services,
    home,
    state,
    scratch,
    async run(input, watched) {
      let acted: Promise<void> | undefined;
      const id = await runs.start(
        input,
        {},
        { onEvent: (event) => void (event.type === watched?.after && (acted ??= watched.act())) },
      );
      const view = await runs.wait(id, { waitMs });
      await acted;
      return view;
    },
    async refusal(input) {
      const started = await runs.start(input, {}).catch((error: unknown) => error);
      if (started instanceof ProblemError) return started.problem;
      throw new Error(`not refused: ${String(started)}`);
    },
    async undo(view) {
      await runs.undo(view.spec.executionId);
      return runs.view(view.spec.executionId);
    },
    async [Symbol.asyncDispose]() {
      await runs.shutdown();
      restore();
      await fs.rm(folder.path, { recursive: true, force: true });
    },
  };
}

function setEnvironment(wanted: Readonly<Record<string, string | undefined>>): () => void {
  const former = Object.keys(wanted).map((name) => [name, process.env[name]] as const);
  const set = (name: string, value: string | undefined): void => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  for (const [name, value] of Object.entries(wanted)) set(name, value);
  return () => {
    for (const [name, value] of former) set(name, value);
  };
}

/** A task of a real agent that does what a shell script says, in its own folder. */
export function scripted(id: string, script: string, more: Partial<TaskInput> = {}): TaskInput {
  // The first line is what the run is called, and so is told to every agent of it.
  const description = `Follow the script.\n[[script:${Buffer.from(script).toString("base64")}]]`;
  return { id, description, estimatedMinutes: 1, ...more };
}

/** A task of a simulated agent that writes these files. */
export function writing(id: string, files: Readonly<Record<string, string>>, more: Partial<TaskInput> = {}): TaskInput {
  const edits = Object.entries(files).map(([file, content]) => ({ file, type: "create" as const, content }));
  return { id, description: `writes ${Object.keys(files).join(", ")}`, simulate: { minutes: 1, edits }, ...more };
}

/** A run of agents that follow shell scripts. */
export function scriptedRun(
  workspace: string,
  tasks: readonly TaskInput[],
  more: Partial<ExecuteInput> = {},
): ExecuteInput {
  return { workspace, tasks: [...tasks], executor: "claude-code", maxParallelAgents: 4, ...more };
}

/** A run of simulated agents whose edits are applied. */
export function simulatedRun(
  workspace: string,
  tasks: readonly TaskInput[],
  more: Partial<ExecuteInput> = {},
): ExecuteInput {
  const simulation = { seed: 1, failureRate: 0 };
  return { workspace, tasks: [...tasks], executor: "simulated", apply: "merge", simulation, ...more };
}

/** Everything of a folder but what this program keeps there for people. */
export async function userFiles(root: string): Promise<readonly string[]> {
  return (await fingerprint(root)).filter((line) => !/(^|\/)\.parallelization[ /]/.test(line));
}

/** What became of a run, short enough to be compared. */
export function told(view: RunView): {
  readonly status: string;
  readonly applied: boolean | undefined;
  readonly files: readonly string[];
  readonly reason: string | undefined;
} {
  return {
    status: view.status,
    applied: view.apply?.applied,
    files: view.apply?.files ?? [],
    reason: view.apply?.reason ?? view.failureReason,
  };
}
