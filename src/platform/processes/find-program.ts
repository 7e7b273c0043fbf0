import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, extname, isAbsolute, join, resolve } from "node:path";
import { errorCode } from "../error-code.ts";

/** Where a search for a program looks. */
export interface ProgramSearch {
  /** Value of PATH. */
  readonly path: string;
  /** Folder that relative paths start from. */
  readonly cwd: string;
}

/** Absolute path of a program: a name is searched along PATH, a path is taken as it is; undefined where nothing can be run. */
export async function findProgram(program: string, search: ProgramSearch): Promise<string | undefined> {
  if (program === "" || program.includes("\0")) return undefined;
  const isPath = program.includes("/") || (process.platform === "win32" && program.includes("\\"));
  const folders = isPath || isAbsolute(program) ? [search.cwd] : search.path.split(delimiter);
  for (const folder of folders) {
    // Entries relative to the current folder are passed over: what lies there may be anybody's work.
    if (!isPath && !isAbsolute(folder)) continue;
    for (const candidate of spellings(isPath ? resolve(folder, program) : join(folder, program))) {
      if (await canRun(candidate)) return resolve(search.cwd, candidate);
    }
  }
  return undefined;
}

/** Windows leaves the ending of a program's name away; scripts (.cmd, .bat) need a shell and are not taken. */
function spellings(path: string): readonly string[] {
  if (process.platform !== "win32" || extname(path) !== "") return [path];
  return [`${path}.exe`, `${path}.com`];
}

async function canRun(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch (error) {
    if (errorCode(error) !== "") return false;
    throw error;
  }
}
