import { expect, test } from "vitest";
import { started } from "../../rig/run-story.ts";
import { answerOf, toolWorld } from "../../rig/tool-world.ts";

test("control_workflow pauses a run and resumes it, and next resumes what is paused", async () => {
  const { call, runs } = toolWorld();
  await call("execute_parallel_workflow", { tasks: [{ id: "a", description: "do a" }] });
  runs.happen("run-1", started("a", "agent-1"));
  const paused = answerOf(await call("control_workflow", { executionId: "run-1", action: "pause" }));
  expect(paused).toMatchObject({
    status: "paused",
    action: "pause",
    did: expect.stringContaining("nothing new starts"),
  });
  expect(paused["next"]).toEqual({ tool: "control_workflow", arguments: { executionId: "run-1", action: "resume" } });
  expect(paused["summary"]).toMatch(/PAUSED[^]*because paused through control_workflow[^]*resume:/);
  const resumed = answerOf(await call("control_workflow", { executionId: "run-1", action: "resume" }));
  expect(resumed).toMatchObject({ status: "running", did: "The run goes on." });
});

test("resuming a run that its budget had paused says that it gets as much again (D6)", async () => {
  const { call, runs } = toolWorld();
  await call("execute_parallel_workflow", { tasks: [{ id: "a", description: "do a" }] });
  runs.happen("run-1", started("a", "agent-1"), {
    type: "run.paused",
    by: "budget",
    reason: "the budget is used up: $5.01 of $5.00",
  });
  const seen = answerOf(await call("aggregate_progress", { executionId: "run-1" }));
  expect(seen["summary"]).toContain("resume, with as much budget again:");
  const resumed = answerOf(await call("control_workflow", { executionId: "run-1", action: "resume" }));
  expect(resumed["did"]).toBe("The run goes on, with as much budget again.");
});
