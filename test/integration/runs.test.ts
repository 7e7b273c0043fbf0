import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readJournal } from "../../src/engines/journal/journal.ts";
import { createServices, type Services } from "../../src/services.ts";
import { ProblemError } from "../../src/schema/problem.ts";
import type { ExecuteInput } from "../../src/schema/workflow.ts";
import { fingerprint, makeRepository, temporaryFolder } from "../rig/git-rig.ts";

const edit = (file: string, content: string) => ({ edits: [{ file, type: "create" as const, content }] });
const twoFiles: ExecuteInput["tasks"] = [
  { id: "a", description: "write a", simulate: edit("a.txt", "A\n") },
  { id: "b", description: "write b", dependsOn: ["a"], simulate: edit("b.txt", "B\n") },
];

const finish = async (services: Services, input: ExecuteInput) => {
  const id = await services.runs.start(input, {});
  return services.runs.wait(id, { waitMs: 30_000 });
};

const refusal = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof ProblemError ? error.problem.code : error;
};

describe("runs on disk", () => {
  test("are merged but not applied when simulated, until somebody applies them, and can be taken back (C4, C19)", async () => {
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const services = createServices({ stateFolder: join(repository.scratch, "state") });
    const before = await fingerprint(repository.root);
    const view = await finish(services, { tasks: twoFiles, workspace: repository.root });
    const { executionId } = view.spec;
    expect(view.status).toBe("completed");
    expect(view.merge?.merged).toEqual(["a", "b"]);
    expect(await repository.read("a.txt")).toBeUndefined();
    await services.runs.apply(executionId);
    expect(await repository.read("b.txt")).toBe("B\n");
    expect(await refusal(services.runs.apply(executionId))).toBe("NOTHING_TO_APPLY");
    await services.runs.undo(executionId);
    expect(await repository.read("a.txt")).toBeUndefined();
    expect(await refusal(services.runs.undo(executionId))).toBe("NOTHING_TO_APPLY");
    await services.runs.remove(executionId);
    expect(await refusal(services.runs.view(executionId))).toBe("UNKNOWN_RUN");
    expect((await fingerprint(repository.root)).filter((line) => !line.includes(".parallelization"))).toEqual(before);
  });

  test.each([
    { name: "that touches no files", here: false },
    { name: "with workspaces of its own", here: true },
  ])("go on to their end when somebody who listens throws: a run $name", async ({ here }) => {
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const services = createServices({ stateFolder: join(repository.scratch, "state") });
    let heard = 0;
    const onEvent = (): never => {
      heard += 1;
      throw new Error("the listener is broken");
    };
    const input: ExecuteInput = { tasks: twoFiles, ...(here && { workspace: repository.root }) };
    const id = await services.runs.start(input, {}, { onEvent });
    const view = await services.runs.wait(id, { waitMs: 30_000 });
    expect(view.status).toBe("completed");
    expect(heard).toBe(view.seq);
  });

  test("go onto a branch without touching a file when asked (C4)", async () => {
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const services = createServices({ stateFolder: join(repository.scratch, "state") });
    const view = await finish(services, { tasks: twoFiles, workspace: repository.root, apply: "branch" });
    expect(view.status).toBe("completed");
    expect(await repository.status()).toEqual([]);
    const branch = `parallelization/${view.spec.executionId}`;
    expect(await repository.git("show", `${branch}:b.txt`)).toBe("B");
  });

  test("leave a journal, a report and a folder that ignores itself (C4, E4)", async () => {
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const services = createServices({ stateFolder: join(repository.scratch, "state") });
    const view = await finish(services, { tasks: twoFiles, workspace: repository.root });
    const folder = join(repository.root, ".parallelization", "runs", view.spec.executionId);
    const journal = await readJournal({ files: services.files, folder });
    expect(journal.ok && journal.value.length).toBe(view.seq);
    expect(readFileSync(join(folder, "report.md"), "utf8")).toContain("write a");
    expect(await repository.status()).toEqual([]);
  });

  test("are the same run for the same idempotency key", async () => {
    await using folder = await temporaryFolder();
    const services = createServices({ stateFolder: folder.path });
    const input = { tasks: [{ id: "a", description: "a" }], idempotencyKey: "once", workspace: folder.path };
    const ids = await Promise.all([1, 2, 3].map(() => services.runs.start(input, {})));
    expect(new Set(ids).size).toBe(1);
    await services.runs.wait(ids[0] ?? "", { waitMs: 20_000 });
    expect(await createServices({ stateFolder: folder.path }).runs.start(input, {})).toBe(ids[0]);
    expect((await services.runs.recent(10)).map((view) => view.spec.executionId)).toEqual([ids[0]]);
  });

  test("can be read by another process, and say when the process that ran them is gone (C12)", async () => {
    await using folder = await temporaryFolder();
    const ours = createServices({ stateFolder: folder.path });
    const hanging = [{ id: "a", description: "a", simulate: { hang: true }, timeoutMinutes: 1_000 }];
    const id = await ours.runs.start({ tasks: hanging, workspace: folder.path, simulation: { realTime: 1 } }, {});
    const theirs = createServices({ stateFolder: folder.path });
    expect((await theirs.runs.view(id)).status).toBe("running");
    await ours.runs.shutdown();
    expect((await theirs.runs.view(id)).status).toBe("interrupted");
    expect(await refusal(theirs.runs.cancel(id, "too late"))).toBe("RUN_NOT_ACTIVE");
    expect(await refusal(ours.runs.start({ tasks: hanging }, {}))).toBe("RUN_NOT_ACTIVE");
  });

  test("can be answered and cancelled from another process (C9)", async () => {
    await using folder = await temporaryFolder();
    const ours = createServices({ stateFolder: folder.path });
    const theirs = createServices({ stateFolder: folder.path });
    const question = { text: "Which port?", options: ["80", "8080"] };
    const tasks = [
      { id: "asks", description: "asks", simulate: { question, minutes: 1 } },
      { id: "waits", description: "waits", simulate: { hang: true }, timeoutMinutes: 1_000 },
    ];
    const id = await ours.runs.start({ tasks, workspace: folder.path, simulation: { realTime: 0.001 } }, {});
    const asked = new Promise<void>((resolve) => {
      ours.runs.watch(id, (event) => event.type === "task.asked" && resolve());
    });
    await asked;
    await theirs.runs.answer(id, { answer: "80" });
    await theirs.runs.cancel(id, "enough");
    const view = await ours.runs.wait(id, { waitMs: 20_000 });
    expect(view.questions[0]).toMatchObject({ answer: "80", answeredBy: "person" });
    expect(view).toMatchObject({ status: "cancelled", cancelReason: "enough" });
  });

  test("answer to the one who waits as soon as an agent asks, and go on with the answer (C9)", async () => {
    await using folder = await temporaryFolder();
    const { runs } = createServices({ stateFolder: folder.path });
    const question = { text: "Which port?", options: ["80", "8080"] };
    const tasks = [{ id: "a", description: "a", simulate: { question, minutes: 1 } }];
    const id = await runs.start({ tasks, workspace: folder.path, simulation: { realTime: 0.01 } }, {});
    const asked = await runs.wait(id, { waitMs: 20_000 });
    expect(asked.status).toBe("blocked");
    expect(await refusal(runs.answer(id, { questionId: "other", answer: "x" }))).toBe("UNKNOWN_QUESTION");
    await runs.answer(id, { answer: "8080" });
    const ended = await runs.wait(id, { waitMs: 20_000 });
    expect(ended.questions[0]?.answer).toBe("8080");
    expect(ended.status).toBe("completed");
  });

  test("stop when cancelled and keep what is done (C9)", async () => {
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const { runs } = createServices({ stateFolder: join(repository.scratch, "state") });
    const tasks = [
      { id: "quick", description: "quick", simulate: { ...edit("quick.txt", "1\n"), minutes: 0.001 } },
      { id: "stuck", description: "stuck", simulate: { hang: true }, timeoutMinutes: 1_000 },
    ];
    const input = { tasks, workspace: repository.root, maxParallelAgents: 2, simulation: { realTime: 1 } };
    const id = await runs.start(input, {});
    const done = new Promise<void>((resolve) => {
      runs.watch(id, (event) => event.type === "task.finished" && resolve());
    });
    await done;
    await runs.cancel(id, "enough");
    const view = await runs.wait(id, { waitMs: 20_000 });
    expect(view.status).toBe("cancelled");
    expect(view.tasks.get("quick")?.outcome?.commit).toMatch(/^[0-9a-f]{40}$/);
    expect(await refusal(runs.cancel(id, "again"))).toBe("RUN_NOT_ACTIVE");
  });

  test("simulate a thousand tasks without a workspace", async () => {
    await using folder = await temporaryFolder();
    const services = createServices({ stateFolder: folder.path });
    const tasks = Array.from({ length: 1_000 }, (_, number) => ({
      id: `t${number}`,
      description: `task ${number}`,
      ...(number >= 50 && { dependsOn: [`t${number - 50}`] }),
    }));
    const view = await finish(services, {
      tasks,
      workspace: folder.path,
      maxParallelAgents: 20,
      simulation: { failureRate: 0 },
    });
    expect(view.status).toBe("completed");
    expect(view.tasks.size).toBe(1_000);
  });
});

describe("a call that cannot be carried out changes nothing and says why", () => {
  test("Claude Code that is not installed (C6)", async () => {
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const environment = { PARALLELIZATION_CLAUDE: join(repository.scratch, "no-claude-here") };
    const { runs, files } = createServices({ stateFolder: join(repository.scratch, "state"), environment });
    const input = { executor: "claude-code", workspace: repository.root, tasks: [{ id: "a", description: "a" }] };
    const error: unknown = await runs.start(input, {}).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProblemError);
    expect((error as ProblemError).problem).toMatchObject({ code: "EXECUTOR_NOT_AVAILABLE", field: "executor" });
    expect((error as ProblemError).problem.error).toMatch(/no-claude-here.*PARALLELIZATION_CLAUDE/);
    expect(await files.list(repository.root)).not.toContain(".parallelization");
    expect(await files.list(repository.scratch)).not.toContain("state");
  });

  const task = { id: "a", description: "a" };
  test.each([
    ["nothing to execute", {}, "NO_TASKS"],
    ["no tasks", { tasks: [] }, "NO_TASKS"],
    ["two sources of tasks", { tasks: [task], planId: "plan-x" }, "NO_TASKS"],
    ["an unknown plan", { planId: "plan-00000000-0000000000" }, "UNKNOWN_PLAN"],
    ["an unknown executor", { tasks: [task], executor: "robot" }, "UNKNOWN_EXECUTOR"],
    ["no agents", { tasks: [task], maxParallelAgents: 0 }, "AGENTS_OUT_OF_RANGE"],
    ["too many agents", { tasks: [task], maxParallelAgents: 101 }, "AGENTS_OUT_OF_RANGE"],
    [
      "a cycle",
      {
        tasks: [
          { ...task, dependsOn: ["b"] },
          { id: "b", description: "b", dependsOn: ["a"] },
        ],
      },
      "DEPENDENCY_CYCLE",
    ],
    ["duplicate ids", { tasks: [task, task] }, "DUPLICATE_TASK_ID"],
    [
      "too many tasks",
      { tasks: Array.from({ length: 2_001 }, (_, n) => ({ id: `t${n}`, description: "x" })) },
      "TOO_MANY_TASKS",
    ],
    ["minutes of 0", { tasks: [{ ...task, estimatedMinutes: 0 }] }, "MINUTES_OUT_OF_RANGE"],
    ["minutes of 1441", { tasks: [{ ...task, estimatedMinutes: 1_441 }] }, "MINUTES_OUT_OF_RANGE"],
    [
      "a limit out of range",
      { tasks: [task], constraints: { resourceLimits: { maxMemoryMB: 99 } } },
      "INVALID_ARGUMENT",
    ],
    ["an edit outside", { tasks: [{ ...task, simulate: edit("../x", "") }] }, "PATH_OUTSIDE_WORKSPACE"],
    ["a workspace that is not there", { tasks: [task], workspace: "/no/such/folder" }, "WORKSPACE_NOT_FOUND"],
    ["the root as workspace", { tasks: [task], workspace: "/" }, "WORKSPACE_NOT_ALLOWED"],
    ["nothing to apply", { tasks: [task], apply: "merge" }, "INVALID_ARGUMENT"],
  ] as [string, ExecuteInput, string][])("%s (C6)", async (_, input, code) => {
    await using folder = await temporaryFolder();
    const { runs, files } = createServices({ stateFolder: join(folder.path, "state") });
    const workspace = join(folder.path, "work");
    await files.makeFolder(workspace);
    expect(await refusal(runs.start({ workspace, ...input }, {}))).toBe(code);
    expect(await files.list(folder.path)).toEqual(["work"]);
    expect(await files.list(workspace)).toEqual([]);
  });
});
