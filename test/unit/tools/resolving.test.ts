import { expect, test } from "vitest";
import { answerOf, refusalOf, toolWorld } from "../../rig/tool-world.ts";

const choice = { executionId: "run-1", action: "resolve", conflictId: "c1", option: "rollback" };

test("control_workflow hands a decision over, with text preview or continue, and refuses any other text", async () => {
  const { call, runs } = toolWorld();
  await call("execute_parallel_workflow", { tasks: [{ id: "a", description: "do a" }] });
  expect(answerOf(await call("control_workflow", choice))).toMatchObject({ action: "resolve", done: true });
  await call("control_workflow", { ...choice, text: "preview" });
  await call("control_workflow", { ...choice, dryRun: true });
  await call("control_workflow", { ...choice, text: "continue" });
  const asked = runs.calls.filter(({ method }) => method === "resolve").map(({ given }) => given[1]);
  expect(asked).toMatchObject([
    { preview: false, proceed: false },
    { preview: true, proceed: false },
    { preview: true, proceed: false },
    { preview: false, proceed: true },
  ]);
  expect(refusalOf(await call("control_workflow", { ...choice, text: "please" }))).toMatchObject({
    field: "text",
    allowed: ["preview", "continue"],
  });
});

test("what an action has done is the beginning of the summary", async () => {
  const { call } = toolWorld();
  await call("execute_parallel_workflow", { tasks: [{ id: "a", description: "do a" }] });
  for (const given of [choice, { executionId: "run-1", action: "pause" }]) {
    const { summary, did } = answerOf(await call("control_workflow", given)) as { summary: string; did: string };
    expect(summary.split("\n\n")[0]?.replaceAll("\n", " ")).toBe(did);
  }
});
