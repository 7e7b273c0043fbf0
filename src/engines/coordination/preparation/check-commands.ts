/** Which programs a call wants to run, and whether they may: said before anything is started. */
import { ProblemError, refuse, type Problem } from "../../../schema/problem.ts";
import type { TaskInput } from "../../../schema/task.ts";
import type { ExecuteInput } from "../../../schema/workflow.ts";
import { commandAllowed, commandText, refuseCommand } from "../../execution/command-policy.ts";
import { parseCommand, type CommandInput } from "../../execution/program-command.ts";

type ProgramsOfRun = Pick<ExecuteInput, "setup" | "verify">;

/** Under which rules commands may run. */
export interface CommandRules {
  /** Globs over the words of a command joined by blanks. */
  readonly patterns: readonly string[];
  /** The person who runs this process named the commands, such as in a file given on the command line. */
  readonly approved: boolean;
  /** Texts of the commands that the person at the client has approved for this call. */
  readonly approvedTexts: readonly string[];
  /** Path of the user's configuration file, for advice. */
  readonly userFile: string;
}

/** Refuses commands that nobody has allowed; tells all of them, so that a person can be asked once. */
export class CommandsNotAllowed extends ProblemError {
  /** The text of each command, as patterns are compared with it; no two alike. */
  readonly commands: readonly string[];

  constructor(problem: Problem, commands: readonly string[]) {
    super(problem);
    this.commands = commands;
  }
}

/** Refuses commands that cannot be understood and commands that nobody has allowed. */
export function checkCommands(input: ProgramsOfRun, tasks: readonly TaskInput[], rules: CommandRules): void {
  const open = new Set<string>();
  let first: Problem | undefined;
  for (const { command, field } of commandsOf(input, tasks)) {
    const parsed = parseCommand(command, field);
    if (!parsed.ok) refuse(parsed.error);
    const text = commandText(parsed.value);
    if (rules.approved || rules.approvedTexts.includes(text) || commandAllowed(parsed.value, rules.patterns)) continue;
    first ??= refuseCommand({ command: parsed.value, field, userFile: rules.userFile });
    open.add(text);
  }
  if (first !== undefined) throw new CommandsNotAllowed(first, [...open]);
}

function commandsOf(
  input: ProgramsOfRun,
  tasks: readonly TaskInput[],
): readonly { readonly command: CommandInput; readonly field: string }[] {
  const named = [
    { command: input.setup, field: "setup" },
    { command: input.verify, field: "verify" },
    ...tasks.flatMap((task, index) => [
      { command: task.command, field: `tasks[${index}].command` },
      { command: task.verify, field: `tasks[${index}].verify` },
      { command: task.fallback?.command, field: `tasks[${index}].fallback.command` },
    ]),
  ];
  return named.flatMap(({ command, field }) => (command === undefined ? [] : [{ command, field }]));
}
