import type { CallMeter } from "../../ports/model-calls.ts";
import type { ChildProcess, FileView } from "../../ports/processes.ts";
import type { FileChange } from "../../schema/change.ts";
import type { PlannedTask } from "../../schema/event.ts";
import type { AgentError, Usage } from "../../schema/outcome.ts";

/** What a dependency left for the tasks that build on it. */
export interface DependencyResult {
  readonly taskId: string;
  readonly description: string;
  readonly summary: string;
  readonly files: readonly string[];
}

/** Why a task that had succeeded is done again, and what it had done. */
export interface RedoneTask {
  readonly reason: string;
  /** What it had changed where it was in conflict, as a diff. */
  readonly formerChanges: string;
}

/** Everything an agent is started with. */
export interface AgentAssignment {
  readonly executionId: string;
  readonly agentId: string;
  readonly task: PlannedTask;
  /** Position of the task in the run; gives simulated runs a stable order. */
  readonly order: number;
  readonly attempt: number;
  /** What the whole run is for. */
  readonly goal: string;
  readonly strategy: "conservative" | "aggressive";
  /** Folder the agent works in; undefined when it works on no files. */
  readonly folder: string | undefined;
  /** What a real agent may see and change of the machine's files; absent where that cannot be held. */
  readonly view?: FileView | undefined;
  readonly dependencies: readonly DependencyResult[];
  /** Why the attempt before this one failed. */
  readonly previousError: string | undefined;
  /** Present when the task's fallback is done: what its own work was to be. */
  readonly insteadOf?: string | undefined;
  /** Present when the task had succeeded before and its result was not taken. */
  readonly redo?: RedoneTask | undefined;
  /** What the agent and everything it starts may use. Simulated agents keep to the CPU by themselves; whoever starts real ones holds it. */
  readonly limits?:
    | { readonly maxMemoryMB?: number | undefined; readonly maxCPUPercent?: number | undefined }
    | undefined;
  /** How its calls to models are led and counted; absent when no limit on them is set. */
  readonly models?: ModelAccess | undefined;
  /** Told of a real agent's process as soon as there is one. */
  readonly onProcess?: ((child: ChildProcess) => void) | undefined;
}

/** An agent's way to its models when a limit is set. */
export interface ModelAccess {
  /** Variables that lead the calls of a real agent through the gateway; empty when they cannot be led. */
  readonly environment: Readonly<Record<string, string>>;
  /** What a simulated agent draws its calls from. */
  readonly meter: CallMeter;
  /** Whether a call of the agent's is held back at this moment: then its silence is no fault of its own. */
  readonly isHeldBack: () => boolean;
}

/** What an agent says while it works. */
export type AgentReport =
  | {
      readonly type: "progress";
      readonly percent?: number;
      readonly source?: "reported" | "plan" | "estimated";
      readonly operation?: string;
      readonly files?: readonly string[];
      /** Absolute paths of files outside its folder that it says it has written, all of them so far. */
      readonly outside?: readonly string[];
      readonly usage?: Usage;
    }
  | {
      /** What a simulated agent uses from now on; real ones are measured. */
      readonly type: "resources";
      readonly memoryMB?: number;
      readonly cpuPercent?: number;
    }
  | {
      /** The provider has refused one of its calls for being one too many. */
      readonly type: "refused";
      /** Milliseconds that the agent, or the provider, means to wait. */
      readonly retryAfterMs?: number;
    }
  | {
      readonly type: "question";
      readonly questionId: string;
      readonly text: string;
      readonly options: readonly string[];
      /** What is answered when nobody does. */
      readonly fallback: string;
    };

/** How an agent ended, before anybody has looked at its files. */
export interface AgentEnd {
  readonly success: boolean;
  readonly partial: boolean;
  readonly error?: AgentError;
  readonly summary?: string;
  readonly usage?: Usage;
  readonly peakMemoryMB?: number;
  /** What it says it changed; believed only where there is no workspace to look at. */
  readonly claimedChanges?: readonly FileChange[];
}

/** Why an agent is stopped from outside. */
export type StopReason = "timeout" | "cancelled" | "shutdown";

/** One agent at work on one attempt. */
export interface RunningAgent {
  /** Settles when the agent and everything it started have ended. Never rejects. */
  readonly ended: Promise<AgentEnd>;
  /** Answers a question it asked. */
  answer(questionId: string, answer: string): void;
  /** Tells it something while it works, and it reads that before it goes on; false when it reads nothing any more. */
  steer?(text: string): boolean;
  /** Asks it to end, waits for the grace period, then ends it by force. `ended` settles after that. */
  stop(reason: StopReason): void;
}

/** What an executor can do on this machine. */
export interface ExecutorStatus {
  readonly available: boolean;
  readonly version?: string;
  /** Why it is not available, and what to do. */
  readonly reason?: string;
}

/** A kind of agent. Executors start agents and translate what they say; they decide nothing. */
export interface Executor {
  readonly kind: string;
  /** Whether its agents really do the work. */
  readonly real: boolean;
  /** Present when its agents can be told something while they work: each of them then has `steer`. */
  readonly takesMessages?: true;
  /** Looks whether agents of this kind can be started here, without starting one. */
  probe(): Promise<ExecutorStatus>;
  /** Starts an agent. Failing to start is an `ended` with `SpawnFailed`, never a throw. */
  start(assignment: AgentAssignment, report: (said: AgentReport) => void): RunningAgent;
}
