import { refuse } from "../../schema/problem.ts";

/** Only with one of these does a path need a second look. */
const SUSPICIOUS = /^$|^[./]|^[A-Za-z]:|\\|\/[./]|\/$|\0/;

/**
 * One spelling for every path: `/` separated, no `.` or `..` parts. Agents also report whole paths, from the root or a
 * drive; they are compared as such. Undefined for a path that leads out of the workspace, or above the root.
 */
export function normalisePath(path: string): string | undefined {
  if (!SUSPICIOUS.test(path)) return path;
  const slashed = path.replaceAll("\\", "/");
  const root = /^(?:[A-Za-z]:)?\//.exec(slashed)?.[0].toUpperCase() ?? "";
  if ((root === "" && /^[A-Za-z]:/.test(slashed)) || slashed.includes("\0")) return undefined;
  const parts: string[] = [];
  for (const part of slashed.slice(root.length).split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.length > 0 ? `${root}${parts.join("/")}` : undefined;
}

/** Refuses a path that leads out of the workspace; `field` is the argument that holds it. */
export function refuseOutside(path: string, field: string): never {
  refuse({
    code: "PATH_OUTSIDE_WORKSPACE",
    error: `${JSON.stringify(path)} is no path of a file inside the workspace.`,
    field,
    example: "src/index.ts",
    advice: "Give paths relative to the workspace.",
  });
}
