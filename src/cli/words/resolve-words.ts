import { Argument, type Command } from "commander";
import { resolutionStrategies } from "../../schema/conflict.ts";
import type { CommandRun } from "../command-host.ts";
import { jsonOption } from "./option-words.ts";

interface Flags {
  readonly agent?: string;
  readonly preview?: boolean;
  readonly continue?: boolean;
  readonly json?: boolean;
}

/** Describes resolve. */
export function resolveWords(program: Command, choose: (run: CommandRun) => void): void {
  program
    .command("resolve")
    .helpGroup("Control a run:")
    .description("decide a conflict of a run that has ended; exit 4 while anything is left to decide")
    .argument("<id>", "a run")
    .argument("<conflict>", "a conflict of it, such as c1")
    .addArgument(new Argument("<option>", "one of its ways out").choices(resolutionStrategies))
    .option("--agent <agent>", "the agent or task whose result is taken or done again")
    .option("--preview", "show what it would do and change nothing")
    .option("--continue", "with manual: take over the files that were edited")
    .addOption(jsonOption())
    .action((id: string, conflictId: string, option: string, flags: Flags) =>
      choose(async (host) => {
        const { resolveCommand } = await import("../resolve-command.ts");
        const { agent: agentId, preview, continue: proceed } = flags;
        const request = { conflictId, option, agentId, preview, proceed };
        return resolveCommand(host, { id, request, json: flags.json === true });
      }),
    );
}
