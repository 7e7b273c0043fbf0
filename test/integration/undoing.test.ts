import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { apply, failingWorld, recover, undo } from "../rig/apply-rig.ts";
import { fingerprint } from "../rig/git-rig.ts";
import { merged, openMergeRig } from "../rig/merge-rig.ts";

describe("undoing", () => {
  const content = {
    "crlf.txt": "one\r\ntwo\r\n",
    "run.sh": { executable: "#!/bin/sh\n" },
    "gone/deep/a.txt": "a\n",
    "data.bin": new Uint8Array([0, 255, 13, 10, 128]),
    link: { link: "crlf.txt" },
    was: "a file\n",
  };
  const edits = {
    "crlf.txt": "one\r\nagent\r\n",
    "run.sh": null,
    "gone/deep/a.txt": null,
    "data.bin": new Uint8Array([1, 2, 3, 0]),
    link: { link: "run2.sh" },
    "run2.sh": { executable: "#!/bin/sh\necho\n" },
    "made/here/b.txt": "b\n",
  };

  test("restores every byte and permission, and removes what was made (C21)", async () => {
    await using rig = await openMergeRig(content);
    await chmod(join(rig.repository.root, "crlf.txt"), 0o600);
    await chmod(join(rig.repository.root, "gone"), 0o750);
    const before = await fingerprint(rig.repository.root);
    const applied = await apply(rig, await merged(rig, edits));
    expect(applied.applied).toBe(true);
    expect(await fingerprint(rig.repository.root)).not.toEqual(before);
    expect(await rig.files.status(join(rig.repository.root, "gone"))).toBeUndefined();
    expect(await undo(rig)).toEqual({ ok: true, value: applied.files.toSorted() });
    expect(await fingerprint(rig.repository.root)).toEqual(before);
    expect(await undo(rig)).toEqual({ ok: false, error: "there is nothing to undo" });
    expect(
      await apply(
        rig,
        (await rig.git.run(["rev-parse", "refs/runs/run-1/merged"], { gitDir: rig.shadow.gitDir })).text.trim(),
      ),
    ).toMatchObject({ applied: true });
    expect(await undo(rig)).toMatchObject({ ok: true });
  });

  test("is refused as a whole when a file has been changed since", async () => {
    await using rig = await openMergeRig({ a: "1\n", b: "1\n" });
    await apply(rig, await merged(rig, { a: "2\n", b: "2\n" }));
    await rig.repository.write({ b: "mine\n" });
    expect(await undo(rig)).toEqual({ ok: false, error: "b changed since; nothing was undone" });
    expect(await rig.repository.read("a")).toBe("2\n");
    expect(await rig.repository.read("b")).toBe("mine\n");
  });

  test.each(["fails", "dies"] as const)(
    "whatever step of writing %s, the files are all old or all new (C21)",
    async (kind) => {
      await using rig = await openMergeRig(content);
      const commit = await merged(rig, edits);
      const { root } = rig.repository;
      const old = await fingerprint(root);
      let step = 0;
      let applied = 0;
      for (let finished = false; !finished;) {
        step += 1;
        const world = failingWorld(rig, step, kind);
        const attempt = apply(rig, commit, world);
        // The living say what happened; the dead say nothing.
        const outcome = kind === "fails" ? await attempt : await attempt.catch(() => undefined);
        if (kind === "dies") await recover(rig);
        const isNew = (await readFile(join(root, "crlf.txt"), "utf8")) === edits["crlf.txt"];
        applied += isNew ? 1 : 0;
        // Only an apply that was finished leaves the new files, and only all of them: the undo would find out.
        const whole = isNew ? await undo(rig) : { ok: true };
        expect({ whole: whole.ok, said: outcome?.applied ?? isNew }, `step ${step}`).toEqual({
          whole: true,
          said: isNew,
        });
        expect(await fingerprint(root), `step ${step}`).toEqual(old);
        finished = !world.reached();
      }
      expect(applied).toBeGreaterThan(0);
      expect(step).toBeGreaterThan(20);
    },
    120_000,
  );

  test("a death at any step of undoing is made good too, permissions of folders included (C21)", async () => {
    await using rig = await openMergeRig(content);
    const { root } = rig.repository;
    await chmod(join(root, "gone"), 0o750);
    const old = await fingerprint(root);
    const commit = await merged(rig, edits);
    let step = 0;
    for (let finished = false; !finished;) {
      step += 1;
      expect(await apply(rig, commit)).toMatchObject({ applied: true });
      const world = failingWorld(rig, step, "dies");
      const undone = await undo(rig, world).catch(() => ({ ok: false }));
      finished = !world.reached();
      expect(undone.ok, `step ${step}`).toBe(finished);
      await recover(rig);
      if (JSON.stringify(await fingerprint(root)) !== JSON.stringify(old)) await undo(rig);
      expect(await fingerprint(root), `step ${step}`).toEqual(old);
    }
    expect(step).toBeGreaterThan(10);
  }, 60_000);

  test("what somebody wrote after a death is left alone and reported", async () => {
    await using rig = await openMergeRig({ a: "1\n", b: "1\n" });
    const commit = await merged(rig, { a: "2\n", b: "2\n" });
    for (let step = 1; (await rig.repository.read("a")) !== "2\n"; step++) {
      await apply(rig, commit, failingWorld(rig, step, "dies")).catch(() => {});
      if ((await rig.repository.read("a")) !== "2\n") await recover(rig);
    }
    await rig.repository.write({ b: "mine\n" });
    expect(await recover(rig)).toMatchObject([{ executionId: "run-1", restored: ["a"], left: ["b"] }]);
    expect(await rig.repository.read("a")).toBe("1\n");
    expect(await rig.repository.read("b")).toBe("mine\n");
  });
});
