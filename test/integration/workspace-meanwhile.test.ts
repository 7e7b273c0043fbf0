import { execFile } from "node:child_process";
import * as fs from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { gitFingerprint, makeRepository, type FileContent, type TestRepository } from "../rig/git-rig.ts";
import {
  openWorld,
  scripted,
  scriptedRun,
  simulatedRun,
  told,
  userFiles,
  writing,
  type RunWorld,
} from "../rig/whole-run.ts";
import type { RunView } from "../../src/engines/progress/run-view.ts";

const files: Readonly<Record<string, FileContent>> = {
  "a.txt": "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
  "b.txt": "b\n",
  "gone.txt": "gone\n",
};

/** The agent edits the first line of a.txt and adds a file, after the user has done something. */
async function runWhile(world: RunWorld, repo: TestRepository, act: () => Promise<unknown>): Promise<RunView> {
  const gate = join(repo.scratch, "gate");
  await promisify(execFile)("mkfifo", [gate]);
  const script = `cat '${gate}' > /dev/null; sed -i 's/^1$/one/' a.txt; echo new > new.txt`;
  const meanwhile = async (): Promise<void> => {
    try {
      await act();
    } finally {
      await fs.writeFile(gate, "go\n");
    }
  };
  return world.run(scriptedRun(repo.root, [scripted("edit", script)]), { after: "task.started", act: meanwhile });
}

describe("while agents work, their user", () => {
  it("commits, and the commit, HEAD and index stay theirs; both changes are in the file (C21)", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository(files);
    let git: readonly string[] = [];
    const view = await runWhile(world, repo, async () => {
      await repo.commit("meanwhile", { "a.txt": "1\n2\n3\n4\n5\n6\n7\n8\nnine\n" });
      git = await gitFingerprint(repo.root);
    });
    expect(told(view)).toMatchObject({ status: "completed", files: ["a.txt", "new.txt"] });
    expect(await repo.read("a.txt")).toBe("one\n2\n3\n4\n5\n6\n7\n8\nnine\n");
    expect(await gitFingerprint(repo.root)).toEqual(git);
    await world.undo(view);
    expect(await repo.read("a.txt")).toBe("1\n2\n3\n4\n5\n6\n7\n8\nnine\n");
    expect(await repo.status()).toEqual([]);
  });

  it("switches to another branch, and the results are joined with what is there (C21)", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository(files);
    await repo.git("switch", "-qc", "other");
    await repo.commit("other", { "b.txt": "other\n", "only-here.txt": "x\n" });
    await repo.git("switch", "-q", "main");
    let git: readonly string[] = [];
    const view = await runWhile(world, repo, async () => {
      await repo.git("switch", "-q", "other");
      git = await gitFingerprint(repo.root);
    });
    expect(told(view)).toMatchObject({ status: "completed", files: ["a.txt", "new.txt"] });
    expect(await repo.read("b.txt")).toBe("other\n");
    expect(await repo.read("only-here.txt")).toBe("x\n");
    expect(await gitFingerprint(repo.root)).toEqual(git);
    expect(await repo.git("branch", "--show-current")).toBe("other");
  });

  it("deletes a file nobody else needs, and it stays deleted; undo leaves it so (C21)", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository(files);
    const view = await runWhile(world, repo, () => repo.write({ "gone.txt": null }));
    expect(told(view)).toMatchObject({ status: "completed", files: ["a.txt", "new.txt"] });
    await world.undo(view);
    expect(await repo.status()).toEqual([" D gone.txt"]);
  });

  const clashes: readonly (readonly [what: string, change: Readonly<Record<string, FileContent>>])[] = [
    ["deletes the very file", { "a.txt": null }],
    ["changes the very line", { "a.txt": "ONE\n2\n3\n4\n5\n6\n7\n8\n9\n" }],
    ["makes a file of the same name", { "new.txt": "mine\n" }],
    ["makes a folder of the same name", { "new.txt/mine.txt": "mine\n" }],
    ["puts a link where the file was", { "a.txt": { link: "b.txt" } }],
  ];
  it.each(clashes)(
    "%s, and nothing of theirs changes: the results are kept and can be applied later (C21)",
    async (_what, change) => {
      await using world = await openWorld();
      await using repo = await makeRepository(files);
      let mine: readonly string[] = [];
      const view = await runWhile(world, repo, async () => {
        await repo.write(change);
        mine = await userFiles(repo.root);
      });
      expect(told(view)).toMatchObject({ status: "partial", applied: false, files: [] });
      expect(view.apply?.reason).not.toBe("");
      expect(await userFiles(repo.root)).toEqual(mine);
      await repo.git("stash", "--include-untracked", "--quiet");
      await world.services.runs.apply(view.spec.executionId);
      expect(await repo.read("a.txt")).toMatch(/^one\n2\n/);
    },
  );

  it("begins a merge that conflicts, and nothing is written into it (C21)", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository(files);
    await repo.git("switch", "-qc", "other");
    await repo.commit("other", { "b.txt": "other\n" });
    await repo.git("switch", "-q", "main");
    await repo.commit("ours", { "b.txt": "ours\n" });
    let mine: readonly string[] = [];
    const view = await runWhile(world, repo, async () => {
      await repo.git("merge", "other").catch(() => "");
      mine = await userFiles(repo.root);
    });
    expect(told(view)).toMatchObject({
      status: "partial",
      applied: false,
      reason: expect.stringContaining("unresolved conflicts"),
    });
    expect(await userFiles(repo.root)).toEqual(mine);
    await repo.git("merge", "--abort");
    await world.services.runs.apply(view.spec.executionId);
    expect(await repo.read("new.txt")).toBe("new\n");
  });

  it("moves the whole workspace away, and no agent works on half of it; nothing is made in its place (C21)", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository(files);
    const aside = join(repo.scratch, "aside");
    const before = await userFiles(repo.root);
    const moveAway = { after: "task.started", act: () => fs.rename(repo.root, aside) } as const;
    const view = await world.run(scriptedRun(repo.root, [scripted("edit", "echo new > new.txt")]), moveAway);
    expect(told(view)).toMatchObject({ status: "failed", applied: undefined });
    expect(view.tasks.get("edit")?.skippedReason).toMatch(/could be read|Making a workspace for edit failed/);
    await expect(fs.stat(repo.root)).rejects.toThrow("ENOENT");
    expect(await userFiles(aside)).toEqual(before);
  });

  it("moves the workspace away while an agent works in its own, and the run fails with the reason (C21)", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository(files);
    const [up, gate, aside] = ["up", "gate", "aside"].map((name) => join(repo.scratch, name)) as [
      string,
      string,
      string,
    ];
    await promisify(execFile)("mkfifo", [up, gate]);
    const before = await userFiles(repo.root);
    const moveAway = async (): Promise<void> => {
      await fs.readFile(up);
      await fs.rename(repo.root, aside);
      await fs.writeFile(gate, "go\n");
    };
    const script = `echo up > '${up}'; cat '${gate}' > /dev/null; echo new > new.txt; rm gone.txt`;
    const [view] = await Promise.all([world.run(scriptedRun(repo.root, [scripted("edit", script)])), moveAway()]);
    expect(told(view)).toMatchObject({ status: "failed", applied: undefined });
    expect(view.tasks.get("edit")?.outcome?.error?.message).toMatch(/could not be (read|recorded)/);
    await expect(fs.stat(repo.root)).rejects.toThrow("ENOENT");
    expect(await userFiles(aside)).toEqual(before);
  });
});

describe("two runs at once in one workspace", () => {
  it("both are written, the second merged onto what the first has written (C18, C21)", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository(files);
    const before = await userFiles(repo.root);
    const [first, second] = await Promise.all([
      world.run(scriptedRun(repo.root, [scripted("one", "sed -i 's/^1$/one/' a.txt; echo 1 > one.txt")])),
      world.run(scriptedRun(repo.root, [scripted("nine", "sed -i 's/^9$/nine/' a.txt; echo 2 > two.txt")])),
    ]);
    for (const view of [first, second]) expect(view.apply).toMatchObject({ applied: true });
    expect(await repo.read("a.txt")).toBe("one\n2\n3\n4\n5\n6\n7\n8\nnine\n");
    expect([await repo.read("one.txt"), await repo.read("two.txt")]).toEqual(["1\n", "2\n"]);
    expect(await userFiles(repo.root)).not.toEqual(before);
    const undone = await Promise.allSettled([world.undo(first), world.undo(second)]);
    // Where the one that wrote first was to be undone first, the other's lines stood in its way.
    const refused = [first, second].filter((_, index) => undone[index]?.status === "rejected");
    for (const view of refused) await world.undo(view);
    expect(refused.length).toBeLessThan(2);
    expect(await userFiles(repo.root)).toEqual(before);
  });

  it("that change the same line end too: the later one is held, and can be applied after the first is undone (C21)", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository(files);
    const before = await userFiles(repo.root);
    const views = await Promise.all(
      ["eins", "un"].map((word) =>
        world.run(
          simulatedRun(repo.root, [
            {
              id: word,
              description: word,
              simulate: { edits: [{ file: "a.txt", type: "modify", find: "1\n", replace: `${word}\n` }] },
            },
          ]),
        ),
      ),
    );
    const applied = views.filter((view) => view.apply?.applied);
    const held = views.filter((view) => !view.apply?.applied);
    expect([applied.length, held.length]).toEqual([1, 1]);
    expect(held[0]?.apply?.reason).toMatch(/at the same place meanwhile/);
    await world.undo(applied[0] as RunView);
    expect(await userFiles(repo.root)).toEqual(before);
    await world.services.runs.apply(held[0]?.spec.executionId ?? "");
    expect(await repo.read("a.txt")).toMatch(/^(eins|un)\n2\n/);
  });

  it("are told apart from a third that comes later and starts from what they left", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository(files);
    await world.run(simulatedRun(repo.root, [writing("one", { "one.txt": "1\n" })]));
    const view = await world.run(scriptedRun(repo.root, [scripted("adds", "cat one.txt > two.txt")]));
    expect(told(view)).toMatchObject({ status: "completed", files: ["two.txt"] });
    expect(await repo.read("two.txt")).toBe("1\n");
  });
});
