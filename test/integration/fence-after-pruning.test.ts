import { access } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dropKeptRefs } from "../../src/engines/isolation/prune-shadow.ts";
import { gitCli } from "../../src/platform/git-cli.ts";
import { makeRepository } from "../rig/git-rig.ts";

test("forgetting old results leaves the fence of an apply under way the file that it is", async () => {
  await using repository = await makeRepository({ "a.txt": "a\n" });
  const gitDir = join(repository.root, ".git");
  for (const ref of ["refs/apply/fence", "refs/runs/old/result"]) await repository.git("update-ref", ref, "HEAD");
  await dropKeptRefs(gitCli({ homeFolder: repository.scratch }), gitDir, ["refs/runs/old/result"]);
  await access(join(gitDir, "refs/apply/fence"));
  await expect(access(join(gitDir, "refs/runs/old/result"))).rejects.toThrow("ENOENT");
});
