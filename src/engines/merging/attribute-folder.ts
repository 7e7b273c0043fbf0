import type { Files } from "../../ports/files.ts";
import type { Git, Shadow } from "../../ports/git.ts";

/**
 * Lays out the attribute files of a commit in a folder of the shadow, once per commit, and gives
 * the folder: a bare repository has no attributes of its own, so that merges would ignore which
 * files are binary, united or kept as they are. Only the base's count; an agent cannot add rules.
 */
export async function attributeFolder(request: {
  readonly git: Git;
  readonly files: Files;
  readonly shadow: Shadow;
  readonly base: string;
}): Promise<string> {
  const { git, files, shadow, base } = request;
  const parent = `${shadow.gitDir}/attributes`;
  const folder = `${parent}/${base}`;
  const marker = `${parent}/${base}.ready`;
  if ((await files.status(marker)) !== undefined) return folder;
  await files.makeFolder(folder);
  const { gitDir } = shadow;
  const listed = (await git.run(["ls-tree", "-r", "-z", "--end-of-options", base], { gitDir })).text.split("\0");
  // Git itself does not follow an attribute file that is a link.
  const entries = listed.filter((entry) => /^100\d{3} /.test(entry) && /[\t/]\.gitattributes$/.test(entry));
  if (entries.length > 0) {
    const indexFile = `${parent}/${base}.index`;
    const call = { gitDir, workTree: folder, indexFile };
    const input = entries.map((entry) => `${entry}\0`).join("");
    await git.run(["update-index", "-z", "--index-info"], { ...call, input });
    await git.run(["checkout-index", "--all", "--force"], call);
    await files.removeFile(indexFile);
  }
  await files.writeAtomic(marker, "");
  return folder;
}
