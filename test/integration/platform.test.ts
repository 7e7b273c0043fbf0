import * as fs from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gitCli } from "../../src/platform/git-cli.ts";
import { nodeFiles } from "../../src/platform/node-files.ts";
import { GitFailure } from "../../src/ports/git.ts";
import { makeRepository, temporaryFolder } from "../rig/git-rig.ts";

describe("gitCli", () => {
  it("takes nothing from the environment", async () => {
    await using repo = await makeRepository({ "a.txt": "a\n" });
    const inherited = {
      GIT_DIR: "/nowhere",
      GIT_INDEX_FILE: "/nowhere",
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "a.b",
      GIT_CONFIG_VALUE_0: "c",
    };
    Object.assign(process.env, inherited);
    try {
      const git = gitCli();
      expect((await git.run(["rev-parse", "--show-toplevel"], { cwd: repo.root })).text).toBe(`${repo.root}\n`);
      expect((await git.run(["config", "a.b"], { cwd: repo.root, answers: [1] })).exitCode).toBe(1);
    } finally {
      for (const name of Object.keys(inherited)) delete process.env[name];
    }
  });

  it("gives an exit code that is an answer, and throws every other with what git said", async () => {
    await using repo = await makeRepository();
    const git = gitCli();
    const call = { cwd: repo.root };
    expect((await git.run(["rev-parse", "-q", "--verify", "HEAD"], { ...call, answers: [1] })).exitCode).toBe(1);
    await expect(git.run(["cat-file", "blob", "nothing"], call)).rejects.toThrow(GitFailure);
    await expect(git.run(["cat-file", "blob", "nothing"], call)).rejects.toThrow(
      /git cat-file blob nothing failed \(128\): fatal/,
    );
    await expect(gitCli({ programPath: join(repo.scratch, "none") }).run(["status"], call)).rejects.toThrow(
      /could not be started/,
    );
  });

  it("passes bytes through unchanged, and answers more calls at once than it runs", async () => {
    await using repo = await makeRepository();
    const git = gitCli();
    const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => index % 256);
    const ids = await Promise.all(
      Array.from({ length: 30 }, () => git.run(["hash-object", "-w", "--stdin"], { cwd: repo.root, input: bytes })),
    );
    const [id] = new Set(ids.map((answer) => answer.text.trim()));
    const back = await git.run(["cat-file", "blob", id ?? ""], { cwd: repo.root });
    expect(Buffer.from(back.bytes).equals(Buffer.from(bytes))).toBe(true);
  });

  it("knows its version, and has none where there is no git", async () => {
    expect(await gitCli().version()).toEqual([2, expect.any(Number), expect.any(Number)]);
    expect(await gitCli({ programPath: "/nowhere/git" }).version()).toBeUndefined();
  });

  it("stops a command that says more than 256 MB", async () => {
    await using folder = await temporaryFolder();
    const program = join(folder.path, "endless-git");
    await fs.writeFile(program, "#!/bin/sh\nexec cat /dev/zero\n", { mode: 0o755 });
    await expect(gitCli({ programPath: program }).run(["log"], {})).rejects.toThrow(/more than 256 MB of output/);
  });
});

describe("nodeFiles", () => {
  const files = nodeFiles();

  it("replaces files in one step, keeps them private unless told otherwise, and leaves nothing beside them", async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "deep/er/file");
    await files.makeFolder(join(folder.path, "deep/er"));
    await files.writeAtomic(path, "one");
    expect((await fs.stat(path)).mode & 0o777).toBe(0o600);
    expect((await fs.stat(join(folder.path, "deep"))).mode & 0o777).toBe(0o700);
    await files.writeAtomic(path, Uint8Array.of(1, 2), 0o755);
    expect((await fs.stat(path)).mode & 0o777).toBe(0o755);
    await files.writeLink(path, "elsewhere");
    expect(await files.readLink(path)).toBe("elsewhere");
    expect(await files.list(join(folder.path, "deep/er"))).toEqual(["file"]);
    await fs.mkdir(join(folder.path, "taken/full"), { recursive: true });
    await expect(files.writeAtomic(join(folder.path, "taken"), "x")).rejects.toThrow("EISDIR");
    expect(await files.list(folder.path)).toEqual(["deep", "taken"]);
  });

  it("tells what is missing from what fails", async () => {
    await using folder = await temporaryFolder();
    const missing = join(folder.path, "missing");
    expect(await files.status(missing)).toBeUndefined();
    expect(await files.realPath(missing)).toBeUndefined();
    expect(await files.readText(missing)).toBeUndefined();
    expect(await files.readBytes(missing)).toBeUndefined();
    expect(await files.list(missing)).toEqual([]);
    expect(await files.allows(missing, "read")).toBe(false);
    await files.removeFile(missing);
    await files.removeTree(missing);
    expect(await files.removeEmptyFolder(missing)).toBe(false);
    await expect(files.readText(folder.path)).rejects.toThrow("EISDIR");
  });

  it("lets only one of many create a file", async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "claim");
    const won = await Promise.all(Array.from({ length: 20 }, (_, index) => files.createExclusive(path, `${index}`)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await files.readText(path)).toBe(String(won.indexOf(true)));
  });

  it("appends in order, whoever waits for the disk", async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "log");
    const log = await files.openAppend(path);
    const lines = Array.from({ length: 100 }, (_, index) => `${index}\n`);
    await Promise.all(lines.map((line, index) => log.append(Buffer.from(line), index % 10 === 0)));
    await log.close();
    expect(await files.readText(path)).toBe(lines.join(""));
    await expect(log.append(Buffer.from("late"), true)).rejects.toThrow("file closed");
  });

  it.runIf(process.platform === "linux")(
    "goes on where a file ended, with nothing of the file open after it is closed",
    async () => {
      await using folder = await temporaryFolder();
      const path = join(folder.path, "log");
      const open = async () => (await fs.readdir("/proc/self/fd")).length;
      const before = await open();
      for (const durable of [true, false, true]) {
        const log = await files.openAppend(path);
        await log.append(Buffer.from("a"), durable);
        await log.append(Buffer.from("b"), true);
        await log.close();
      }
      expect(await files.readText(path)).toBe("ababab");
      expect(await open()).toBe(before);
    },
  );

  it("copies bytes and mode, and a modification time that is never later", async () => {
    await using folder = await temporaryFolder();
    const [from, to] = [join(folder.path, "from"), join(folder.path, "to")];
    for (const seconds of [1_700_000_000, 1_700_000_000.123, 1_700_000_000.9999, 1_700_000_001.000_000_5]) {
      await fs.writeFile(from, "x", { mode: 0o751 });
      await fs.utimes(from, seconds, seconds);
      await files.copyFile(from, to);
      const [left, right] = await Promise.all([fs.stat(from, { bigint: true }), fs.stat(to, { bigint: true })]);
      expect(right.mode).toBe(left.mode);
      const behind = left.mtimeNs - right.mtimeNs;
      expect(behind >= 0n && behind < 2_000_000n).toBe(true);
    }
  });

  it("removes trees without following links", async () => {
    await using folder = await temporaryFolder();
    await fs.mkdir(join(folder.path, "kept"));
    await fs.writeFile(join(folder.path, "kept/file"), "x");
    await fs.mkdir(join(folder.path, "gone/deep"), { recursive: true });
    await fs.symlink(join(folder.path, "kept"), join(folder.path, "gone/deep/link"));
    await files.removeTree(join(folder.path, "gone"));
    expect(await files.list(folder.path)).toEqual(["kept"]);
    expect(await files.list(join(folder.path, "kept"))).toEqual(["file"]);
  });
});
