import { Command, CommanderError } from "commander";
import type { CommandHost, CommandRun } from "./command-host.ts";
import { controlWords } from "./words/control-words.ts";
import { exitCodes } from "./exit-codes.ts";
import { exampleHelp, generalHelp } from "./words/help-text.ts";
import { laterWords } from "./words/later-words.ts";
import { lookWords, setUpWords } from "./words/look-words.ts";
import { printUsageProblem, reportFailures } from "./output.ts";
import { resolveWords } from "./words/resolve-words.ts";
import { rehearsalWords, workWords } from "./words/work-words.ts";

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

/** Every command with its words; what is chosen when one is typed is handed to `choose`. */
function describeCommands(host: CommandHost, choose: (run: CommandRun) => void): Command {
  const program = new Command("parallelization-mcp")
    .description(
      "Runs tasks as parallel agents in isolation and merges what is provably safe.\nWithout arguments and with a pipe on standard input it serves MCP over stdio.",
    )
    .version(host.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help; after a command, that command's")
    .helpCommand("help [command]", "print help; of a command, that command's")
    .exitOverride()
    .configureOutput({ writeOut: (text) => host.out(text), writeErr: () => undefined })
    .showSuggestionAfterError(true)
    .addHelpText("after", generalHelp);
  workWords(program, choose);
  rehearsalWords(program, choose);
  lookWords(program, choose);
  controlWords(program, choose);
  resolveWords(program, choose);
  setUpWords(program, choose);
  laterWords(program, choose);
  for (const command of program.commands) command.addHelpText("after", exampleHelp(command.name()));
  return program;
}
