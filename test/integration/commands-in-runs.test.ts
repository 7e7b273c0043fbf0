import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runConflicts } from "../../src/engines/coordination/runs/run-conflicts.ts";
import { ProblemError } from "../../src/schema/problem.ts";
import type { ExecuteInput } from "../../src/schema/workflow.ts";
import { createServices } from "../../src/services.ts";
import { makeRepository, type TestRepository } from "../rig/git-rig.ts";

/** Runs tasks on a repository; commands are approved as they are for a file named on the command line. */
async function runOn(repository: TestRepository, input: ExecuteInput, commandsApproved = true) {
  const { runs } = createServices({ stateFolder: join(repository.scratch, "state") });
  const id = await runs.start({ workspace: repository.root, ...input }, {}, { commandsApproved });
  return runs.wait(id, { waitMs: 60_000 });
}

const node = (script: string): string[] => [process.execPath, "-e", script];
const writes = (file: string, text: string): string[] =>
  node(`require("fs").writeFileSync("${file}", ${JSON.stringify(text)})`);

describe("programs as agents", () => {
  test("work side by side in folders of their own, and their files are merged (C1, C4, C22)", async () => {
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const view = await runOn(repository, {
      maxParallelAgents: 2,
      tasks: [
        { id: "a", description: "write a", command: writes("a.txt", "A\n") },
        { id: "b", description: "write b", command: writes("b.txt", "B\n") },
        {
          id: "both",
          description: "join them",
          dependsOn: ["a", "b"],
          command: { shell: "cat a.txt b.txt > both.txt" },
        },
      ],
    });
    expect(view.status).toBe("completed");
    expect(await repository.read("both.txt")).toBe("A\nB\n");
  });

  test("may not run from a client unless the user allowed them, and then nothing has changed (C6)", async () => {
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const tasks = [{ id: "a", description: "a", command: ["rm", "-rf", "."] }];
    const refused = await runOn(repository, { tasks }, false).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ProblemError);
    expect((refused as ProblemError).problem).toMatchObject({ code: "COMMAND_NOT_ALLOWED", field: "tasks[0].command" });
    expect((refused as ProblemError).problem.advice).toContain("PARALLELIZATION_ALLOW_COMMANDS");
    expect(await repository.status()).toEqual([]);
  });

  test("fail with their exit code and last words, and what depends on them is skipped (C2, C12)", async () => {
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const view = await runOn(repository, {
      executionStrategy: "aggressive",
      tasks: [
        { id: "bad", description: "bad", command: node('console.error("no disk"); process.exit(3)') },
        { id: "next", description: "next", dependsOn: ["bad"], command: writes("next.txt", "") },
        { id: "good", description: "good", command: writes("good.txt", "G\n") },
      ],
    });
    expect(view.status).toBe("partial");
    expect(view.tasks.get("bad")?.outcome?.error?.message).toMatch(/3[\s\S]*no disk/);
    expect(view.tasks.get("next")?.state).toBe("skipped");
    expect(await repository.read("good.txt")).toBe("G\n");
  });

  test("find their folder prepared by the setup command, and are judged by the task's verify command", async () => {
    await using repository = await makeRepository({ "kept.txt": "kept\n", ".gitignore": "ready\n" });
    const tasks = [
      {
        id: "checked",
        description: "a",
        command: node('require("fs").copyFileSync("ready", "copy.txt")'),
        verify: "test -s copy.txt",
      },
      { id: "wrong", description: "b", command: writes("wrong.txt", ""), verify: ["test", "-s", "wrong.txt"] },
    ];
    const view = await runOn(repository, { executionStrategy: "aggressive", setup: writes("ready", "yes\n"), tasks });
    expect(view.tasks.get("checked")?.state).toBe("succeeded");
    expect(view.tasks.get("wrong")?.outcome?.error).toMatchObject({ name: "VerifyFailed" });
    expect(await repository.read("copy.txt")).toBe("yes\n");
    expect(await repository.read("wrong.txt")).toBeUndefined();
  });

  test("that fail the run's verify command together are told from the rest, which is merged and verified (C20, C24)", async () => {
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const view = await runOn(repository, {
      verify: { shell: "test ! -e b.txt || test ! -e d.txt || { echo b and d clash; exit 3; }" },
      tasks: ["a", "b", "c", "d", "e"].map((id) => ({ id, description: id, command: writes(`${id}.txt`, `${id}\n`) })),
    });
    expect(view.status).toBe("partial");
    expect(view.merge?.merged).toEqual(["a", "b", "c", "e"]);
    expect(view.merge?.held).toMatchObject([{ taskId: "d", conflictIds: ["c1"] }]);
    expect(view.conflicts).toMatchObject([
      { type: "semantic", severity: "high", tasks: ["b", "d"], detectionMethod: "verify command" },
    ]);
    expect(view.conflicts[0]?.description).toMatch(
      /'b' and 'd' pass 'shell: test .*' apart and fail it together.*exit code 3/,
    );
    expect(view.conflicts[0]?.description).toContain("b and d clash");
    expect(await repository.status()).toEqual(["?? a.txt", "?? b.txt", "?? c.txt", "?? e.txt"]);
  });

  test("are held, and nobody is blamed, when what they started from fails the verify command too", async () => {
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const view = await runOn(repository, {
      verify: ["test", "-e", "never.txt"],
      tasks: [
        { id: "a", description: "a", command: writes("a.txt", "A\n") },
        { id: "b", description: "b", command: writes("b.txt", "B\n") },
      ],
    });
    expect(view.merge).toMatchObject({ merged: [], held: [{ taskId: "a" }, { taskId: "b" }] });
    expect(view.conflicts).toHaveLength(1);
    expect(view.conflicts[0]?.description).toContain("What the run started from does not pass it either");
    expect(runConflicts(view)).toMatchObject({ ok: true, value: { resolutionStrategy: "rollback" } });
    expect(await repository.status()).toEqual([]);
  });

  test.each([
    [
      "a command for an executor that runs none",
      { id: "a", description: "a", executor: "simulated", command: ["true"] },
    ],
    ["no command for the one that needs one", { id: "a", description: "a", executor: "command" }],
    ["shell signs without a shell", { id: "a", description: "a", command: "echo a > b" }],
  ])("are refused with %s (C6)", async (_, task) => {
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const refused = await runOn(repository, { tasks: [task] }).catch((error: unknown) => error);
    expect((refused as ProblemError).problem).toMatchObject({ code: "INVALID_ARGUMENT", field: "tasks[0].command" });
  });
});
