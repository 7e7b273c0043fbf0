import type { TaskInput } from "../../schema/task.ts";
import { declaredWrites, filePattern } from "./file-patterns.ts";

/** Begins the name of a mutex that stands for a file or a glob. */
const fileMutexPrefix = "file:";
const noNames: readonly string[] = [];

/** The name of the mutex of a file or a glob. */
export function fileMutex(path: string): string {
  return fileMutexPrefix + path;
}

/** Whether a mutex stands for a file or a glob. */
export function isFileMutex(name: string): boolean {
  return name.startsWith(fileMutexPrefix);
}

/**
 * The mutexes of each task, by task number: those it names, and one for every file that it and another task declare to
 * write by its full path. Globs say where a task may write, not that it will, and hold nothing; neither do texts.
 */
export function mutexesOf(tasks: readonly TaskInput[]): readonly (readonly string[])[] {
  const shared = sharedFiles(tasks);
  return tasks.map((task, number) => {
    const files = shared?.get(number);
    if (!files) return task.exclusive ?? noNames;
    return [...new Set([...(task.exclusive ?? noNames), ...files.map(fileMutex)])];
  });
}

/** The files that a task and another one declare to write, by task number; undefined where there are none. */
function sharedFiles(tasks: readonly TaskInput[]): ReadonlyMap<number, readonly string[]> | undefined {
  const firstWriter = new Map<string, number>();
  let shared: Map<number, string[]> | undefined;
  const share = (number: number, path: string): void => {
    shared ??= new Map();
    const files = shared.get(number);
    if (!files) shared.set(number, [path]);
    else if (!files.includes(path)) files.push(path);
  };
  tasks.forEach((task, number) => {
    if (task.writes === undefined || task.writes.length === 0) return;
    for (const path of declaredWrites(task)) {
      const first = firstWriter.get(path);
      if (first === undefined) {
        if (!filePattern(path).isGlob) firstWriter.set(path, number);
        continue;
      }
      share(first, path);
      share(number, path);
    }
  });
  return shared;
}
