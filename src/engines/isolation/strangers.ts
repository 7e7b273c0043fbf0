import type { Files } from "../../ports/files.ts";
import { ownFolder, readWorkspace, runFolder } from "./task-workspace.ts";

interface Question {
  readonly files: Files;
  readonly cacheFolder: string;
  readonly executionId: string;
}

/** The task in whose workspace a path really lies; undefined where it lies in none of the run's. */
export async function holderOf({
  path,
  ...question
}: Question & { readonly path: string }): Promise<string | undefined> {
  const { files } = question;
  const folder = await realRunFolder(question);
  const real = (await files.realPath(path)) ?? path;
  if (folder === undefined || !real.startsWith(`${folder}/`)) return undefined;
  const [name = ""] = real.slice(folder.length + 1).split("/", 1);
  return (await readWorkspace(files, `${folder}/${name}`))?.taskId;
}

/** What lies beside a run's workspaces and was not made by this program: paths. */
export async function strangersBeside(question: Question): Promise<readonly string[]> {
  const { files } = question;
  const folder = await realRunFolder(question);
  if (folder === undefined) return [];
  const names = await files.list(folder);
  const isKnown = (name: string): boolean => name.endsWith(".own") || names.includes(ownFolder(name));
  return names.flatMap((name) => (isKnown(name) ? [] : [`${folder}/${name}`]));
}

async function realRunFolder({ files, cacheFolder, executionId }: Question): Promise<string | undefined> {
  return files.realPath(await runFolder(cacheFolder, executionId));
}
