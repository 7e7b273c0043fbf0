/** Finds out what has changed in the user's files and repository while agents worked; by whom cannot be told. */
import type { Files } from "../../../ports/files.ts";
import type { Git, Shadow } from "../../../ports/git.ts";
import type { Snapshots } from "../../../ports/snapshots.ts";
import { sha256OfBytes } from "../../../util/sha256-of-bytes.ts";
import { toWorkspacePath } from "../../../util/workspace-path.ts";
import { changedEntries } from "../../merging/changed-paths.ts";

const settingFiles = ["config", "info/attributes", "info/exclude"] as const;

/** The settings and hooks of a user's repository, each with the hash of its content. */
export async function repositorySettings(
  files: Files,
  userGitDir: string | undefined,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  if (userGitDir === undefined) return found;
  const hooks = (await files.list(`${userGitDir}/hooks`)).filter((name) => !name.endsWith(".sample"));
  for (const name of [...settingFiles, ...hooks.map((hook) => `hooks/${hook}`)]) {
    const bytes = await files.readBytes(`${userGitDir}/${name}`);
    if (bytes) found.set(`.git/${name}`, await sha256OfBytes(bytes));
  }
  return found;
}

/** Files that differ from the base, and settings that differ from those given, by name. */
export async function changedMeanwhile(request: {
  readonly git: Git;
  readonly files: Files;
  readonly shadow: Shadow;
  readonly snapshots: Snapshots;
  readonly base: string;
  readonly settings: ReadonlyMap<string, string>;
}): Promise<readonly string[]> {
  const { git, files, shadow, snapshots, base, settings } = request;
  const now = await repositorySettings(files, shadow.userGitDir);
  const names = new Set([...settings.keys(), ...now.keys()]);
  const changed = [...names].filter((name) => settings.get(name) !== now.get(name));
  const user = await snapshots.take({ shadow, parent: base, message: "Your files when the agents had ended" });
  const entries = await changedEntries({ git, shadow, from: base, to: user.commit });
  return [...changed, ...entries.map(({ path }) => toWorkspacePath(path, shadow.prefix))];
}
