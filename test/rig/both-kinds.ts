/** The same run with simulated agents and with real programs, in a repository. */
import { dirname, join } from "node:path";
import type { RunView } from "../../src/engines/progress/run-view.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { RunEvent } from "../../src/schema/event.ts";
import type { TaskInput } from "../../src/schema/task.ts";
import type { ExecuteInput } from "../../src/schema/workflow.ts";
import { createServices, type Services } from "../../src/services.ts";
import type { TestRepository } from "./git-rig.ts";

/** Who does the work. */
export type AgentKind = "simulated" | "command";

/** What an agent does: puts one text in the place of another, or a file there. */
export type Work =
  | { readonly file: string; readonly find: string; readonly replace: string }
  | { readonly file: string; readonly content: string };

/** A task whose agent does this, and then fails if asked to. */
export function working(
  kind: AgentKind,
  id: string,
  work: readonly Work[],
  more: Partial<TaskInput> & { readonly fails?: boolean } = {},
): TaskInput {
  const { fails = false, ...rest } = more;
  const task = { id, description: `does ${id}`, estimatedMinutes: 1, retries: 0, ...rest };
  if (kind === "command") return { ...task, command: [process.execPath, "-e", programFor(work, fails)] };
  const edits = work.map((each) => ({ ...each, type: "find" in each ? ("modify" as const) : ("create" as const) }));
  return { ...task, simulate: { minutes: 1, edits, ...(fails && { fail: "the agent broke" }) } };
}

function programFor(work: readonly Work[], fails: boolean): string {
  const lines = work.map((each) => {
    const file = JSON.stringify(each.file);
    if ("content" in each) {
      const folder = JSON.stringify(dirname(each.file));
      return `fs.mkdirSync(${folder}, { recursive: true }); fs.writeFileSync(${file}, ${JSON.stringify(each.content)});`;
    }
    const [find, replace] = [JSON.stringify(each.find), JSON.stringify(each.replace)];
    return `fs.writeFileSync(${file}, fs.readFileSync(${file}, "utf8").replace(${find}, ${replace}));`;
  });
  return [`const fs = require("node:fs");`, ...lines, ...(fails ? ["process.exit(3);"] : [])].join("\n");
}

/** The product's services with their state beside the repository. */
export function servicesBeside(repository: TestRepository, more: { readonly clock?: Clock } = {}): Services {
  return createServices({ stateFolder: join(repository.scratch, "state"), ...more });
}

/** Runs the tasks to their end, their results written into the user's files where nothing else is said. */
export async function runBoth(
  kind: AgentKind,
  repository: TestRepository,
  more: Partial<ExecuteInput> & { readonly tasks: readonly TaskInput[] },
  services: Services = servicesBeside(repository),
  onEvent: (event: RunEvent) => void = () => undefined,
): Promise<{
  readonly id: string;
  readonly view: RunView;
  readonly events: readonly RunEvent[];
  readonly services: Services;
}> {
  const { tasks, ...rest } = more;
  const events: RunEvent[] = [];
  const id = await services.runs.start(
    {
      workspace: repository.root,
      executor: kind,
      apply: "merge",
      maxParallelAgents: 4,
      ...(kind === "simulated" && { simulation: { failureRate: 0 } }),
      ...rest,
      tasks: [...tasks],
    },
    {},
    {
      commandsApproved: true,
      onEvent: (event) => {
        events.push(event);
        onEvent(event);
      },
    },
  );
  const view = await services.runs.wait(id, { waitMs: 60_000 });
  return { id, view, events, services };
}

/** Most tasks of these that were at work at one time. */
export function mostAtOnce(events: readonly RunEvent[], ids: readonly string[]): number {
  let now = 0;
  let most = 0;
  for (const event of events) {
    if (event.type === "task.started" && ids.includes(event.taskId)) now += 1;
    if (event.type === "task.finished" && ids.includes(event.taskId)) now -= 1;
    most = Math.max(most, now);
  }
  return most;
}
