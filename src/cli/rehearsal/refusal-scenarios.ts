import type { ProblemCode } from "../../schema/problem.ts";
import type { TaskInput } from "../../schema/task.ts";

/** Work that must be refused before anything of it runs. */
export interface RefusalScenario {
  readonly name: string;
  readonly title: string;
  readonly tasks: readonly TaskInput[];
  readonly code: ProblemCode;
}

function task(id: string, more: Partial<TaskInput> = {}): TaskInput {
  return { id, description: `Scripted piece of work ${id}`, ...more };
}

/** Plans that cannot work. */
export const refusalScenarios: readonly RefusalScenario[] = [
  {
    name: "d2-cycle",
    title: "three tasks wait for one another, two others could run",
    tasks: [
      task("one", { dependsOn: ["three"] }),
      task("two", { dependsOn: ["one"] }),
      task("three", { dependsOn: ["two"] }),
      task("free-1"),
      task("free-2"),
    ],
    code: "DEPENDENCY_CYCLE",
  },
  {
    name: "d2-unknown-task",
    title: "a task builds on one that nobody has named",
    tasks: [task("one"), task("two", { dependsOn: ["nobody"] })],
    code: "UNKNOWN_DEPENDENCY",
  },
  {
    name: "d2-unknown-executor",
    title: "a task wants an executor that does not exist",
    tasks: [task("one"), task("two", { executor: "wizard" })],
    code: "UNKNOWN_EXECUTOR",
  },
];

/** What is not rehearsed here although it belongs to it. */
export const refusalRemark =
  "Plans made of phases, in which an unknown agent is skipped with a warning, are not there yet.";
