import { Option, type Command } from "commander";
import { applyModes, executionStrategies, runModes } from "../../schema/workflow.ts";
import type { CommandRun } from "../command-host.ts";
import { exitCodes } from "../exit-codes.ts";
import { fraction, jsonOption, minutes, numberWithin, wholeNumber, workersOption } from "./option-words.ts";
import { printProblem } from "../output.ts";

type Choose = (run: CommandRun) => void;

const planning = "Plan and run:";
const rehearsing = "Rehearse:";
const file = ["<file>", "tasks in YAML or JSON; - for standard input"] as const;
const fileOrTemplate = [
  "<file>",
  "tasks or phases in YAML or JSON, or an analysis result; - for standard input; or a template: full-stack, api-service, front-end, microservice",
] as const;

/** Describes serve, analyze, plan and run. */
export function workWords(program: Command, choose: Choose): void {
  serveWords(program, choose);
  analyzeWords(program, choose);
  runWords(program, choose);
}

function serveWords(program: Command, choose: Choose): void {
  program
    .command("serve")
    .helpGroup("Serve:")
    .description("serve MCP over standard input and output")
    .addOption(new Option("--http").hideHelp())
    .action((options: { http?: boolean }) =>
      choose(async (host) => {
        if (options.http === true) {
          return printProblem(host, false, {
            code: "NOT_SUPPORTED_YET",
            error: "Serving over HTTP is not there yet.",
            field: "--http",
            advice: "Serve over stdio: parallelization-mcp serve",
          });
        }
        await host.serve();
        return exitCodes.ok;
      }),
    );
}

function analyzeWords(program: Command, choose: Choose): void {
  program
    .command("analyze")
    .helpGroup(planning)
    .description("say whether and how tasks can run in parallel")
    .argument(...file)
    .addOption(workersOption())
    .option("--workspace <folder>", "look at the files of this project, to tell which tasks will change the same ones")
    .addOption(jsonOption())
    .action((path: string, options: { maxWorkers?: number; workspace?: string; json?: boolean }) =>
      choose(async (host) => {
        const { analyzeCommand } = await import("../analyze-command.ts");
        const { maxWorkers, workspace } = options;
        return analyzeCommand(host, { path, json: options.json === true, maxWorkers, workspace });
      }),
    );
  program
    .command("plan")
    .helpGroup(planning)
    .description("show who would work when; runs nothing")
    .argument(...fileOrTemplate)
    .argument("[goal]", "what it is all for; a template needs it")
    .addOption(workersOption())
    .addOption(jsonOption())
    .action((path: string, goal: string | undefined, options: { maxWorkers?: number; json?: boolean }) =>
      choose(async (host) => {
        const { planCommand } = await import("../analyze-command.ts");
        return planCommand(host, { path, goal, json: options.json === true, maxWorkers: options.maxWorkers });
      }),
    );
}

interface RunFlags {
  readonly executor?: string;
  readonly maxWorkers?: number;
  readonly mode?: (typeof runModes)[number];
  readonly strategy?: (typeof executionStrategies)[number];
  readonly workspace?: string;
  readonly apply?: (typeof applyModes)[number];
  readonly setup?: string;
  readonly verify?: string;
  readonly timeout?: number;
  readonly retries?: number;
  readonly seed?: number;
  readonly realTime?: number;
  readonly showPlan?: boolean;
  readonly watch?: boolean;
  readonly input: boolean;
  readonly json?: boolean;
  readonly output?: string;
}

function runWords(program: Command, choose: Choose): void {
  const command = program
    .command("run")
    .helpGroup(planning)
    .description("run tasks with several agents at once")
    .argument(...fileOrTemplate)
    .argument("[goal]", "what it is all for; agents are told");
  addRunOptions(command).action((path: string, goal: string | undefined, flags: RunFlags) =>
    choose(async (host) => {
      const { runCommand } = await import("../run-command.ts");
      const { json, output, showPlan, watch, input, ...rest } = flags;
      return runCommand(host, {
        ...rest,
        path,
        goal,
        json: json === true,
        ndjson: output === "ndjson",
        showPlan: showPlan === true,
        watch: watch === true,
        noInput: !input,
      });
    }),
  );
}

function addRunOptions(command: Command): Command {
  return command
    .option(
      "--executor <kind>",
      "claude-code, command or simulated (default: the configured one, else simulated); a task with a command runs that",
    )
    .addOption(workersOption())
    .addOption(new Option("--mode <mode>", "when a task may start").choices(runModes))
    .addOption(new Option("--strategy <strategy>", "what a failure does to the rest").choices(executionStrategies))
    .option("--workspace <folder>", "folder the agents work on (default: the present one)")
    .addOption(new Option("--apply <how>", "where merged work goes").choices(applyModes))
    .option("--setup <command>", "run in every agent's folder before it starts, such as 'npm ci'")
    .option("--verify <command>", "run on the merged work; nothing is merged when it fails")
    .addOption(new Option("--timeout <minutes>", "of the whole run; what is done by then is kept").argParser(minutes))
    .addOption(new Option("--retries <number>", "of failed tasks that do not say, 0-10").argParser(numberWithin(0, 10)))
    .addOption(new Option("--seed <number>", "of simulated agents").argParser(wholeNumber))
    .addOption(
      new Option("--real-time <factor>", "wall seconds per simulated second, 0-1 (default 0: no waiting)").argParser(
        fraction,
      ),
    )
    .option("--show-plan", "show the plan and run nothing")
    .option("--watch", "write a line for everything that happens")
    .option("--no-input", "a question of an agent stops the run (exit 3)")
    .addOption(new Option("--output <format>", "ndjson: every event, then the result, a line each").choices(["ndjson"]))
    .addOption(jsonOption());
}

/** Describes simulate and demo. */
export function rehearsalWords(program: Command, choose: Choose): void {
  program
    .command("simulate")
    .helpGroup(rehearsing)
    .description("run the scenarios of record on a virtual clock; exit 1 on a miss")
    .argument("[scenario...]", "some of them only")
    .option("--real", "those of size, failure and time-out with programs that really wait, in real time")
    .addOption(jsonOption())
    .action((names: string[], options: { real?: boolean; json?: boolean }) =>
      choose(async (host) => {
        const { simulateCommand } = await import("../simulate-command.ts");
        return simulateCommand(host, { names, real: options.real === true, json: options.json === true });
      }),
    );
  program
    .command("demo")
    .helpGroup(rehearsing)
    .description("five scripted agents on a repository made on the spot: no key, no network")
    .option("--keep", "keep the repository and say where it is")
    .addOption(jsonOption())
    .action((options: { keep?: boolean; json?: boolean }) =>
      choose(async (host) => {
        const { demoCommand } = await import("../demo-command.ts");
        return demoCommand(host, { keep: options.keep === true, json: options.json === true });
      }),
    );
}
