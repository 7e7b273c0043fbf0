import type { Command, Option } from "commander";
import { programName } from "../report/command-words.ts";
import type { CommandHost } from "./command-host.ts";
import { bashScript, fishScript, zshScript, type CommandWords, type Completes } from "./completion-scripts.ts";
import { exitCodes } from "./exit-codes.ts";
import { scenarioNames } from "./rehearsal/scenario-list.ts";

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** `completion SHELL`: a script that completes what can be typed, made from the commands themselves. */
export function completionCommand(
  host: CommandHost,
  { shell, program }: { readonly shell: keyof typeof scripts; readonly program: Command },
): Promise<number> {
  const visible = program.createHelp().visibleCommands(program);
  host.out(
    scripts[shell](
      programName,
      visible.map((command) => commandWords(command)),
    ),
  );
  return Promise.resolve(exitCodes.ok);
}

function commandWords(command: Command): CommandWords {
  const [argument] = command.registeredArguments;
  const visible = command.createHelp().visibleOptions(command);
  return {
    name: command.name(),
    description: command.description(),
    argument:
      argument?.argChoices === undefined ? argumentKind(argument?.name() ?? "") : { words: argument.argChoices },
    repeats: argument?.variadic === true,
    options: visible.flatMap((option) =>
      option.long === undefined || option.long === null
        ? []
        : [{ long: option.long, description: option.description, value: optionValue(option) }],
    ),
  };
}

function argumentKind(name: string): Completes {
  switch (name) {
    case "file":
      return "files";
    case "id":
      return "runs";
    case "scenario":
      return { words: scenarioNames };
    default:
      return "nothing";
  }
}

/** What follows an option; undefined when nothing does. */
function optionValue(option: Option): Completes | undefined {
  if (!option.required && !option.optional) return undefined;
  if (option.argChoices !== undefined) return { words: option.argChoices };
  return option.flags.includes("<folder>") ? "folders" : "nothing";
}
