import * as fs from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runText } from "../../src/report/run-text.ts";
import { makeRepository } from "../rig/git-rig.ts";
import { openWorld, scripted, scriptedRun, told, userFiles } from "../rig/whole-run.ts";

describe("line ends", () => {
  const settings = ["true", "input", "false"] as const;

  it.each(settings)(
    "are what the repository wants with autocrlf %s, and undo brings every byte back (C21)",
    async (autocrlf) => {
      await using world = await openWorld();
      await using repo = await makeRepository({
        ".gitattributes": "*.bat text eol=crlf\n*.sh text eol=lf\n*.bin -text\n",
        "run.bat": "a\r\nb\r\n",
        "run.sh": "a\nb\n",
        "raw.bin": "a\r\nb\n",
        "mixed.bin": "x\r\n",
      });
      await repo.git("config", "core.autocrlf", autocrlf);
      const end = autocrlf === "true" ? "\r\n" : "\n";
      await repo.commit("text", { "text.txt": `one${end}two${end}`, "other.txt": `one${end}two${end}` });
      const before = await userFiles(repo.root);
      const view = await world.run(
        scriptedRun(repo.root, [
          scripted(
            "append",
            `printf 'c\\r\\n' >> run.bat; printf 'c\\n' >> run.sh; printf 'c\\r\\n' >> raw.bin; printf 'three${end === "\n" ? "\\n" : "\\r\\n"}' >> text.txt`,
          ),
          scripted("create", "printf 'n\\n' > new.bat; printf 'n\\n' > new.txt"),
        ]),
      );
      expect(told(view)).toMatchObject({
        status: "completed",
        files: ["new.bat", "new.txt", "raw.bin", "run.bat", "run.sh", "text.txt"],
      });
      expect(await repo.read("run.bat")).toBe("a\r\nb\r\nc\r\n");
      expect(await repo.read("run.sh")).toBe("a\nb\nc\n");
      expect(await repo.read("raw.bin")).toBe("a\r\nb\nc\r\n");
      expect(await repo.read("text.txt")).toBe(["one", "two", "three", ""].join(end));
      expect(await repo.read("new.bat")).toBe("n\r\n");
      expect(await repo.read("new.txt")).toBe(`n${end}`);
      await world.undo(view);
      expect(await userFiles(repo.root)).toEqual(before);
    },
  );
});

describe("files behind a filter such as LFS", () => {
  it("are held with the task that touches them, and the rest is applied (C21)", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository({
      ".gitattributes": "*.png filter=lfs diff=lfs merge=lfs -text\n",
      "a.txt": "a\n",
    });
    const marker = join(repo.scratch, "filter-ran");
    await repo.git("config", "filter.lfs.clean", `touch ${marker}; cat`);
    await repo.git("config", "filter.lfs.smudge", `touch ${marker}; cat`);
    await repo.commit("image", { "image.png": "version https://git-lfs.github.com/spec/v1\n" });
    await repo.write({ "image.png": "the real picture\n" });
    await fs.rm(marker);
    const before = await userFiles(repo.root);
    const view = await world.run(
      scriptedRun(repo.root, [
        scripted("draw", "echo new > image.png; echo b > b.txt"),
        scripted("write", "echo more >> a.txt"),
        scripted("builds-on", "echo c > c.txt", { dependsOn: ["draw"] }),
      ]),
    );
    expect(view.merge?.held).toEqual([
      { taskId: "draw", conflictIds: [], reason: "image.png goes through the filter 'lfs', such as LFS" },
      { taskId: "builds-on", conflictIds: [], reason: expect.stringContaining("draw") },
    ]);
    expect(told(view)).toMatchObject({ status: "partial", applied: true, files: ["a.txt"] });
    expect(runText(view)).toMatch(/HELD, not merged \(2\).*\n.*draw +image\.png goes through the filter 'lfs'/);
    expect(await repo.read("image.png")).toBe("the real picture\n");
    await world.undo(view);
    expect(await userFiles(repo.root)).toEqual(before);
    await expect(fs.stat(marker)).rejects.toThrow("ENOENT");
  });
});
