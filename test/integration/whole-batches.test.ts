/** What becomes of the user's files: safe changes go in, the rest waits for a person, a failure leaves all as it was. */
import { describe, expect, test } from "vitest";
import { runConflicts } from "../../src/engines/coordination/runs/run-conflicts.ts";
import { isOpen } from "../../src/schema/conflict.ts";
import { mostAtOnce, runBoth, working } from "../rig/both-kinds.ts";
import { makeRepository } from "../rig/git-rig.ts";
import { userFiles } from "../rig/whole-run.ts";

const text = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n";
const change = (find: string) => ({ file: "a.txt", find, replace: find.toUpperCase() });
const added = (id: string) => [{ file: `${id}.txt`, content: `${id}\n` }];
const files = { "a.txt": text, "run.sh": { executable: "#!/bin/sh\n" }, "mine.txt": "mine\n" };
const wait = 60_000;

describe.each(["simulated", "command"] as const)("with %s agents", (kind) => {
  test("changes that are safe merge by themselves, and what contradicts waits for a person's choice (C20)", async () => {
    await using repository = await makeRepository(files);
    const tasks = [
      working(kind, "up", [change("two")]),
      working(kind, "down", [change("three")]),
      working(kind, "far", [change("eight")]),
    ];
    const { id, view, services } = await runBoth(kind, repository, { tasks });
    expect(view).toMatchObject({ status: "partial", merge: { merged: ["up", "far"], held: [{ taskId: "down" }] } });
    expect(await repository.read("a.txt")).toBe(text.replace("two", "TWO").replace("eight", "EIGHT"));
    expect(view.conflicts.filter(isOpen)).toMatchObject([{ id: "c1", tasks: ["up", "down"] }]);
    const told = runConflicts(view);
    const options = told.ok ? (told.value.conflicts.find((each) => each.id === "c1")?.resolutionOptions ?? []) : [];
    expect(options.map(({ strategy, preview }) => [strategy, preview])).toEqual([
      ["prefer-agent", "TWO"],
      ["prefer-agent", "THREE"],
      [
        "sequential-retry",
        `'down' is done again by ${kind} on top of 2 merged results, and told what was in its way; then its result is merged.`,
      ],
      ["manual", "A folder is made with the merged results and 'down', for you to edit a.txt."],
      [
        "rollback",
        `'up' (1 file, +1 -1) and 'down' (1 file, +1 -1) would not be merged; the results are kept. To the line: resolve it with text "preview".`,
      ],
    ]);
    const choice = { conflictId: "c1", option: "prefer-agent", taskId: "down" };
    expect(await services.runs.resolve(id, choice, wait)).toMatchObject({ done: true });
    expect(await repository.read("a.txt")).toBe(text.replace("three", "THREE").replace("eight", "EIGHT"));
    expect(await services.runs.resolve(id, { conflictId: "c1", option: "rollback" }, wait)).toMatchObject({
      done: true,
    });
    expect(await repository.read("a.txt")).toBe(text.replace("eight", "EIGHT"));
    await services.runs.undo(id);
    expect(await repository.read("a.txt")).toBe(text);
  });

  test("a merge that fails the project's own check is rolled back: nothing of it is written (C20, C21)", async () => {
    await using repository = await makeRepository({
      ...files,
      "check.sh": { executable: "#!/bin/sh\n! grep -q TWO a.txt\n" },
    });
    const before = await userFiles(repository.root);
    const tasks = [working(kind, "breaks", [change("two")])];
    const { view } = await runBoth(kind, repository, { tasks, verify: ["./check.sh"] });
    expect(view).toMatchObject({ status: "partial", merge: { merged: [], held: [{ taskId: "breaks" }] } });
    expect(view.apply).toBeUndefined();
    expect(await userFiles(repository.root)).toEqual(before);
  });

  test("an agent that fails leaves every original as it was, and what it did is kept aside (C21)", async () => {
    await using repository = await makeRepository(files);
    await repository.write({ "mine.txt": "not committed\n" });
    const before = await userFiles(repository.root);
    const work = [change("two"), { file: "run.sh", content: "#!/bin/sh\nexit 1\n" }, ...added("new")];
    const { view } = await runBoth(kind, repository, { tasks: [working(kind, "breaks", work, { fails: true })] });
    expect(view.status).toBe("failed");
    expect(view.tasks.get("breaks")?.outcome).toMatchObject({ success: false, partial: true });
    expect(view.tasks.get("breaks")?.outcome?.commit).toMatch(/^[0-9a-f]{40,64}$/);
    expect(await userFiles(repository.root)).toEqual(before);
  });

  test("a batch lands whole or not at all: the one in which an agent fails is left out, those before it stand (C21)", async () => {
    await using repository = await makeRepository(files);
    const tasks = [
      working(kind, "first-1", added("first-1")),
      working(kind, "first-2", [change("one")]),
      working(kind, "second-1", added("second-1"), { dependsOn: ["first-1", "first-2"] }),
      working(kind, "second-2", [change("eight")], { dependsOn: ["first-1", "first-2"], fails: true }),
    ];
    const { view, events } = await runBoth(kind, repository, { tasks, mode: "batch" });
    expect(mostAtOnce(events, ["first-1", "first-2"])).toBe(2);
    expect(view.merge).toMatchObject({
      merged: ["first-1", "first-2"],
      held: [
        {
          taskId: "second-1",
          reason: "another task of its level did not succeed and the strategy is conservative",
        },
      ],
    });
    expect(await repository.read("a.txt")).toBe(text.replace("one", "ONE"));
    expect(await repository.read("first-1.txt")).toBe("first-1\n");
    expect(await repository.read("second-1.txt")).toBeUndefined();
  });

  test("a task that does not pass its own check is a failure: its batch is left out as well (C21)", async () => {
    await using repository = await makeRepository(files);
    const before = await userFiles(repository.root);
    const tasks = [
      working(kind, "good", added("good")),
      working(kind, "unchecked", [change("one")], { verify: ["grep", "-q", "nowhere", "a.txt"] }),
    ];
    const { view } = await runBoth(kind, repository, { tasks });
    expect(view.tasks.get("unchecked")?.outcome).toMatchObject({ success: false });
    expect(view.merge?.merged ?? []).toEqual([]);
    expect(await userFiles(repository.root)).toEqual(before);
  });

  test("what was written is taken back to the byte, permissions and links included (C21)", async () => {
    await using repository = await makeRepository({ ...files, link: { link: "a.txt" } });
    await repository.write({ "mine.txt": "not committed\r\n" });
    const before = await userFiles(repository.root);
    const work = [change("two"), { file: "run.sh", content: "echo\n" }, { file: "mine.txt", content: "agent\n" }];
    const { id, view, services } = await runBoth(kind, repository, {
      tasks: [working(kind, "writes", [...work, { file: "deep/new.txt", content: "new\n" }])],
    });
    expect(view).toMatchObject({ status: "completed", apply: { applied: true } });
    expect(await userFiles(repository.root)).not.toEqual(before);
    await services.runs.undo(id);
    expect(await userFiles(repository.root)).toEqual(before);
  });
});
