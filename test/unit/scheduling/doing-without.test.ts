import { describe, expect, test } from "vitest";
import type { Command } from "../../../src/engines/scheduling/command.ts";
import { plannedRun } from "../../rig/planned-run.ts";
import { PlayedRun } from "../../rig/played-run.ts";

const skip = (taskId: string) => ({ type: "task.skip-requested", taskId, reason: "not wanted" }) as const;

function end(run: PlayedRun, taskId: string, succeeds: boolean): void {
  run.end([...run.running.keys()].indexOf(taskId), succeeds);
}

function offered(run: PlayedRun): readonly string[] | undefined {
  const commands = run.commands.flatMap((each) => JSON.parse(each) as Command[]);
  return commands.find((command) => command.type === "merge")?.candidates;
}

/** Three tasks side by side, one that needs the first two, and one that needs the third. */
const tasks = [
  { id: "a" },
  { id: "b" },
  { id: "c" },
  { id: "z", needs: ["a", "b"] },
  { id: "d", needs: ["c"] },
  { id: "last", needs: ["z"] },
];

describe("where only whole levels are merged", () => {
  test("what the user skipped, and what needs nothing else that is lost, keeps nobody's result back (C12)", () => {
    const run = new PlayedRun(plannedRun(tasks, { isolated: true, maxParallelAgents: 3 }));
    run.happen(skip("c"));
    for (const id of ["c", "a", "b", "z", "last"]) end(run, id, id !== "c");
    expect(run.ended.get("d")).toBe("skipped");
    expect(offered(run)).toEqual(["a", "b", "z", "last"]);
  });

  test("what failed and was then skipped by the user keeps nobody's result back, what only failed does (C12)", () => {
    const [skipped, failed] = [true, false].map((isSkipped) => {
      const run = new PlayedRun(plannedRun(tasks, { isolated: true, maxParallelAgents: 3 }));
      end(run, "c", false);
      if (isSkipped) run.happen(skip("c"));
      for (const id of ["a", "b", "z", "last"]) end(run, id, true);
      return offered(run);
    });
    expect(skipped).toEqual(["a", "b", "z", "last"]);
    expect(failed).toEqual([]);
  });
});

test("a task that is retried does not start while those who came together over a file of its own run (C18)", () => {
  const edits = (id: string) => ({ id, writes: ["a.ts"] });
  const spec = plannedRun([edits("one"), edits("two"), edits("late")], { strategy: "aggressive" });
  const run = new PlayedRun(spec);
  end(run, "late", false);
  const conflict = {
    id: "live-one-two",
    type: "file-level",
    severity: "high",
    description: "came together",
    tasks: ["one", "two"],
    agents: [],
    affectedResources: ["a.ts"],
    causes: [],
    resolutions: [],
  };
  run.happen({ type: "overlap.warned", conflict: conflict as never });
  run.happen({ type: "task.retry-requested", taskId: "late" });
  end(run, "one", true);
  expect([...run.running.keys()]).toEqual(["two"]);
  end(run, "two", true);
  expect([...run.running.keys()]).toEqual(["late"]);
});
