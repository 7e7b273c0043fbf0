import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { applyModes, executionStrategies, runModes } from "../schema/workflow.ts";
import type { CommandHost, CommandRun } from "./command-host.ts";
import { exitCodes } from "./exit-codes.ts";
import { printProblem, printUsageProblem, reportFailures } from "./output.ts";

/** Commands that will be there later; each says so when it is typed. */
const later: Readonly<Record<string, string>> = {
  resume: "Start a new run with the tasks that are left.",
  cancel: "Press Ctrl-C where the run was started, or call control_workflow.",
  answer: "Answer where the run was started, or call control_workflow.",
  conflicts: "Call detect_conflicts, or look at: status ID.",
  report: "Read report.md in the run's folder, or look at: status ID.",
  history: "status without an ID lists the newest runs.",
  dashboard: "Use run --watch.",
  worker: "Runs use the agents of this machine only.",
};

/** Understands the words after the program's name, does what they say, and gives the exit code. */
export async function runCommandLine(host: CommandHost): Promise<number> {
  const json = host.argv.includes("--json") || host.argv.includes("ndjson");
  let chosen: CommandRun | undefined;
  const program = describeCommands(host, (run) => {
    chosen = run;
  });
  if (host.argv.length === 0) {
    program.outputHelp();
    return exitCodes.ok;
  }
  try {
    await program.parseAsync([...host.argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return exitCodes.ok;
    return printUsageProblem(host, json, error.message.replace(/^error: /, ""));
  }
  const run = chosen;
  return run ? reportFailures(host, json, () => run(host)) : exitCodes.ok;
}

type Choose = (run: CommandRun) => void;

function describeCommands(host: CommandHost, choose: Choose): Command {
  const program = new Command("parallelization-mcp")
    .description(
      "Runs tasks as parallel agents in isolation and merges what is provably safe.\nWithout arguments and with a pipe on standard input it serves MCP over stdio.",
    )
    .version(host.version, "-V, --version")
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => host.out(text), writeErr: () => undefined })
    .showSuggestionAfterError(true)
    .addHelpText(
      "after",
      "\nExit codes: 0 ok, 1 a task failed, 2 usage, 3 needs an answer, 4 conflicts held,\n5 a limit stopped it, 6 environment, 130 interrupted.",
    );
  serveCommand(program, choose);
  analysisCommands(program, choose);
  runCommands(program, choose);
  rehearsalCommands(program, choose);
  lookCommands(program, choose);
  laterCommands(program, choose);
  return program;
}

function serveCommand(program: Command, choose: Choose): void {
  program
    .command("serve")
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

function analysisCommands(program: Command, choose: Choose): void {
  const file = ["<file>", "tasks in YAML or JSON; - for standard input"] as const;
  program
    .command("analyze")
    .description("say whether and how tasks can run in parallel")
    .argument(...file)
    .addOption(workers())
    .addOption(jsonOption())
    .action((path: string, options: { maxWorkers?: number; json?: boolean }) =>
      choose(async (host) => {
        const { analyzeCommand } = await import("./analyze-command.ts");
        return analyzeCommand(host, { path, json: options.json === true, maxWorkers: options.maxWorkers });
      }),
    );
  program
    .command("plan")
    .description("show who would work when; runs nothing")
    .argument(...file)
    .argument("[goal]", "what it is all for")
    .addOption(workers())
    .addOption(jsonOption())
    .action((path: string, goal: string | undefined, options: { maxWorkers?: number; json?: boolean }) =>
      choose(async (host) => {
        const { planCommand } = await import("./analyze-command.ts");
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
  readonly seed?: number;
  readonly realTime?: number;
  readonly showPlan?: boolean;
  readonly watch?: boolean;
  readonly input: boolean;
  readonly json?: boolean;
  readonly output?: string;
}

function runCommands(program: Command, choose: Choose): void {
  program
    .command("run")
    .description("run tasks with several agents at once")
    .argument("<file>", "tasks in YAML or JSON, or an analysis result; - for standard input")
    .argument("[goal]", "what it is all for; agents are told")
    .option("--executor <kind>", "claude-code or simulated (default: the configured one, else simulated)")
    .addOption(workers())
    .addOption(new Option("--mode <mode>", "when a task may start").choices(runModes))
    .addOption(new Option("--strategy <strategy>", "what a failure does to the rest").choices(executionStrategies))
    .option("--workspace <folder>", "folder the agents work on (default: the present one)")
    .addOption(new Option("--apply <how>", "where merged work goes").choices(applyModes))
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
    .addOption(jsonOption())
    .action((path: string, goal: string | undefined, flags: RunFlags) =>
      choose(async (host) => {
        const { runCommand } = await import("./run-command.ts");
        return runCommand(host, {
          path,
          goal,
          json: flags.json === true,
          ndjson: flags.output === "ndjson",
          showPlan: flags.showPlan === true,
          watch: flags.watch === true,
          noInput: !flags.input,
          executor: flags.executor,
          maxWorkers: flags.maxWorkers,
          mode: flags.mode,
          strategy: flags.strategy,
          workspace: flags.workspace,
          apply: flags.apply,
          seed: flags.seed,
          realTime: flags.realTime,
        });
      }),
    );
}

function rehearsalCommands(program: Command, choose: Choose): void {
  program
    .command("simulate")
    .description("run the scenarios of record on a virtual clock; exit 1 on a miss")
    .argument("[scenario...]", "some of them only")
    .addOption(jsonOption())
    .action((names: string[], options: { json?: boolean }) =>
      choose(async (host) => {
        const { simulateCommand } = await import("./simulate-command.ts");
        return simulateCommand(host, { names, json: options.json === true });
      }),
    );
  program
    .command("demo")
    .description("five scripted agents on a repository made on the spot: no key, no network")
    .option("--keep", "keep the repository and say where it is")
    .addOption(jsonOption())
    .action((options: { keep?: boolean; json?: boolean }) =>
      choose(async (host) => {
        const { demoCommand } = await import("./demo-command.ts");
        return demoCommand(host, { keep: options.keep === true, json: options.json === true });
      }),
    );
}

function lookCommands(program: Command, choose: Choose): void {
  program
    .command("status")
    .description("show one run, or list the newest ones")
    .argument("[id]", "a run")
    .addOption(jsonOption())
    .action((id: string | undefined, options: { json?: boolean }) =>
      choose(async (host) => {
        const { statusCommand } = await import("./status-command.ts");
        return statusCommand(host, { id, json: options.json === true });
      }),
    );
  program
    .command("doctor")
    .description("check that everything runs need is there; exit 6 on a problem")
    .option("--workspace <folder>", "folder to look at (default: the present one)")
    .addOption(jsonOption())
    .action((options: { workspace?: string; json?: boolean }) =>
      choose(async (host) => {
        const { doctorCommand } = await import("./doctor-command.ts");
        return doctorCommand(host, { json: options.json === true, workspace: options.workspace });
      }),
    );
}

function laterCommands(program: Command, choose: Choose): void {
  for (const [name, advice] of Object.entries(later)) {
    program
      .command(name, { hidden: true })
      .argument("[words...]")
      .allowUnknownOption()
      .action(() =>
        choose((host) =>
          Promise.resolve(
            printProblem(host, host.argv.includes("--json"), {
              code: "NOT_SUPPORTED_YET",
              error: `The command '${name}' is not there yet.`,
              field: name,
              advice,
            }),
          ),
        ),
      );
  }
}

function jsonOption(): Option {
  return new Option("--json", "one JSON object instead of text");
}

function workers(): Option {
  return new Option("--max-workers <number>", "agents at once, 1-100").argParser(wholeNumber);
}

function fraction(text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !(number >= 0 && number <= 1))
    throw new InvalidArgumentError(`'${text}' is not from 0 to 1.`);
  return number;
}

function wholeNumber(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new InvalidArgumentError(`'${text}' is no whole number.`);
  return Number(text);
}
