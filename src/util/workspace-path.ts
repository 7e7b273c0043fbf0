/** Begins the name of a file that lies in the repository but not in the workspace, as git writes it. */
const FROM_THE_TOP = ":/";

/**
 * Names a file of the repository as callers see it: relative to the workspace, which lies at
 * `prefix` (empty, or ending in `/`); `:/path` for one outside the workspace.
 */
export function toWorkspacePath(repositoryPath: string, prefix: string): string {
  if (repositoryPath.startsWith(prefix)) return repositoryPath.slice(prefix.length);
  return `${FROM_THE_TOP}${repositoryPath}`;
}
