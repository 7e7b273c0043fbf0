/**
 * Paths as an agent writes them, without touching the disk. Windows paths are told by the drive letter of the folder
 * they are relative to; this has not been tried on Windows.
 */
const windowsRoot = /^[A-Za-z]:[\\/]/;

/** The absolute path that an agent means, with `.` and `..` worked out; undefined where it depends on somebody's home or is no path. */
export function absolutePath(folder: string, path: string): string | undefined {
  // The program trims paths before it uses them, and takes `~` for the home folder.
  const trimmed = path.trim();
  if (trimmed.startsWith("~") || trimmed.includes("\0")) return undefined;
  const onWindows = windowsRoot.test(folder);
  const given = onWindows ? trimmed.replaceAll("\\", "/") : trimmed;
  const base = onWindows ? folder.replaceAll("\\", "/") : folder;
  const isAbsolute = given.startsWith("/") || (onWindows && windowsRoot.test(given));
  const parts: string[] = [];
  for (const part of (isAbsolute ? given : `${base}/${given}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return onWindows ? parts.join("/") : `/${parts.join("/")}`;
}

/** The path relative to the folder, `/` separated and empty for the folder itself; undefined where it lies outside. */
export function pathInside(folder: string, path: string): string | undefined {
  const root = absolutePath(folder, folder);
  const absolute = absolutePath(folder, path);
  if (root === undefined || absolute === undefined) return undefined;
  if (absolute === root) return "";
  const prefix = root === "/" ? root : `${root}/`;
  return absolute.startsWith(prefix) ? absolute.slice(prefix.length) : undefined;
}

/**
 * Where a path really leads: its deepest part that exists with all links resolved, and the rest as it is. Undefined
 * where it cannot be told.
 */
export async function resolveLinks(
  path: string,
  realPath: (path: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  let rest = "";
  for (let existing = path; ;) {
    const real = await realPath(existing);
    if (real !== undefined) return rest === "" ? real : `${real === "/" ? "" : real}/${rest}`;
    const cut = existing.lastIndexOf("/");
    if (cut === -1 || existing === "/") return undefined;
    const name = existing.slice(cut + 1);
    rest = rest === "" ? name : `${name}/${rest}`;
    existing = cut === 0 ? "/" : existing.slice(0, cut);
  }
}
