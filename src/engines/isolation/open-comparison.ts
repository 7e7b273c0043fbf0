import type { Files } from "../../ports/files.ts";
import type { Git, Shadow } from "../../ports/git.ts";
import { refuse } from "../../schema/problem.ts";
import { checkGit, type WorkspacePlace } from "./check-workspace.ts";
import { claimName } from "./claim-name.ts";
import { openShadowIn } from "./open-shadow.ts";

/** Where a comparison finds and puts things. */
export interface ComparisonSettings {
  readonly files: Files;
  readonly git: Git;
  /** Temporary repositories are made here. */
  readonly cacheFolder: string;
  readonly userGitConfigFolder: string;
}

/** A repository of somebody's that is looked at and never written. */
export interface Comparison {
  /** Borrows the objects and settings of the repository, and takes in whatever the comparison makes. */
  readonly shadow: Shadow;
  /** The repository's own settings of how git merges, `key=value` each. */
  readonly mergeSettings: readonly string[];
  /** The commit of each ref, in their order; undefined where there is none of that name. */
  resolve(refs: readonly string[]): Promise<readonly (string | undefined)[]>;
  close(): Promise<void>;
}

/** What a killed process has left is removed after a day. */
const LEFTOVER_MS = 24 * 60 * 60_000;

/** Settings by which git merges; none of them names a program. */
const MERGE_SETTINGS =
  "^(merge\\.(renames|directoryrenames|renamelimit|renormalize)|diff\\.(renames|renamelimit|algorithm))$";

/** The content that a partial clone lacks is not fetched: an address can name a program to run. */
const OFFLINE = ["file", "ssh", "git", "http", "https", "ext"].map((protocol) => `protocol.${protocol}.allow=never`);

/**
 * Opens a temporary repository beside the one of a folder, which may be bare, dirty or in the middle of a merge: only
 * its objects, refs and settings are read. Refuses a folder that is in no git repository.
 */
export async function openComparison(settings: ComparisonSettings, path: string): Promise<Comparison> {
  const { files, git, cacheFolder } = settings;
  await checkGit(git, "branches are compared");
  const root = await files.realPath(path);
  if (root === undefined) {
    return refuse({
      code: "WORKSPACE_NOT_FOUND",
      error: `The workspace ${path} does not exist.`,
      field: "refs.workspace",
      advice: "Give the absolute path of a git repository.",
    });
  }
  const place = await findPlace(git, root);
  const reading = { cwd: root, userConfig: true, config: OFFLINE };
  const asked = await git.run(["config", "-z", "--get-regexp", MERGE_SETTINGS], { ...reading, answers: [1] });
  const parent = `${cacheFolder}/comparisons`;
  await files.makeFolder(parent);
  const claim = (number: number): string => `${parent}/${number}`;
  const number = await claimName(files, claim);
  const folder = `${parent}/${number}.made`;
  const close = async (): Promise<void> => {
    await files.removeTree(folder);
    await files.removeFile(claim(number));
  };
  try {
    await removeLeftovers(files, parent, claim(number));
    const shadow = await openShadowIn(folder, { ...settings, place });
    return {
      shadow,
      close,
      mergeSettings: settingsIn(asked.text),
      resolve: (refs) => resolveRefs(git, root, shadow, refs),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Reads `git config -z`: a name, a line end and a value for each; a name alone means true. */
function settingsIn(text: string): string[] {
  const entries = text.split("\0").filter((entry) => entry !== "");
  return entries.map((entry) => (entry.includes("\n") ? entry.replace("\n", "=") : `${entry}=true`));
}

async function findPlace(git: Git, root: string): Promise<WorkspacePlace> {
  const words = ["--git-dir", "--git-common-dir", "--git-path", "objects", "--show-object-format", "--show-prefix"];
  const answer = await git.run(["rev-parse", "--path-format=absolute", ...words], {
    cwd: root,
    userConfig: true,
    answers: [128],
  });
  const [gitDir, commonGitDir, objects, objectFormat, prefix] = answer.text.split("\n");
  if (answer.exitCode !== 0 || !gitDir || !commonGitDir || !objects || !objectFormat) {
    return refuse({
      code: "WORKSPACE_NOT_ALLOWED",
      error: `${root} is in no git repository that git can use: ${answer.stderr.trim().split("\n")[0] ?? ""}`,
      field: "refs.workspace",
      advice: "Give the folder of a git repository.",
    });
  }
  return {
    root,
    workTree: root,
    prefix: prefix ?? "",
    userGitDir: gitDir,
    commonGitDir,
    objectDirs: [objects],
    objectFormat,
  };
}

async function removeLeftovers(files: Files, parent: string, own: string): Promise<void> {
  const now = (await files.status(own))?.modifiedMs ?? 0;
  for (const name of await files.list(parent)) {
    const made = (await files.status(`${parent}/${name}`))?.modifiedMs;
    if (made !== undefined && made < now - LEFTOVER_MS) await files.removeTree(`${parent}/${name}`);
  }
}

async function resolveRefs(
  git: Git,
  root: string,
  shadow: Shadow,
  refs: readonly string[],
): Promise<readonly (string | undefined)[]> {
  const commits: (string | undefined)[] = [];
  for (const ref of refs) {
    const named = await git.run(["rev-parse", "--quiet", "--verify", "--end-of-options", ref], {
      cwd: root,
      userConfig: true,
      config: OFFLINE,
      answers: [1, 128],
    });
    const id = named.text.trim();
    // Peeled where nothing can be fetched: a tag leads to its commit.
    const peeled =
      named.exitCode === 0 && /^[0-9a-f]{40,64}$/.test(id)
        ? await git.run(["rev-parse", "--quiet", "--verify", `${id}^{commit}`], {
            gitDir: shadow.gitDir,
            answers: [1, 128],
          })
        : undefined;
    commits.push(peeled?.exitCode === 0 ? peeled.text.trim() : undefined);
  }
  return commits;
}
