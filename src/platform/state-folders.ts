import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

const OWN_NAME = "parallelization-mcp";

/** Where things of this user lie on this machine. None of them is created here. */
export interface StateFolders {
  readonly home: string;
  /** Kept results, backups and the index of runs. */
  readonly state: string;
  /** Agents' workspaces; may be emptied between runs. */
  readonly cache: string;
  /** The user's configuration of this program. */
  readonly config: string;
  /** Where git looks for the user's `ignore` and `attributes` files. */
  readonly gitConfig: string;
}

/** What the folders follow from. */
export interface FolderSources {
  readonly platform: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Finds the folders: `PARALLELIZATION_STATE_DIR` for everything this program keeps, else the XDG
 * base directories where they are set (relative ones do not count), else what the platform uses.
 */
export function stateFolders(sources?: FolderSources): StateFolders {
  const { platform, home, env } = sources ?? { platform: process.platform, home: homedir(), env: process.env };
  const chosen = env["PARALLELIZATION_STATE_DIR"];
  const own = chosen !== undefined && isAbsolute(chosen) ? chosen : undefined;
  const xdg = (name: string): string | undefined => {
    const value = env[name];
    return value !== undefined && isAbsolute(value) ? value : undefined;
  };
  const usual = usualFolders({ platform, home, env });
  const named = (folder: string | undefined): string | undefined =>
    folder === undefined ? undefined : join(folder, OWN_NAME);
  return {
    home,
    state: own ?? named(xdg("XDG_STATE_HOME")) ?? usual.state,
    cache: named(xdg("XDG_CACHE_HOME")) ?? (own === undefined ? usual.cache : join(own, "cache")),
    config: named(xdg("XDG_CONFIG_HOME")) ?? usual.config,
    gitConfig: join(xdg("XDG_CONFIG_HOME") ?? join(home, ".config"), "git"),
  };
}

function usualFolders({ platform, home, env }: FolderSources): Pick<StateFolders, "state" | "cache" | "config"> {
  if (platform === "win32") {
    const local = join(env["LOCALAPPDATA"] ?? join(home, "AppData", "Local"), OWN_NAME);
    return { state: join(local, "state"), cache: join(local, "cache"), config: join(local, "config") };
  }
  if (platform === "darwin") {
    const library = join(home, "Library");
    return {
      state: join(library, "Application Support", OWN_NAME),
      cache: join(library, "Caches", OWN_NAME),
      config: join(home, ".config", OWN_NAME),
    };
  }
  return {
    state: join(home, ".local", "state", OWN_NAME),
    cache: join(home, ".cache", OWN_NAME),
    config: join(home, ".config", OWN_NAME),
  };
}
