import type { Files } from "../../../ports/files.ts";
import type { SimulatedEdit } from "../../../schema/simulation.ts";

/** Makes one scripted change in a workspace; gives the reason when it cannot be made. */
export async function writeEdit(request: {
  readonly files: Files;
  readonly folder: string;
  readonly edit: SimulatedEdit;
}): Promise<string | undefined> {
  const { files, folder, edit } = request;
  const path = `${folder}/${edit.file}`;
  const parent = path.slice(0, path.lastIndexOf("/"));
  const outside = await leadsOutside(files, folder, parent);
  if (outside) return `'${edit.file}' leads out of the workspace`;
  if (edit.type === "delete") {
    if (!(await files.status(path))) return `'${edit.file}' is not there to delete`;
    await files.removeFile(path);
    return undefined;
  }
  const former = await files.readText(path);
  const content = newContent(edit, former);
  if (content === undefined) {
    return former === undefined
      ? `'${edit.file}' is not there to modify`
      : `'${edit.file}' does not contain '${edit.find ?? ""}'`;
  }
  await files.makeFolder(parent);
  const mode = (await files.status(path))?.mode ?? 0o644;
  await files.writeAtomic(path, content, mode);
  return undefined;
}

function newContent(edit: SimulatedEdit, former: string | undefined): string | undefined {
  if (edit.type === "create" || edit.find === undefined) return edit.content ?? "";
  if (!former?.includes(edit.find)) return undefined;
  return former.replace(edit.find, () => edit.replace ?? "");
}

/** Whether the nearest folder that exists on the way to a path lies outside of the workspace. */
async function leadsOutside(files: Files, folder: string, parent: string): Promise<boolean> {
  const root = await files.realPath(folder);
  let nearest = parent;
  let real = await files.realPath(nearest);
  while (real === undefined && nearest.length > folder.length) {
    nearest = nearest.slice(0, nearest.lastIndexOf("/"));
    real = await files.realPath(nearest);
  }
  return root === undefined || real === undefined || (real !== root && !real.startsWith(`${root}/`));
}
