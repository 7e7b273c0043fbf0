import type { CallOrigin } from "../runs/runs.ts";
import { refuse } from "../../../schema/problem.ts";

/** What this process knows of the place it runs in. */
export interface Surroundings {
  readonly workingFolder: string;
  readonly homeFolder: string;
  /** `CLAUDE_PROJECT_DIR`, where a client sets it. */
  readonly projectFolder: string | undefined;
}

/**
 * The folder a call is about: the argument, else the project the client says it works in, else the
 * client's root, else the working folder. `explicit` is false where the caller did not name it.
 */
export function resolveWorkspace(request: {
  readonly argument: string | undefined;
  readonly origin: CallOrigin;
  readonly surroundings: Surroundings;
}): { readonly path: string; readonly explicit: boolean } {
  const { argument, origin, surroundings } = request;
  if (argument !== undefined) return { path: absolute(argument, surroundings), explicit: true };
  const path = surroundings.projectFolder ?? origin.clientRoot ?? surroundings.workingFolder;
  return { path, explicit: false };
}

/** Whether agents may never be let loose on this folder, however it was named. */
export function isForbiddenWorkspace(path: string, surroundings: Surroundings): boolean {
  const trimmed = path.replace(/[/\\]+$/, "");
  return trimmed === "" || /^[A-Za-z]:$/.test(trimmed) || trimmed === surroundings.homeFolder.replace(/[/\\]+$/, "");
}

/** No system takes a longer one. */
const longestPath = 4_000;

function absolute(argument: string, surroundings: Surroundings): string {
  if (argument.trim() === "" || argument.includes("\0") || argument.length > longestPath) {
    refuse({
      code: "WORKSPACE_NOT_FOUND",
      error: "The workspace is an empty or impossible path.",
      field: "workspace",
      example: surroundings.workingFolder,
      advice: "Name the folder the agents work on, or leave it out to use the present project.",
    });
  }
  if (argument.startsWith("/") || /^[A-Za-z]:[\\/]/.test(argument)) return argument;
  if (argument === "~" || argument.startsWith("~/")) return surroundings.homeFolder + argument.slice(1);
  return `${surroundings.workingFolder}/${argument}`;
}
