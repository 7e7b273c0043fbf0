import type { Files } from "../../ports/files.ts";
import { GitFailure, type Git } from "../../ports/git.ts";

/** Tells what the `.gitignore` files of a folder without a repository leave out. */
export interface IgnoredPaths {
  /** Set when there is a `.gitignore`: until then nothing is asked. */
  isAsked: boolean;
  /** The paths, relative to the root, folders with a `/` at the end, that are not ignored. */
  without(paths: readonly string[]): Promise<readonly string[]>;
}

/**
 * Asks git, with an empty repository in the cache folder in the place of the one that is missing. Without git nothing is
 * ignored. Writes nothing below the root.
 */
export function ignoredBelow(
  world: { readonly files: Files; readonly git: Git; readonly cacheFolder: string },
  root: string,
): IgnoredPaths {
  const gitDir = `${world.cacheFolder}/surveys/no-repository.git`;
  const state: IgnoredPaths = {
    isAsked: false,
    async without(paths) {
      if (!state.isAsked || paths.length === 0) return paths;
      try {
        await makeEmptyRepository(world, gitDir);
        const { text } = await world.git.run(["check-ignore", "--no-index", "-z", "--stdin"], {
          gitDir,
          workTree: root,
          cwd: root,
          input: `${paths.join("\0")}\0`,
          answers: [1],
        });
        const ignored = new Set(text.split("\0"));
        return paths.filter((path) => !ignored.has(path));
      } catch (error) {
        if (error instanceof GitFailure) return paths;
        throw error;
      }
    },
  };
  return state;
}

async function makeEmptyRepository(
  { files, git }: { readonly files: Files; readonly git: Git },
  gitDir: string,
): Promise<void> {
  if ((await files.status(`${gitDir}/HEAD`)) !== undefined) return;
  await files.makeFolder(gitDir);
  await git.run(["init", "--quiet", "--bare", "--template=", "--", gitDir], { cwd: gitDir });
}
