import { describe, expect, test } from "vitest";
import { instructions } from "../../../src/serving/instructions.ts";
import { getPrompt, listPrompts } from "../../../src/serving/prompts.ts";
import { listResources, listResourceTemplates, readResource } from "../../../src/serving/resources.ts";
import { fakeRuns, type FakeRuns } from "../../rig/fake-runs.ts";
import { manualClock, type ManualClock } from "../../rig/manual-clock.ts";
import { changed, started, succeeded } from "../../rig/run-story.ts";

async function scene(): Promise<{ runs: FakeRuns; clock: ManualClock }> {
  const clock = manualClock();
  const runs = fakeRuns(clock);
  await runs.start({ tasks: [{ id: "a/b c", description: "do it" }] }, {});
  runs.happen("run-1", started("a/b c", "agent-1"));
  const changes = [{ ...changed("x.ts"), diff: "@@ -1 +1 @@" }];
  runs.happen("run-1", succeeded("a/b c", "agent-1", { durationMs: 1, changes, summary: "I did it.\u001b[31m" }));
  return { runs, clock };
}

describe("resources", () => {
  test("are the list of runs and the newest runs", async () => {
    const { runs } = await scene();
    const uris = (await listResources(runs)).map(({ uri }) => uri);
    expect(uris).toEqual(["parallelization://runs", "parallelization://runs/run-1"]);
    expect(listResourceTemplates().map(({ uriTemplate }) => uriTemplate)).toEqual([
      "parallelization://runs/{id}",
      "parallelization://runs/{id}/tasks/{task}/log",
      "parallelization://runs/{id}/report",
    ]);
  });

  test.each([
    ["parallelization://runs", '"executionId":"run-1"'],
    ["parallelization://runs/run-1", '"status":"running"'],
    ["parallelization://runs/run-1/report", "run-1"],
    ["parallelization://runs/run-1/tasks/a%2Fb%20c/log", "@@ -1 +1 @@"],
  ])("%s can be read", async (uri, contains) => {
    const { contents } = await readResource(uri, await scene());
    const [content] = contents;
    expect(content?.uri).toBe(uri);
    expect(content && "text" in content ? content.text : "").toContain(contains);
    expect(JSON.stringify(contents)).not.toContain("\\u001b");
  });

  test.each([
    "parallelization://runs/run-9",
    "parallelization://runs/",
    "parallelization://runs/run-1/tasks/x/log",
    "parallelization://runs/run-1/tasks/__proto__/log",
    "parallelization://runs/run-1/secrets",
    "parallelization://runs/%E0%A4%A/report",
    "file:///etc/passwd",
  ])("%s is not there", async (uri) => {
    await expect(readResource(uri, await scene())).rejects.toMatchObject({ code: -32_602 });
  });
});

describe("prompts", () => {
  test("are three, and say what is to be done", () => {
    expect(listPrompts().map(({ name }) => name)).toEqual(["parallelize", "review_conflicts", "explain_run"]);
    expect(JSON.stringify(getPrompt("parallelize", { goal: "Add login" }))).toContain("Add login");
    expect(JSON.stringify(getPrompt("explain_run", { executionId: "run-1" }))).toContain("run-1");
    expect(JSON.stringify(getPrompt("review_conflicts"))).toContain("latest run");
  });

  test("refuse what they cannot work with", () => {
    expect(() => getPrompt("parallelize")).toThrow("goal");
    expect(() => getPrompt("__proto__")).toThrow("Unknown prompt");
  });
});

test("the instructions every model reads stay short", () => {
  expect(instructions.length).toBeLessThanOrEqual(1_800);
});
