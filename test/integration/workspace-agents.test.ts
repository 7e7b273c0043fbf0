import * as fs from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeRepository } from "../rig/git-rig.ts";
import { openWorld, scripted, scriptedRun, told, userFiles } from "../rig/whole-run.ts";

describe("a task's outcome", () => {
  it("of an agent that changes nothing is a success without files", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository({ "a.txt": "a\n" });
    const before = await userFiles(repo.root);
    const view = await world.run(
      scriptedRun(repo.root, [scripted("looks", "cat a.txt"), scripted("touches", "touch a.txt")]),
    );
    expect(told(view)).toMatchObject({ status: "completed", files: [] });
    expect(view.tasks.get("looks")).toMatchObject({ state: "succeeded", changes: [] });
    expect(await userFiles(repo.root)).toEqual(before);
  });

  it("holds repositories that its agent made inside as plain files (C19)", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository({ "a.txt": "a\n" });
    const before = await userFiles(repo.root);
    const script =
      "mkdir -p pkg/deep; git -C pkg init -q; echo x > pkg/x.txt; git -C pkg add .; git -C pkg -c user.name=n -c user.email=e commit -qm inner; git -C pkg/deep init -q; echo y > pkg/deep/y.txt; git add -A; git commit -qm outer; git checkout -q -b elsewhere";
    const view = await world.run(scriptedRun(repo.root, [scripted("nest", script)]));
    expect(told(view)).toMatchObject({ status: "completed", files: ["pkg/deep/y.txt", "pkg/x.txt"] });
    expect(await fs.readdir(join(repo.root, "pkg"))).toEqual(["deep", "x.txt"]);
    await world.undo(view);
    expect(await userFiles(repo.root)).toEqual(before);
  });

  it("of an agent that deletes its whole workspace is a failure that says so, and nobody else suffers (C21)", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository({ "a.txt": "a\n", "b.txt": "b\n" });
    const before = await userFiles(repo.root);
    const view = await world.run(
      scriptedRun(
        repo.root,
        [
          scripted("deletes", 'rm -rf -- "$PWD"'),
          scripted("empties", "rm -rf -- * .git"),
          scripted("works", "echo more >> a.txt"),
        ],
        { executionStrategy: "aggressive" },
      ),
    );
    expect(view.tasks.get("deletes")).toMatchObject({
      state: "failed",
      outcome: { error: { message: expect.stringMatching(/is no longer the folder it was|cannot remove/) } },
    });
    expect(view.tasks.get("empties")?.changes.map(({ file, type }) => `${type} ${file}`)).toEqual([
      "delete a.txt",
      "delete b.txt",
    ]);
    expect(view.tasks.get("works")).toMatchObject({ state: "succeeded" });
    expect(view.apply?.applied).toBe(true);
    await world.undo(view);
    expect(await userFiles(repo.root)).toEqual(before);
  });
});
