import type { Clock } from "../../../ports/clock.ts";
import type { Files } from "../../../ports/files.ts";
import type { ChildProcess, Processes, ProcessSpec } from "../../../ports/processes.ts";
import { deferred } from "../../../util/deferred.ts";
import type { AgentAssignment, AgentEnd, AgentReport, RunningAgent, StopReason } from "../executor.ts";
import {
  decodeLine,
  encodeAllow,
  encodeDeny,
  encodeHookAnswer,
  encodeInitialize,
  encodeInterrupt,
  encodePrompt,
  encodeUnsupported,
} from "./codec.ts";
import type { ClaudeMessage, ResultMessage, ToolCall } from "./codec.ts";
import { questionTool, toolNames } from "./launch-arguments.ts";
import { failedStart, mapEnd, stoppedBeforeStart, type EndCause } from "./map-end.ts";
import { judgeCall, pathsToResolve, type Verdict } from "./permission-policy.ts";
import { watchdogOf, type AgentPatience } from "./agent-patience.ts";
import { foldMessage, progressReport, refusalReport, startingProgress } from "./progress.ts";
import { projectRules } from "./project-rules.ts";
import { QuestionDesk } from "./questions.ts";
import { UnreadMessages } from "./unread-messages.ts";
import { resolveLinks } from "./workspace-path.ts";

/** What one agent is started with. */
export interface AgentLaunch {
  readonly processes: Processes;
  readonly clock: Clock;
  readonly files: Pick<Files, "realPath" | "readText">;
  readonly patience: AgentPatience;
  readonly program: {
    /** Finds out the path or name of the program. */
    readonly binary: () => Promise<string>;
    readonly args: readonly string[];
    readonly env: ProcessSpec["env"];
  };
  readonly folder: string;
  /** What it may see and change of the machine's files. */
  readonly view: AgentAssignment["view"];
  /** What it is told, given the rules of the project it works on. */
  readonly prompt: (projectRules: readonly string[]) => string;
  readonly tools: readonly string[];
  /** Starts the ids of its questions. */
  readonly questionPrefix: string;
  readonly report: (said: AgentReport) => void;
  /** Told of its process as soon as there is one. */
  readonly onProcess: AgentAssignment["onProcess"];
  /** Whether it waits for leave to call its model. */
  readonly isHeldBack: (() => boolean) | undefined;
}

/** Longest line: a permission request carries a whole file. */
const LINE_BYTES = 8 * 1024 * 1024;

/**
 * One Claude Code process from its start to the end of everything it started.
 *
 * 1. `ended` settles exactly once, after the process tree is gone or, after a fault of this program, cannot be ended.
 * 2. One watchdog runs at any time: start-up, silence, or exit after the result; none while a question is open.
 * 3. Stopping is a ladder: ask (interrupt), tell (end of input and SIGTERM), force. It is climbed once.
 */
export class ClaudeAgent implements RunningAgent {
  readonly #launch: AgentLaunch;
  readonly #end = deferred<AgentEnd>();
  readonly #desk: QuestionDesk;
  readonly #toolNames: readonly string[];
  /** Names of tools that were refused, by call. */
  readonly #denials = new Map<string, string>();
  #folder = "";
  #child: ChildProcess | undefined;
  #progress = startingProgress;
  #initialized = false;
  #commandsRun = 0;
  readonly #unread = new UnreadMessages();
  #result: ResultMessage | undefined;
  #finishedFirst = false;
  #replyError: string | undefined;
  #cause: EndCause | undefined;
  #over = false;
  #cancelWatchdog: () => void = () => undefined;
  #cancelLadder: () => void = () => undefined;

  constructor(launch: AgentLaunch) {
    this.#launch = launch;
    this.#toolNames = toolNames(launch.tools);
    this.#desk = new QuestionDesk({
      prefix: launch.questionPrefix,
      ask: (question) => launch.report(question),
      goOn: (requestId, input) => this.#send(encodeAllow(requestId, input)),
    });
    // Failing to start is an end like any other; whatever else is thrown is a fault of this program and says so.
    this.#run().catch((error: unknown) => this.#fail(error));
  }

  get ended(): Promise<AgentEnd> {
    return this.#end.promise;
  }

  answer(questionId: string, answer: string): void {
    this.#desk.answer(questionId, answer);
    if (this.#initialized) this.#watch();
  }

  steer(text: string): boolean {
    if (!this.#child || this.#over || this.#cause || this.#result) return false;
    this.#unread.add(text);
    this.#send(encodePrompt(text));
    return true;
  }

  stop(reason: StopReason): void {
    this.#stopFor(reason);
  }

  async #run(): Promise<void> {
    const { files, folder, view, processes, program } = this.#launch;
    const real = await files.realPath(folder);
    if (real === undefined) return this.#end.resolve(failedStart(`The agent's folder ${folder} does not exist.`));
    this.#folder = real;
    if (this.#cause !== undefined) return this.#end.resolve(stoppedBeforeStart(this.#cause as StopReason));
    // Searched from here and not from the agent's folder, where somebody else may have put a program of that name.
    const binary = await program.binary();
    const found = await processes.find(binary);
    if (found === undefined) return this.#end.resolve(failedStart(`${binary} was not found or cannot be run.`));
    const rules = await projectRules(files, real);
    const child = await processes.start({
      argv: [found, ...program.args],
      cwd: real,
      env: program.env,
      maxLineBytes: LINE_BYTES,
      contained: true,
      view,
    });
    this.#child = child;
    this.#launch.onProcess?.(child);
    child.onLine((line) => this.#hear(line));
    this.#send(encodeInitialize());
    this.#send(encodePrompt(this.#launch.prompt(rules)));
    if (this.#cause === undefined) this.#watch();
    else this.#climb();
    const exit = await child.exited;
    this.#over = true;
    this.#cancelWatchdog();
    this.#cancelLadder();
    // Also after an orderly end: it may have left something behind.
    await child.killTree();
    this.#end.resolve(
      mapEnd({
        exit,
        initialized: this.#initialized,
        result: this.#result,
        cause: this.#cause,
        finishedFirst: this.#finishedFirst,
        replyError: this.#replyError,
        files: this.#progress.files,
        denials: [...this.#denials.values()],
        commandsRun: this.#commandsRun,
        usage: this.#progress.usage,
        said: this.#progress.said,
        stderr: child.stderrTail(),
        cutLines: child.cutLines(),
      }),
    );
  }

  #hear(line: string): void {
    const message = decodeLine(line);
    if (message !== undefined) this.#take(message);
    // What it says before it is up does not prolong its start.
    if (this.#cause === undefined && this.#initialized) this.#watch();
  }

  #take(message: ClaudeMessage): void {
    const before = this.#progress;
    this.#progress = foldMessage(before, message, this.#folder);
    const report = progressReport(before, this.#progress);
    if (report) this.#launch.report(report);
    const refusal = refusalReport(message, this.#launch.clock.now());
    if (refusal) this.#launch.report(refusal);
    switch (message.type) {
      case "init":
        this.#initialized = true;
        return;
      case "reply":
        this.#replyError = message.error;
        // Tools that are not on the list are refused by the program itself, without asking.
        for (const call of message.calls)
          if (!this.#toolNames.includes(call.name)) this.#denials.set(call.id, call.name);
        return;
      case "permission":
        return this.#inBackground(this.#decide(message.requestId, message.call));
      case "hook":
        return this.#inBackground(this.#guard(message.requestId, message.call));
      case "unknown-request":
        return this.#send(encodeUnsupported(message.requestId, message.subtype));
      case "cancel-request":
        return this.#desk.withdraw(message.requestId);
      case "result":
        this.#result = message;
        this.#finishedFirst = this.#cause === undefined;
        // It waits for the next message of the person until its input ends; what it has not read is a turn of its own.
        if (!this.#unread.any) this.#child?.endInput();
        return;
      case "read":
        if (this.#unread.read(message.text)) this.#result = undefined;
        return;
      case "initialized":
      case "tool-results":
      case "retry":
      case "limit-reached":
      case "other":
    }
  }

  async #decide(requestId: string, call: ToolCall): Promise<void> {
    const verdict = await this.#judge(call);
    if (!verdict.allowed) return this.#send(encodeDeny(requestId, this.#refuse(call, verdict.message)));
    if (call.name === "Bash") this.#commandsRun += 1;
    if (call.name !== questionTool) return this.#send(encodeAllow(requestId, call.input));
    if (this.#desk.open(requestId, call)) this.#cancelWatchdog();
    else
      this.#send(encodeDeny(requestId, "Ask again: `questions` must be a list of questions with a text and options."));
  }

  /** Runs before the program looks at its own permissions, so that no setting of a project can open what is closed here. */
  async #guard(requestId: string, call: ToolCall): Promise<void> {
    const verdict = await this.#judge(call);
    this.#send(encodeHookAnswer(requestId, verdict.allowed ? undefined : this.#refuse(call, verdict.message)));
  }

  async #judge(call: ToolCall): Promise<Verdict> {
    const realPaths = new Map<string, string | undefined>();
    for (const path of pathsToResolve(call, this.#folder)) {
      realPaths.set(path, await resolveLinks(path, (existing) => this.#launch.files.realPath(existing)));
    }
    return judgeCall(call, { folder: this.#folder, tools: this.#launch.tools }, realPaths);
  }

  #refuse(call: ToolCall, message: string): string {
    this.#denials.set(call.id, call.name);
    return message;
  }

  /** (Re)starts the one watchdog that fits where the agent stands. */
  #watch(): void {
    this.#cancelWatchdog();
    if (this.#cause !== undefined || (this.#desk.waiting && this.#result === undefined)) return;
    const { patience, clock } = this.#launch;
    const isUp = this.#initialized;
    const stands = { hasResult: this.#result !== undefined, isUp, usesTool: this.#progress.openCalls.length > 0 };
    const { delayMs, cause } = watchdogOf(patience, stands);
    this.#cancelWatchdog = clock.setTimer(delayMs, () => {
      if (cause === "stalled" && this.#launch.isHeldBack?.()) this.#watch();
      else this.#stopFor(cause);
    });
  }

  #stopFor(cause: EndCause): void {
    if (this.#cause !== undefined || this.#over) return;
    this.#cause = cause;
    this.#cancelWatchdog();
    if (this.#child !== undefined) this.#climb();
  }

  #climb(): void {
    const { clock, patience } = this.#launch;
    const child = this.#child;
    if (child === undefined) return;
    const stepMs = this.#cause === "shutdown" ? patience.shutdownMs : patience.stopMs;
    const force = (): void => this.#inBackground(child.killTree());
    const tell = (): void => {
      child.endInput();
      child.signal("SIGTERM");
      this.#cancelLadder = clock.setTimer(stepMs, force);
    };
    // After its result there is nothing left to ask for.
    if (this.#cause === "lingering") return tell();
    this.#send(encodeInterrupt());
    this.#cancelLadder = clock.setTimer(stepMs, tell);
  }

  #send(line: string): void {
    this.#child?.write(line);
  }

  #inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => this.#fail(error));
  }

  #fail(fault: unknown): void {
    this.#over = true;
    this.#cancelWatchdog();
    this.#cancelLadder();
    const end = failedStart(`Internal error: ${fault instanceof Error ? fault.message : String(fault)}`);
    const settle = (): void => this.#end.resolve(end);
    (this.#child?.killTree() ?? Promise.resolve()).then(settle, settle);
  }
}
