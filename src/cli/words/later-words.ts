import type { Command } from "commander";
import type { CommandRun } from "../command-host.ts";
import { printProblem } from "../output.ts";

/** Commands that are to come, and what works instead. */
const later: Readonly<Record<string, string>> = {
  dashboard: "Use run --watch, or status ID.",
  worker: "Runs use the agents of this machine only: run FILE --max-workers N.",
};

/** Describes commands that are not there yet; each says so when it is typed. */
export function laterWords(program: Command, choose: (run: CommandRun) => void): void {
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
