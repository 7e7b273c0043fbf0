import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ExecuteInput } from "../../src/schema/workflow.ts";
import { createServices } from "../../src/services.ts";
import { makeRepository } from "../rig/git-rig.ts";

/** What this process holds on to: files that are open, programs it started, and whatever else keeps it alive. */
async function held() {
  const children = await readFile(`/proc/self/task/${process.pid}/children`, "utf8");
  return {
    files: (await readdir("/proc/self/fd")).length,
    children: children.split(" ").filter(Boolean).length,
    timers: process.getActiveResourcesInfo().filter((name) => name === "Timeout").length,
  };
}

describe.runIf(process.platform === "linux")("many runs in one process", () => {
  test("leave no file open, no program and no timer behind, whether they touch files or not (C27)", async () => {
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const { runs } = createServices({ stateFolder: join(repository.scratch, "state") });
    const tasks: ExecuteInput["tasks"] = Array.from({ length: 10 }, (_, number) => ({
      id: `t${number}`,
      description: `Task number ${number}`,
      dependsOn: number < 3 ? [] : [`t${number - 3}`],
      simulate: number % 4 === 1 ? { fail: true as const } : {},
    }));
    const input: ExecuteInput = { tasks, executor: "simulated", maxParallelAgents: 3 };
    const edits = [{ file: "a.txt", type: "create" as const, content: "A\n" }];
    const inWorkspace: ExecuteInput = {
      tasks: [{ id: "a", description: "write a", simulate: { edits } }],
      workspace: repository.root,
      executor: "simulated",
    };
    const play = async (each: ExecuteInput): Promise<void> => {
      await runs.wait(await runs.start(each, {}), { waitMs: 60_000 });
    };
    await play(input);
    await play(inWorkspace);
    const before = await held();
    for (let run = 0; run < 20; run++) await play(input);
    await play(inWorkspace);
    await runs.shutdown();
    expect(await held()).toEqual(before);
  }, 120_000);
});
