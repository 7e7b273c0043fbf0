import * as fs from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeRepository, temporaryFolder, writeFiles } from "../rig/git-rig.ts";
import { openWorld, scripted, scriptedRun, told, userFiles } from "../rig/whole-run.ts";

const modeOf = async (path: string): Promise<string> => ((await fs.lstat(path)).mode & 0o777).toString(8);

describe("executable bits and permissions", () => {
  it("are kept on edited files, set where an agent sets them, and restored by undo (C19, C21)", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository({
      "run.sh": { executable: "#!/bin/sh\n" },
      "plain.sh": "#!/bin/sh\n",
      "secret.txt": "s\n",
      "loses.sh": { executable: "x\n" },
    });
    await fs.chmod(join(repo.root, "secret.txt"), 0o600);
    await fs.chmod(join(repo.root, "run.sh"), 0o750);
    const before = await userFiles(repo.root);
    const script =
      "echo 1 >> run.sh; chmod +x plain.sh; echo 2 >> secret.txt; chmod -x loses.sh; echo n > new.sh; chmod +x new.sh";
    const view = await world.run(scriptedRun(repo.root, [scripted("modes", script)]));
    expect(told(view)).toMatchObject({
      status: "completed",
      files: ["loses.sh", "new.sh", "plain.sh", "run.sh", "secret.txt"],
    });
    const modes = ["run.sh", "plain.sh", "secret.txt", "loses.sh", "new.sh"].map((name) =>
      modeOf(join(repo.root, name)),
    );
    expect(await Promise.all(modes)).toEqual(["750", "755", "600", "644", "755"]);
    await world.undo(view);
    expect(await userFiles(repo.root)).toEqual(before);
  });

  it("do not stop an apply to a file that is read-only, which stays so and comes back so (C21)", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository({ "locked.txt": "1\n" });
    await fs.chmod(join(repo.root, "locked.txt"), 0o444);
    const before = await userFiles(repo.root);
    const view = await world.run(
      scriptedRun(repo.root, [scripted("edit", "chmod u+w locked.txt; echo 2 >> locked.txt")]),
    );
    expect(told(view)).toMatchObject({ status: "completed", files: ["locked.txt"] });
    expect(await repo.read("locked.txt")).toBe("1\n2\n");
    expect(await modeOf(join(repo.root, "locked.txt"))).toBe("444");
    await world.undo(view);
    expect(await userFiles(repo.root)).toEqual(before);
  });
});

describe("symbolic links", () => {
  it("to files, to folders and to nothing are made, moved and undone as links (C19, C21)", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository({
      "file.txt": "f\n",
      "folder/in.txt": "i\n",
      "to-file": { link: "file.txt" },
      "to-folder": { link: "folder" },
      "to-nothing": { link: "nowhere" },
      "to-outside": { link: "/etc/hostname" },
    });
    const before = await userFiles(repo.root);
    const script =
      "ln -sfn folder/in.txt to-file; ln -s ../file.txt folder/up; rm to-folder; echo x > to-folder; ln -s gone dangling; rm to-nothing; echo now a file > to-nothing; rm file.txt; ln -s folder file.txt";
    const view = await world.run(scriptedRun(repo.root, [scripted("links", script)]));
    expect(told(view)).toMatchObject({ status: "completed", applied: true });
    expect(await fs.readlink(join(repo.root, "to-file"))).toBe("folder/in.txt");
    expect(await fs.readlink(join(repo.root, "folder/up"))).toBe("../file.txt");
    expect(await fs.readlink(join(repo.root, "file.txt"))).toBe("folder");
    expect(await fs.readlink(join(repo.root, "to-outside"))).toBe("/etc/hostname");
    expect(await repo.read("to-folder")).toBe("x\n");
    expect(await repo.read("to-nothing")).toBe("now a file\n");
    await world.undo(view);
    expect(await userFiles(repo.root)).toEqual(before);
  });

  it("that an agent makes lead out are held with the reason, and a file behind a link outside is never written (C21)", async () => {
    await using world = await openWorld();
    await using folder = await temporaryFolder();
    await writeFiles(folder.path, {
      "outside/x.txt": "x\n",
      "project/a.txt": "a\n",
      "project/link": { link: "../outside" },
    });
    const root = join(folder.path, "project");
    const before = await userFiles(folder.path);
    const view = await world.run(
      scriptedRun(root, [
        scripted("link", "ln -s /etc/passwd stolen; echo b > b.txt"),
        scripted("up", "ln -s ../../outside up"),
        scripted("honest", "echo more >> a.txt"),
        scripted("through", "rm link; mkdir link; echo changed > link/x.txt"),
      ]),
    );
    expect(view.merge?.held.map(({ taskId, reason }) => `${taskId}: ${reason}`)).toEqual([
      "link: stolen is a link that leads out of the workspace",
      "up: up is a link that leads out of the workspace",
      "through: link/x.txt needs a folder where a link is",
    ]);
    expect(told(view)).toMatchObject({ status: "partial", applied: true, files: ["a.txt"] });
    expect(await fs.readFile(join(folder.path, "outside/x.txt"), "utf8")).toBe("x\n");
    await world.undo(view);
    expect(await userFiles(folder.path)).toEqual(before);
  });
});

describe("file names", () => {
  const names = [
    " leading and  inner blanks ",
    "quote'\"`$(x)",
    "line\nbreak.txt",
    "-rf",
    "--help",
    ":(glob)x",
    "tab\tname",
    "😀 ünïcode 日本語.txt",
    "back\\slash",
    "*?[x]",
    "#hash",
    "!bang",
    "é.txt".normalize("NFD"),
    "Case.txt",
    "case.txt",
    "CON",
    "deep/-/ /x",
    `${"n".repeat(250)}.txt`,
  ];

  it("may be anything that is valid UTF-8: created, changed, renamed, deleted and undone (C19, C21)", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository(Object.fromEntries(names.map((name) => [name, `${name}\n`])));
    const before = await userFiles(repo.root);
    const script = `
      find . -path ./.git -prune -o -type f -print0 | while IFS= read -r -d '' file; do echo changed >> "$file"; done
      mkdir -- '-new' ; printf new > $'-new/with\\nbreak \\xf0\\x9f\\x98\\x80'
    `;
    const others = scripted("rename", "mv -- -rf '-fr '; rm -- '#hash'", { dependsOn: ["change"] });
    const view = await world.run(scriptedRun(repo.root, [scripted("change", script), others]));
    expect(told(view)).toMatchObject({ status: "completed", applied: true, reason: undefined });
    const gone = new Set(["-rf", "#hash"]);
    expect(view.apply?.files.toSorted()).toEqual([...names, "-fr ", "-new/with\nbreak 😀"].toSorted());
    for (const name of names.filter((each) => !gone.has(each))) {
      expect(await repo.read(name)).toBe(`${name}\nchanged\n`);
    }
    expect(await repo.read("-fr ")).toBe("-rf\nchanged\n");
    await world.undo(view);
    expect(await userFiles(repo.root)).toEqual(before);
  });

  it("that are not UTF-8 are left as they are; only a task that touches one is held, with the reason (C21)", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository({ "a.txt": "a\n" });
    const odd = Buffer.concat([Buffer.from(`${repo.root}/odd-`), Buffer.from([0xff, 0xe9])]);
    await fs.writeFile(odd, "odd\n");
    await repo.commit("odd");
    const before = await userFiles(repo.root);
    const view = await world.run(
      scriptedRun(repo.root, [
        scripted("odd", "echo more >> odd-*; echo b > b.txt"),
        scripted("plain", "echo more >> a.txt"),
      ]),
    );
    expect(view.merge?.held).toEqual([
      { taskId: "odd", conflictIds: [], reason: expect.stringContaining("has a name that is not valid UTF-8") },
    ]);
    expect(told(view)).toMatchObject({ status: "partial", applied: true, files: ["a.txt"] });
    await world.undo(view);
    expect(await userFiles(repo.root)).toEqual(before);
  });
});
