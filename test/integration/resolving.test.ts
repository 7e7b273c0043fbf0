import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runConflicts } from "../../src/engines/coordination/runs/run-conflicts.ts";
import { isOpen } from "../../src/schema/conflict.ts";
import { ProblemError } from "../../src/schema/problem.ts";
import type { ExecuteInput } from "../../src/schema/workflow.ts";
import { createServices, type Services } from "../../src/services.ts";
import { typeCommand } from "../rig/typed-command.ts";
import { makeRepository, type TestRepository } from "../rig/git-rig.ts";

const text = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n";
const change = (id: string, find: string, replace: string, more: object = {}) => ({
  id,
  description: `change ${find}`,
  estimatedMinutes: 1,
  simulate: { edits: [{ file: "a.txt", type: "modify" as const, find, replace }] },
  ...more,
});

/** Two agents change adjoining lines; the first one's result is merged, the second one's is held. */
const clash: ExecuteInput["tasks"] = [change("up", "two", "TWO"), change("down", "three", "THREE")];

const wait = 60_000;

async function held(services: Services, repository: TestRepository, more: Partial<ExecuteInput> = {}): Promise<string> {
  const input = { tasks: clash, workspace: repository.root, apply: "merge" as const, ...more };
  const executionId = await services.runs.start(input, {}, { commandsApproved: true });
  const view = await services.runs.wait(executionId, { waitMs: wait });
  expect(view.status).toBe("partial");
  return executionId;
}

const servicesOf = (repository: TestRepository) => createServices({ stateFolder: join(repository.scratch, "state") });

const refusal = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof ProblemError ? error.problem : error;
};

describe("a conflict of a run that has ended", () => {
  test("is resolved by taking one agent's result: the files go from the other's to it, around what the user did (C20)", async () => {
    await using repository = await makeRepository({ "a.txt": text, "mine.txt": "mine\n" });
    const services = servicesOf(repository);
    const id = await held(services, repository);
    expect(await repository.read("a.txt")).toBe(text.replace("two", "TWO"));
    await repository.write({ "a.txt": `${text.replace("two", "TWO")}my own line\n`, "mine.txt": "changed\n" });
    const choice = { conflictId: "c1", option: "prefer-agent", taskId: "down" };
    const { preview } = await services.runs.resolve(id, { ...choice, preview: true }, wait);
    expect(preview).toMatchObject({ possible: true, merged: ["down"], held: [{ taskId: "up" }] });
    expect(preview?.files).toMatchObject([{ file: "a.txt", addedLines: 2, removedLines: 2 }]);
    expect((await services.runs.view(id)).resolutions).toEqual([]);
    const decided = await services.runs.resolve(id, choice, wait);
    expect(decided).toMatchObject({ done: true });
    expect(await repository.read("a.txt")).toBe(`${text.replace("three", "THREE")}my own line\n`);
    expect(await repository.read("mine.txt")).toBe("changed\n");
    const view = await createServices({ stateFolder: join(repository.scratch, "state") }).runs.view(id);
    expect(view).toMatchObject({ status: "partial", merge: { merged: ["down"], held: [{ taskId: "up" }] } });
    expect(view.conflicts.filter(isOpen)).toEqual([]);
    expect(runConflicts(view)).toMatchObject({ value: { hasConflicts: false } });
    expect(await services.runs.resolve(id, choice, wait)).toMatchObject({ did: expect.stringContaining("already") });
  });

  test("can be decided anew, and everything that was written is undone to the byte (C20, C21)", async () => {
    await using repository = await makeRepository({ "a.txt": text });
    const services = servicesOf(repository);
    const id = await held(services, repository);
    await services.runs.resolve(id, { conflictId: "c1", option: "prefer-agent", taskId: "down" }, wait);
    await services.runs.resolve(id, { conflictId: "c1", option: "prefer-agent", agentId: "up" }, wait);
    expect(await repository.read("a.txt")).toBe(text.replace("two", "TWO"));
    await services.runs.undo(id);
    expect(await repository.read("a.txt")).toBe(text);
    await services.runs.apply(id);
    expect(await repository.read("a.txt")).toBe(text.replace("two", "TWO"));
  });

  test("is resolved by doing the held task again on top of the merged results (C20)", async () => {
    await using repository = await makeRepository({ "a.txt": text });
    const services = servicesOf(repository);
    const more = (id: string, dependsOn: string[]) => ({
      id,
      description: id,
      dependsOn,
      simulate: { edits: [{ file: `${id}.txt`, type: "create" as const, content: `${id}\n` }] },
    });
    const tasks = [...(clash ?? []), more("x", ["up"]), more("y", ["up"]), more("later", ["down"])];
    const id = await held(services, repository, { tasks });
    const preview = await services.runs.resolve(
      id,
      { conflictId: "c1", option: "sequential-retry", preview: true },
      wait,
    );
    expect(preview.did).toContain("After it also what was built on it: later");
    const decided = await services.runs.resolve(id, { conflictId: "c1", option: "sequential-retry" }, wait);
    expect(decided).toMatchObject({ done: true });
    const view = await servicesOf(repository).runs.view(id);
    expect(await repository.read("a.txt")).toBe(text.replace("two", "TWO").replace("three", "THREE"));
    expect(await repository.read("later.txt")).toBe("later\n");
    expect(view).toMatchObject({ status: "completed", merge: { held: [] } });
    expect(view.merge?.merged.toSorted()).toEqual(["down", "later", "up", "x", "y"]);
    expect(view.tasks.get("down")?.attempts).toBe(2);
  });

  test("is resolved by doing the held task again the way it succeeded: by its fallback (C20, D1)", async () => {
    await using repository = await makeRepository({ "a.txt": text });
    const services = servicesOf(repository);
    const edits = [{ file: "a.txt", type: "modify" as const, find: "three", replace: "THREE" }];
    const down = { id: "down", description: "by hand", estimatedMinutes: 1, simulate: { fail: true as const } };
    const tasks = [
      change("up", "two", "TWO", { priority: 1 }),
      { ...down, fallback: { description: "by script", simulate: { edits } } },
    ];
    const id = await held(services, repository, { tasks });
    const decided = await services.runs.resolve(id, { conflictId: "c1", option: "sequential-retry" }, wait);
    expect(decided).toMatchObject({ done: true });
    expect(await repository.read("a.txt")).toBe(text.replace("two", "TWO").replace("three", "THREE"));
    const view = await servicesOf(repository).runs.view(id);
    expect(view).toMatchObject({ status: "completed" });
    expect(view.tasks.get("down")).toMatchObject({ attempts: 3, fallback: true });
  });

  test("is resolved by hand in a folder with conflict markers, which is taken over when none is left (C20)", async () => {
    await using repository = await makeRepository({ "a.txt": text });
    const services = servicesOf(repository);
    const id = await held(services, repository);
    const manual = { conflictId: "c1", option: "manual" };
    expect((await refusal(services.runs.resolve(id, { ...manual, proceed: true }, wait))) as object).toMatchObject({
      code: "INVALID_ARGUMENT",
    });
    const opened = await services.runs.resolve(id, manual, wait);
    const file = join(opened.folder ?? "", "a.txt");
    expect(readFileSync(file, "utf8")).toMatch(/<{7} .*merged-results\n/);
    const other = servicesOf(repository);
    expect(await other.runs.resolve(id, manual, wait)).toMatchObject({ folder: opened.folder });
    expect((await other.runs.view(id)).conflicts.filter(isOpen)).toHaveLength(1);
    expect(await other.runs.resolve(id, { ...manual, proceed: true }, wait)).toMatchObject({
      done: false,
      did: "Nothing was changed: conflict markers are left in a.txt.",
    });
    writeFileSync(file, text.replace("two", "TWO").replace("three", "both"));
    expect(await other.runs.resolve(id, { ...manual, proceed: true }, wait)).toMatchObject({ done: true });
    expect(await repository.read("a.txt")).toBe(text.replace("two", "TWO").replace("three", "both"));
    expect(await other.runs.view(id)).toMatchObject({ status: "completed", merge: { merged: ["up", "down"] } });
    await other.runs.remove(id);
    expect(existsSync(file)).toBe(false);
  });

  test("is resolved by taking none of its results, and the user's later edits stay (C20, C21)", async () => {
    await using repository = await makeRepository({ "a.txt": text });
    const services = servicesOf(repository);
    const id = await held(services, repository);
    await repository.write({ "a.txt": `${text.replace("two", "TWO")}mine\n` });
    await services.runs.resolve(id, { conflictId: "c1", option: "rollback" }, wait);
    expect(await repository.read("a.txt")).toBe(`${text}mine\n`);
    expect((await services.runs.view(id)).merge).toMatchObject({ merged: [] });
  });

  test("is not resolved when the outcome does not pass the run's verification: everything stays as it was (C20)", async () => {
    await using repository = await makeRepository({ "a.txt": text });
    const services = servicesOf(repository);
    const verify = ["sh", "-c", "! grep -q THREE a.txt"];
    const id = await held(services, repository, { verify });
    const before = await services.runs.view(id);
    const decided = await services.runs.resolve(id, { conflictId: "c1", option: "prefer-agent", taskId: "down" }, wait);
    expect(decided).toMatchObject({ done: false, did: expect.stringContaining("do not pass") });
    expect(await repository.read("a.txt")).toBe(text.replace("two", "TWO"));
    const after = await services.runs.view(id);
    expect({ ...after, seq: 0, at: 0, endedAt: 0, gaps: [], unresolved: "" }).toEqual({
      ...before,
      seq: 0,
      at: 0,
      endedAt: 0,
      gaps: [],
      unresolved: "",
    });
  });

  test("is resolved on the command line, which shows first what would change", async () => {
    await using repository = await makeRepository({ "a.txt": text });
    const services = servicesOf(repository);
    const id = await held(services, repository);
    const type = (...words: string[]) =>
      typeCommand(["resolve", id, "c1", ...words], { services: () => Promise.resolve(services) });
    const looked = await type("prefer-agent", "--agent", "down", "--preview");
    expect(looked.code).toBe(0);
    expect(looked.out).toMatch(/1 file would change\s\(\+2 -2\)/);
    expect(looked.out).toContain("modify a.txt");
    expect(await repository.read("a.txt")).toBe(text.replace("two", "TWO"));
    const refused = await type("prefer-agent");
    expect(refused.code).toBe(2);
    expect(refused.notes).toContain("prefer-agent needs the task");
    expect(await type("manual", "--continue")).toMatchObject({ code: 2 });
    expect(await type("manual")).toMatchObject({ code: 4, out: expect.stringContaining("--continue") });
    expect(await type("sequential-retry", "--json")).toMatchObject({ code: 0 });
    expect(await repository.read("a.txt")).toBe(text.replace("two", "TWO").replace("three", "THREE"));
    const conflicts = await typeCommand(["conflicts", id], { services: () => Promise.resolve(services) });
    expect(conflicts).toMatchObject({ code: 0, out: expect.stringContaining("c1 sequential-retry (down)") });
  });

  test("refuses what does not exist, with what is allowed", async () => {
    await using repository = await makeRepository({ "a.txt": text });
    const { runs } = servicesOf(repository);
    const id = await held(servicesOf(repository), repository);
    expect(await refusal(runs.resolve(id, { conflictId: "c9", option: "merge" }, wait))).toMatchObject({
      code: "UNKNOWN_CONFLICT",
      allowed: ["c1"],
    });
    expect(await refusal(runs.resolve(id, { conflictId: "c1", option: "merge" }, wait))).toMatchObject({
      code: "INVALID_ARGUMENT",
      allowed: ["prefer-agent", "sequential-retry", "manual", "rollback"],
    });
    expect(await refusal(runs.resolve(id, { conflictId: "c1", option: "prefer-agent" }, wait))).toMatchObject({
      field: "taskId",
      allowed: ["up", "down"],
    });
    expect(await refusal(runs.resolve(id, { conflictId: "c1", option: "manual", taskId: "up" }, wait))).toMatchObject({
      field: "taskId",
      allowed: ["down"],
    });
  });
});
