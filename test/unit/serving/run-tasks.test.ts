import { describe, expect, test } from "vitest";
import { cancelTask, getTask, newTask, updateTask } from "../../../src/serving/run-tasks.ts";
import { asksWhich, fakeRuns, type FakeRuns } from "../../rig/fake-runs.ts";
import { manualClock, type ManualClock } from "../../rig/manual-clock.ts";
import { started, succeeded } from "../../rig/run-story.ts";

async function scene(): Promise<{ runs: FakeRuns; clock: ManualClock }> {
  const clock = manualClock();
  const runs = fakeRuns(clock);
  await runs.start({ tasks: [{ id: "a", description: "do a" }] }, {});
  runs.happen("run-1", started("a", "agent-1"));
  return { runs, clock };
}

describe("the task of a run", () => {
  test("works until the run has ended, and then carries the whole result", async () => {
    const services = await scene();
    expect(newTask(await services.runs.view("run-1"), services.clock)).toMatchObject({
      resultType: "task",
      status: "working",
    });
    expect(await getTask("run-1", services, true)).toMatchObject({
      status: "working",
      statusMessage: expect.stringContaining("0/1 done"),
    });
    services.runs.happen("run-1", succeeded("a", "agent-1", { durationMs: 1 }), {
      type: "run.finished",
      status: "completed",
    });
    const done = await getTask("run-1", services, true);
    expect(done).toMatchObject({
      resultType: "complete",
      taskId: "run-1",
      status: "completed",
      result: { structuredContent: { success: true, executionId: "run-1", results: [{ taskId: "a" }] } },
    });
    expect(JSON.parse(done.result?.content[0].text ?? "")).toEqual(done.result?.structuredContent);
  });

  test("needs input while an agent asks, and takes the person's answer", async () => {
    const services = await scene();
    services.runs.happen("run-1", asksWhich);
    expect(await getTask("run-1", services, true)).toMatchObject({
      status: "input_required",
      inputRequests: { q1: { params: { requestedSchema: { properties: { answer: { enum: ["x", "y"] } } } } } },
    });
    await updateTask("run-1", { q1: { action: "accept", content: { answer: "y" } } }, services);
    expect(services.runs.calls.at(-1)).toEqual({
      method: "answer",
      given: ["run-1", { taskId: "a", questionId: "q", answer: "y" }],
    });
    expect(await getTask("run-1", services, true)).toMatchObject({ status: "working" });
  });

  test("goes on working for a client that cannot be asked, and says who waits", async () => {
    const services = await scene();
    services.runs.happen("run-1", asksWhich);
    expect(await getTask("run-1", services, false)).toMatchObject({
      status: "working",
      statusMessage: expect.stringContaining("NEEDS YOU"),
    });
  });

  test.each([
    ["declined", { q1: { action: "decline" } }],
    ["dismissed", { q1: { action: "cancel" } }],
    ["of another shape", { q1: { action: "accept", content: { answer: 7 } } }],
    ["to a question nobody asked", { q99: { action: "accept", content: { answer: "x" } } }],
    ["from the prototype", { __proto__: { action: "accept", content: { answer: "x" } } }],
  ])("takes no answer that is %s", async (_what, responses) => {
    const services = await scene();
    services.runs.happen("run-1", asksWhich);
    await updateTask("run-1", responses, services);
    expect(services.runs.calls.map(({ method }) => method)).toEqual(["start"]);
  });

  test("is cancelled once, however often the client asks", async () => {
    const services = await scene();
    await cancelTask("run-1", services.runs);
    await cancelTask("run-1", services.runs);
    expect(services.runs.calls.filter(({ method }) => method === "cancel")).toHaveLength(1);
    services.runs.happen("run-1", { type: "run.finished", status: "cancelled" });
    await cancelTask("run-1", services.runs);
    const task = await getTask("run-1", services, true);
    expect(task).toMatchObject({ status: "cancelled" });
    expect(task.result).toBeUndefined();
  });

  test("that nobody knows is an invalid parameter", async () => {
    const services = await scene();
    for (const taskId of ["run-2", "__proto__", "../run-1"]) {
      await expect(getTask(taskId, services, true)).rejects.toMatchObject({ code: -32_602 });
      await expect(cancelTask(taskId, services.runs)).rejects.toMatchObject({ code: -32_602 });
    }
  });
});
