import type { Command } from "commander";
import type { TaskRequest } from "../../engines/coordination/runs/control-task.ts";
import type { CommandRun } from "../command-host.ts";
import { jsonOption } from "./option-words.ts";

type Choose = (run: CommandRun) => void;

interface JsonFlag {
  readonly json?: boolean;
}

const controlling = "Control a run:";
const aRun = ["<id>", "a run"] as const;

/** Describes answer, cancel, pause, resume, apply, undo, retry, skip and steer. */
export function controlWords(program: Command, choose: Choose): void {
  program
    .command("answer")
    .helpGroup(controlling)
    .description("answer an agent's question; without an answer, choose at the terminal")
    .argument(...aRun)
    .argument("[answer]", "one of the options, its number, or a text of your own")
    .option("--task <task>", "the task that asks, where several do")
    .addOption(jsonOption())
    .action((id: string, answer: string | undefined, { task, json }: { task?: string; json?: boolean }) =>
      choose(async (host) => {
        const { answerCommand } = await import("../answer-command.ts");
        return answerCommand(host, { id, answer, task, json: json === true });
      }),
    );
  const actions = {
    cancel: "stop a run; its agents end, what is done is kept",
    pause: "let nothing new start in a run",
    resume: "let a paused run go on; one that its budget has paused gets as much again",
    apply: "write what a finished run has merged into your files",
    undo: "restore every file that a run has written",
  } as const;
  for (const action of ["cancel", "pause", "resume", "apply", "undo"] as const) {
    program
      .command(action)
      .helpGroup(controlling)
      .description(actions[action])
      .argument(...aRun)
      .addOption(jsonOption())
      .action((id: string, { json }: JsonFlag) =>
        choose(async (host) => {
          const { controlCommand } = await import("../control-command.ts");
          return controlCommand(host, { id, action, json: json === true });
        }),
      );
  }
  taskWords(program, choose);
}

/** Describes what is done to one task of a run. */
function taskWords(program: Command, choose: Choose): void {
  const aTask = "a task of it";
  const run = (wanted: { id: string; request: TaskRequest; json?: boolean | undefined }): void =>
    choose(async (host) => {
      const { taskCommand } = await import("../task-command.ts");
      return taskCommand(host, { ...wanted, json: wanted.json === true });
    });
  program
    .command("retry")
    .helpGroup(controlling)
    .description("do a failed or skipped task of a run under way again, and what waits for it")
    .argument(...aRun)
    .argument("[task]", `${aTask}; not needed where one alone has failed`)
    .addOption(jsonOption())
    .action((id: string, taskId: string | undefined, { json }: JsonFlag) =>
      run({ id, request: { action: "retry", taskId }, json }),
    );
  program
    .command("skip")
    .helpGroup(controlling)
    .description("give a task of a run under way up, and what depends on it; its agent ends")
    .argument(...aRun)
    .argument("<task>", aTask)
    .addOption(jsonOption())
    .action((id: string, taskId: string, { json }: JsonFlag) =>
      run({ id, request: { action: "skip", taskId, reason: "skipped on the command line" }, json }),
    );
  program
    .command("steer")
    .helpGroup(controlling)
    .description("tell an agent something while it works")
    .argument(...aRun)
    .argument("<task>", "the task it works on")
    .argument("<text>", "what it is to be told")
    .addOption(jsonOption())
    .action((id: string, taskId: string, text: string, { json }: JsonFlag) =>
      run({ id, request: { action: "steer", taskId, text }, json }),
    );
}
