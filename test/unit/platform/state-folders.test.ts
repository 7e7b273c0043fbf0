import { describe, expect, it } from "vitest";
import { stateFolders } from "../../../src/platform/state-folders.ts";

const home = "/home/me";

describe("stateFolders", () => {
  it("follows the XDG base directories, or their defaults", () => {
    expect(stateFolders({ platform: "linux", home, env: {} })).toEqual({
      home,
      state: "/home/me/.local/state/parallelization-mcp",
      cache: "/home/me/.cache/parallelization-mcp",
      config: "/home/me/.config/parallelization-mcp",
      gitConfig: "/home/me/.config/git",
    });
    const env = { XDG_STATE_HOME: "/s", XDG_CACHE_HOME: "/c", XDG_CONFIG_HOME: "/f" };
    expect(stateFolders({ platform: "linux", home, env })).toEqual({
      home,
      state: "/s/parallelization-mcp",
      cache: "/c/parallelization-mcp",
      config: "/f/parallelization-mcp",
      gitConfig: "/f/git",
    });
  });

  it("keeps everything below PARALLELIZATION_STATE_DIR where it is set", () => {
    const env = { PARALLELIZATION_STATE_DIR: "/mine", XDG_STATE_HOME: "/s" };
    expect(stateFolders({ platform: "linux", home, env })).toMatchObject({ state: "/mine", cache: "/mine/cache" });
  });

  it("does not take relative folders", () => {
    const env = { PARALLELIZATION_STATE_DIR: "mine", XDG_STATE_HOME: "s", XDG_CACHE_HOME: "" };
    expect(stateFolders({ platform: "linux", home, env })).toEqual(stateFolders({ platform: "linux", home, env: {} }));
  });

  it("uses the folders that macOS and Windows have for it", () => {
    expect(stateFolders({ platform: "darwin", home, env: {} })).toMatchObject({
      state: "/home/me/Library/Application Support/parallelization-mcp",
      cache: "/home/me/Library/Caches/parallelization-mcp",
    });
    expect(stateFolders({ platform: "win32", home, env: { LOCALAPPDATA: "/local" } })).toMatchObject({
      state: "/local/parallelization-mcp/state",
      cache: "/local/parallelization-mcp/cache",
    });
  });
});
