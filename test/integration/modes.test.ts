import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { RunView } from "../../src/engines/progress/run-view.ts";
import { task } from "../rig/task-rig.ts";
import { makeRepository } from "../rig/git-rig.ts";
import { openWorld, scripted, scriptedRun } from "../rig/whole-run.ts";

const minute = 60_000;
const exact = { seed: 1, failureRate: 0, durationSigma: 0 };
const times = (view: RunView, id: string) => {
  const { startedAt = Number.NaN, endedAt = Number.NaN } = view.tasks.get(id) ?? {};
  return { startedAt, endedAt };
};

describe("a run in each mode, through the whole program", () => {
  const chain = [task("a", 5), task("b", 5, ["a"]), task("c", 5, ["b"])];

  test("parallel: three tasks that depend on each other start at once, and the run says what it ignores (B5)", async () => {
    await using world = await openWorld();
    const view = await world.run({ tasks: chain, mode: "parallel", maxParallelAgents: 3, simulation: exact });
    expect(view.status).toBe("completed");
    expect(view.maxParallel).toBe(3);
    expect(view.at / minute).toBeCloseTo(5, 3);
    expect(view.spec.unenforced).toContainEqual({
      limit: "dependsOn",
      reason: "mode 'parallel' starts everything at once: 2 dependencies are ignored",
    });
  });

  test("a list of phases of one's own is run as batches, as a pipeline, or one by one (B5, B6)", async () => {
    await using world = await openWorld();
    const phases = [[task("one", 4)], [task("two", 4), task("three", 4)], [task("four", 4)]];
    const suggestedBatches = phases.map((tasks, index) => ({ id: `phase-${index + 1}`, tasks }));
    const analysisResult = { suggestedBatches };
    const took = [];
    for (const mode of ["sequential", "batch", "pipeline"] as const) {
      const view = await world.run({ analysisResult, mode, maxParallelAgents: 2, simulation: exact });
      expect(view.status).toBe("completed");
      took.push(Math.round(view.at / minute));
    }
    expect(took).toEqual([16, 12, 8]);
  });

  test("real agents in a pipeline: a phase begins before the former has ended, and all of it is merged (B5)", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository({ "kept.txt": "kept\n" });
    // The task of the second phase ends the wait of the one in the first: behind a barrier it never would.
    const pipe = join(world.scratch, "go");
    execFileSync("mkfifo", [pipe]);
    const view = await world.run(
      scriptedRun(
        repo.root,
        [
          scripted("slow", `cat ${pipe} > slow.txt`),
          scripted("quick", "echo q > quick.txt"),
          scripted("next", `cp quick.txt next.txt && echo go > ${pipe}`, { dependsOn: ["quick"] }),
        ],
        { mode: "pipeline" },
      ),
    );
    expect(view.status).toBe("completed");
    expect(times(view, "next").startedAt).toBeGreaterThanOrEqual(times(view, "quick").endedAt);
    expect(times(view, "next").startedAt).toBeLessThan(times(view, "slow").endedAt);
  });
});
