/** Where a git command works. Nothing is taken from the environment or from the user's configuration. */
export interface GitCall {
  /** Repository whose objects, refs and configuration are used. */
  readonly gitDir?: string;
  readonly workTree?: string;
  readonly indexFile?: string;
  /** Folder that is there and takes in all new objects; it is read along with the objects of `gitDir`. */
  readonly newObjects?: string;
  /** Folder the command runs in. */
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  /** Exit codes that are an answer and not a failure; 0 always is. */
  readonly answers?: readonly number[];
  /** Extra configuration, `key=value` each. */
  readonly config?: readonly string[];
  /** Use the user's own configuration as well (only for reading the user's repository). */
  readonly userConfig?: boolean;
}

/** What a git command said. */
export interface GitAnswer {
  readonly exitCode: number;
  /** Decoded as UTF-8. */
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly stderr: string;
}

/** A git command that failed: an environment problem or a bug, unless its caller expected it. */
export class GitFailure extends Error {
  readonly exitCode: number;
  readonly stderr: string;

  constructor(failure: { readonly argv: readonly string[]; readonly exitCode: number; readonly stderr: string }) {
    super(`git ${failure.argv.join(" ")} failed (${failure.exitCode}): ${failure.stderr.trim()}`);
    this.name = "GitFailure";
    this.exitCode = failure.exitCode;
    this.stderr = failure.stderr;
  }
}

/**
 * How the engines see git: argv in, answer out, no shell. Hooks, signing, file-system monitors,
 * automatic maintenance and prompts are off in every call.
 */
export interface Git {
  /** How many commands that do nothing but compute are worth running side by side. */
  readonly parallel: number;
  /** Runs one command; throws GitFailure on an exit code that is no answer. */
  run(argv: readonly string[], call: GitCall): Promise<GitAnswer>;
  /** `[major, minor, patch]`, or undefined when there is no git. */
  version(): Promise<readonly [number, number, number] | undefined>;
}

/**
 * A private bare repository beside the user's: it borrows their objects and holds everything a run
 * makes, so that their refs, index, stash, configuration and hooks are never written.
 */
export interface Shadow {
  readonly gitDir: string;
  /** Root of the user's repository, or the workspace itself where there is none. */
  readonly workTree: string;
  /** Where the workspace lies below `workTree`: empty, or ending in `/`. */
  readonly prefix: string;
  /** The user's own git folder; undefined for a folder without git. */
  readonly userGitDir: string | undefined;
}
