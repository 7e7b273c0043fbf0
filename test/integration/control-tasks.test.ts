/** Single tasks of a real run, controlled from its own process and from another one, with real git and processes. */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ProblemError } from "../../src/schema/problem.ts";
import { createServices, type Services } from "../../src/services.ts";
import { makeRepository } from "../rig/git-rig.ts";
import { openWorld, scripted, scriptedRun, type RunWorld } from "../rig/whole-run.ts";

/** The shell of an agent that goes on when a file is there. */
const until = (path: string): string => `while [ ! -e '${path}' ]; do sleep 0.02; done`;

type Runs = Services["runs"];

/** The runs of this process, or of another one that knows the machine's list of runs only. */
const from = {
  "its own process": (world: RunWorld): Runs => world.services.runs,
  "another process": (world: RunWorld): Runs => createServices({ stateFolder: world.state }).runs,
};

async function untilState(runs: Runs, id: string, wanted: Readonly<Record<string, string>>): Promise<void> {
  await expect
    .poll(
      async () => {
        const { tasks } = await runs.view(id);
        return Object.fromEntries(Object.keys(wanted).map((task) => [task, tasks.get(task)?.state]));
      },
      { timeout: 20_000, interval: 20 },
    )
    .toEqual(wanted);
}

describe.each(Object.entries(from))("from %s", (_name, open) => {
  test("a task that failed is retried, and what it makes is merged with what waited for it (C12)", async () => {
    await using world = await openWorld();
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const [ready, go] = [join(world.scratch, "ready"), join(world.scratch, "go")];
    const runs = open(world);
    const tasks = [
      scripted("api", `[ -e '${ready}' ]; echo api > api.txt`),
      scripted("form", "cp api.txt form.txt", { dependsOn: ["api"] }),
      scripted("slow", `${until(go)}; echo slow > slow.txt`),
      scripted("later", "echo later > later.txt", { dependsOn: ["slow"] }),
    ];
    const id = await world.services.runs.start(scriptedRun(repository.root, tasks), {});
    await untilState(runs, id, { api: "failed", form: "skipped", slow: "running", later: "skipped" });
    await writeFile(ready, "");
    expect(await runs.controlTask(id, { action: "retry" })).toBe(
      "'api' is done again, with its attempts allowed anew. Waiting again with it: form.",
    );
    await untilState(runs, id, { api: "succeeded", form: "succeeded", slow: "running", later: "waiting" });
    await writeFile(go, "");
    const view = await world.services.runs.wait(id, { waitMs: 30_000 });
    expect(view).toMatchObject({ status: "completed", apply: { applied: true } });
    expect(await repository.read("form.txt")).toBe("api\n");
    expect(await repository.read("later.txt")).toBe("later\n");
    await expect(runs.controlTask(id, { action: "retry", taskId: "api" })).rejects.toThrow("has ended (completed)");
  });

  test("a task at work is skipped: its agent ends, what it had done is kept, the rest is merged (C12)", async () => {
    await using world = await openWorld();
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const runs = open(world);
    const tasks = [
      scripted("stuck", "echo half > half.txt; sleep 1000"),
      scripted("next", "echo next > next.txt", { dependsOn: ["stuck"] }),
      scripted("good", "echo good > good.txt"),
    ];
    const input = scriptedRun(repository.root, tasks, { executionStrategy: "aggressive" });
    const id = await world.services.runs.start(input, {});
    await untilState(runs, id, { stuck: "running", good: "succeeded" });
    await expect
      .poll(async () => (await runs.view(id)).tasks.get("stuck")?.operation, { timeout: 20_000 })
      .toBeDefined();
    const did = await runs.controlTask(id, { action: "skip", taskId: "stuck", reason: "not wanted" });
    expect(did).toContain("'stuck' is skipped. What its agent had done is kept as a partial result.");
    expect(did).toContain("skipped with it: next");
    const view = await world.services.runs.wait(id, { waitMs: 30_000 });
    expect(view.status).toBe("partial");
    expect(view.tasks.get("stuck")).toMatchObject({
      state: "skipped",
      skippedReason: "not wanted",
      outcome: { partial: true },
    });
    expect(view.tasks.get("stuck")?.changes.map(({ file }) => file)).toEqual(["half.txt"]);
    expect(view.tasks.get("next")).toMatchObject({ state: "skipped", attempts: 0 });
    expect(await repository.read("good.txt")).toBe("good\n");
    expect(await repository.read("half.txt")).toBeUndefined();
  });

  test("an agent that reads nothing after its task is not steered, and the run is as it was (C12)", async () => {
    await using world = await openWorld();
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const runs = open(world);
    const go = join(world.scratch, "go");
    const tasks = [{ id: "a", description: "wait", command: { shell: until(go) } }];
    const id = await world.services.runs.start({ workspace: repository.root, tasks }, {}, { commandsApproved: true });
    await untilState(runs, id, { a: "running" });
    const refused: unknown = await runs
      .controlTask(id, { action: "steer", taskId: "a", text: "hurry" })
      .catch((error: unknown) => error);
    expect((refused as ProblemError).problem).toMatchObject({ code: "CANNOT_BE_STEERED" });
    await writeFile(go, "");
    const view = await world.services.runs.wait(id, { waitMs: 30_000 });
    expect(view.status).toBe("completed");
    expect(view.tasks.get("a")).not.toHaveProperty("steers");
  });
});

test("a request that names what the run does not have is passed over (C6)", async () => {
  await using world = await openWorld();
  await using repository = await makeRepository({ "kept.txt": "kept\n" });
  const go = join(world.scratch, "go");
  const { runs } = world.services;
  const id = await runs.start(scriptedRun(repository.root, [scripted("a", until(go))]), {});
  await untilState(runs, id, { a: "running" });
  const requests = join(repository.root, ".parallelization/runs", id, "requests");
  await mkdir(requests, { recursive: true });
  for (const [name, request] of Object.entries({
    unknown: { type: "retry", taskId: "nobody" },
    proto: { type: "skip", taskId: "__proto__", reason: "r" },
    wrong: { type: "steer", taskId: "a", text: 5 },
  }))
    await writeFile(join(requests, `${name}.json`), JSON.stringify(request));
  await expect.poll(() => readdir(requests), { timeout: 20_000 }).toEqual([]);
  await writeFile(go, "");
  expect((await runs.wait(id, { waitMs: 30_000 })).status).toBe("completed");
});
