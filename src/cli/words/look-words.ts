import { Argument, Option, type Command } from "commander";
import type { CommandRun } from "../command-host.ts";
import { jsonOption, numberWithin } from "./option-words.ts";

type Choose = (run: CommandRun) => void;

interface JsonFlag {
  readonly json?: boolean;
}

const looking = "Look:";
const aRun = ["<id>", "a run"] as const;

/** Describes status, history, report and conflicts, which change nothing. */
export function lookWords(program: Command, choose: Choose): void {
  program
    .command("status")
    .helpGroup(looking)
    .description("show one run, or list the newest ones")
    .argument("[id]", "a run")
    .addOption(jsonOption())
    .action((id: string | undefined, { json }: JsonFlag) =>
      choose(async (host) => {
        const { statusCommand } = await import("../status-command.ts");
        return statusCommand(host, { id, json: json === true });
      }),
    );
  program
    .command("history")
    .helpGroup(looking)
    .description("list the runs of this machine with their figures, newest first")
    .addOption(new Option("--limit <number>", "how many, 1-1000").argParser(numberWithin(1, 1_000)).default(20))
    .option("--ids", "ids only, a line each")
    .addOption(jsonOption())
    .action(({ limit, ids, json }: { limit: number; ids?: boolean; json?: boolean }) =>
      choose(async (host) => {
        const { historyCommand } = await import("../history-command.ts");
        return historyCommand(host, { limit, ids: ids === true, json: json === true });
      }),
    );
  program
    .command("report")
    .helpGroup(looking)
    .description("print the report of a run that has ended")
    .argument(...aRun)
    .addOption(new Option("--format <format>", "html and trace are to come").choices(["md", "json", "html", "trace"]))
    .addOption(jsonOption())
    .action((id: string, { format, json }: { format?: string; json?: boolean }) =>
      choose(async (host) => {
        const { reportCommand } = await import("../report-command.ts");
        return reportCommand(host, { id, format: json === true ? "json" : (format ?? "md") });
      }),
    );
  program
    .command("conflicts")
    .helpGroup(looking)
    .description("show the conflicts of a run, or between git branches; exit 4 if there is anything to decide")
    .argument("<id>", "a run, or the branch that the others would be merged into")
    .addArgument(new Argument("[refs...]", "branches, tags or commits to compare"))
    .option("--workspace <folder>", "repository of the branches (default: the present one)")
    .addOption(jsonOption())
    .action((id: string, refs: string[], { json, workspace }: JsonFlag & { workspace?: string }) =>
      choose(async (host) => {
        const { conflictsCommand } = await import("../conflicts-command.ts");
        return conflictsCommand(host, { id, refs, workspace, json: json === true });
      }),
    );
}

/** Describes doctor and completion. */
export function setUpWords(program: Command, choose: Choose): void {
  program
    .command("doctor")
    .helpGroup("Set up:")
    .description("check that everything runs need is there; exit 6 on a problem")
    .option("--workspace <folder>", "folder to look at (default: the present one)")
    .addOption(jsonOption())
    .action((options: { workspace?: string; json?: boolean }) =>
      choose(async (host) => {
        const { doctorCommand } = await import("../doctor-command.ts");
        return doctorCommand(host, { json: options.json === true, workspace: options.workspace });
      }),
    );
  program
    .command("completion")
    .helpGroup("Set up:")
    .description("print a script that completes commands, options, scenarios and run ids")
    .addArgument(new Argument("<shell>", "which shell").choices(["bash", "zsh", "fish"]))
    .action((shell: "bash" | "zsh" | "fish") =>
      choose(async (host) => {
        const { completionCommand } = await import("../completion-command.ts");
        return completionCommand(host, { shell, program });
      }),
    );
}
