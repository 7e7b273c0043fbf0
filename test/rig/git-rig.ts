/**
 * Temporary git repositories for tests, driven by the real git: `await using repo = await makeRepository()` gives one
 * that is gone at the end of the test. `fingerprint` says everything about a repository that nobody but its owner may
 * change.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What tests write: text or bytes, an executable, or a link; `null` deletes. */
export type FileContent = string | Uint8Array | { readonly executable: string } | { readonly link: string } | null;

/** A temporary folder that removes itself. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
}

/** Makes an empty temporary folder; its path has no links in it. */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await fs.realpath(await fs.mkdtemp(join(tmpdir(), "parallelization-test-")));
  return {
    path,
    [Symbol.asyncDispose]: () => fs.rm(path, { recursive: true, force: true }),
  };
}

/** A git work tree as tests use it. Paths are relative to its root. */
export interface TestRepository extends AsyncDisposable {
  readonly root: string;
  /** Folder beside the repository for whatever the test makes; removed with it. */
  readonly scratch: string;
  /** Runs git in the root as its owner would, and gives what it printed, without the last line end. */
  git(...argv: string[]): Promise<string>;
  write(files: Readonly<Record<string, FileContent>>): Promise<void>;
  /** The file's text, or undefined when it does not exist. */
  read(path: string): Promise<string | undefined>;
  /** Writes the files, adds everything and commits it; gives the commit. */
  commit(message: string, files?: Readonly<Record<string, FileContent>>): Promise<string>;
  /** `git status --porcelain`, one line an entry. */
  status(): Promise<readonly string[]>;
}

/** Makes a repository with these files committed; without files it has no commit yet. */
export async function makeRepository(
  files?: Readonly<Record<string, FileContent>>,
  options: { readonly initArguments?: readonly string[] } = {},
): Promise<TestRepository> {
  const folder = await temporaryFolder();
  const root = join(folder.path, "repository");
  await fs.mkdir(root);
  const repository = await openRepository(root, folder);
  await repository.git("init", "--quiet", "--initial-branch=main", ...(options.initArguments ?? []));
  if (files) await repository.commit("first", files);
  return repository;
}

/** Uses a folder that is, or will be, a git work tree; `folder` is removed with it. */
export async function openRepository(root: string, folder: TemporaryFolder): Promise<TestRepository> {
  const scratch = join(folder.path, "scratch");
  await fs.mkdir(scratch, { recursive: true });
  const git = (...argv: string[]): Promise<string> => runGitAsOwner(root, argv);
  return {
    root,
    scratch,
    git,
    write: (files) => writeFiles(root, files),
    read: (path) => readText(join(root, path)),
    commit: async (message, files) => {
      await writeFiles(root, files ?? {});
      await git("add", "--all");
      await git("commit", "--quiet", "--allow-empty", "--message", message);
      return git("rev-parse", "HEAD");
    },
    status: async () => (await git("status", "--porcelain")).split("\n").filter((line) => line !== ""),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** Runs git in a folder with a fixed identity and no configuration of the person who runs the tests. */
export async function runGitAsOwner(cwd: string, argv: readonly string[]): Promise<string> {
  const env = {
    PATH: process.env["PATH"] ?? "",
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_AUTHOR_NAME: "Owner",
    GIT_AUTHOR_EMAIL: "owner@example.com",
    GIT_COMMITTER_NAME: "Owner",
    GIT_COMMITTER_EMAIL: "owner@example.com",
  };
  const { stdout } = await run("git", [...argv], { cwd, env, maxBuffer: 64 * 1024 * 1024 });
  return stdout.replace(/\n$/, "");
}

/** Writes, links or deletes files below a folder, making the folders they need. */
export async function writeFiles(root: string, files: Readonly<Record<string, FileContent>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name);
    if (content === null) {
      await fs.rm(path, { recursive: true });
      continue;
    }
    await fs.mkdir(dirname(path), { recursive: true });
    if (typeof content === "string" || content instanceof Uint8Array) {
      await fs.writeFile(path, content);
    } else if ("link" in content) {
      await fs.rm(path, { force: true });
      await fs.symlink(content.link, path);
    } else {
      await fs.writeFile(path, content.executable);
      await fs.chmod(path, 0o755);
    }
  }
}

/** The file's text, or undefined when it does not exist. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await fs.readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Everything of a folder as one line a path: kind, mode and the hash of the bytes, `.git` included (refs, index, stash,
 * configuration, hooks, objects). Two fingerprints are equal exactly when nothing was written in between.
 */
export async function fingerprint(root: string): Promise<readonly string[]> {
  const lines: string[] = [];
  // Names may be any bytes: they are carried as one character a byte.
  const onDisk = (path: string): Buffer => Buffer.from(path, "latin1");
  const top = Buffer.from(root).toString("latin1");
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await fs.readdir(onDisk(folder), { withFileTypes: true, encoding: "buffer" })) {
      const path = join(folder, entry.name.toString("latin1"));
      const { mode } = await fs.lstat(onDisk(path));
      let content = "";
      if (entry.isSymbolicLink()) content = await fs.readlink(onDisk(path));
      else if (entry.isFile())
        content = createHash("sha256")
          .update(await fs.readFile(onDisk(path)))
          .digest("hex");
      lines.push(`${relative(top, path)} ${mode.toString(8)} ${content}`);
      if (entry.isDirectory()) await visit(path);
    }
  };
  await visit(top);
  return lines.toSorted();
}

/** As `fingerprint`, without the work tree: what git itself keeps. */
export async function gitFingerprint(root: string): Promise<readonly string[]> {
  return (await fingerprint(root)).filter((line) => line.startsWith(".git"));
}
