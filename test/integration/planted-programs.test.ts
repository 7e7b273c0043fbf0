/** Whatever programs an agent plants where git would run them, none is run. */
import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { applyBranch } from "../../src/engines/merging/apply/apply-branch.ts";
import { compareHeads } from "../../src/engines/merging/heads/compare-heads.ts";
import { apply, undo } from "../rig/apply-rig.ts";
import { runGitAsOwner, writeFiles } from "../rig/git-rig.ts";
import { openMergeRig } from "../rig/merge-rig.ts";

const hooks = [
  ...["applypatch-msg", "pre-applypatch", "post-applypatch", "pre-commit", "pre-merge-commit", "prepare-commit-msg"],
  ...["commit-msg", "post-commit", "pre-rebase", "post-checkout", "post-merge", "pre-push", "pre-receive", "update"],
  ...["proc-receive", "post-receive", "post-update", "reference-transaction", "push-to-checkout", "pre-auto-gc"],
  ...["post-rewrite", "sendemail-validate", "fsmonitor-watchman", "post-index-change"],
];
const programSettings = [
  ...["core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.askPass", "core.gitProxy"],
  ...["core.alternateRefsCommand", "sequence.editor", "diff.external", "interactive.diffFilter", "gpg.program"],
  ...["gpg.ssh.program", "gpg.x509.program", "gpg.ssh.defaultKeyCommand", "credential.helper", "merge.tool"],
  ...["diff.tool", "difftool.x.cmd", "mergetool.x.cmd", "uploadpack.packObjectsHook", "remote.origin.uploadpack"],
  ...["remote.origin.receivepack", "remote.origin.proxy", "http.proxy", "pager.diff", "pager.log", "pager.show"],
  ...["filter.x.clean", "filter.x.smudge", "filter.x.process", "diff.x.textconv", "diff.x.command", "merge.x.driver"],
  ...["filter.lfs.clean", "filter.lfs.smudge", "filter.lfs.process", "diff.lfs.textconv", "merge.union.driver"],
  ...["merge.text.driver", "merge.binary.driver", "trailer.x.command", "trailer.x.cmd", "web.browser", "man.viewer"],
  ...["browser.x.cmd", "guitool.x.cmd", "sendemail.smtpServer", "imap.tunnel", "instaweb.httpd", "submodule.x.update"],
  ...[
    "alias.add",
    "alias.status",
    "alias.commit",
    "alias.diff",
    "alias.merge-tree",
    "alias.write-tree",
    "alias.config",
  ],
  ...["init.templateDir", "url.x.insteadOf", "gc.recentObjectsHook", "maintenance.strategy", "tar.x.command"],
];

const total = 2 * (hooks.length + programSettings.length);

test(`of ${total} hooks, filters, monitors and settings planted in a workspace and in the repository none is executed`, async () => {
  expect(total).toBeGreaterThan(100);
  const attributes = "* filter=x diff=x merge=x\n*.lfs filter=lfs diff=lfs merge=lfs\n";
  await using rig = await openMergeRig({ a: "1\n2\n3\n", "b.txt": "b\n" });
  const { git, files, shadow, base, isolation, repository } = rig;
  const markers = join(repository.scratch, "executed");
  await mkdir(markers);
  let planted = 0;
  const command = (what: string): string => `touch ${markers}/${planted++}-${what.replaceAll(/[^a-z]/gi, "-")}`;
  const plant = async (gitDir: string): Promise<void> => {
    const folder = join(gitDir, "hooks");
    await mkdir(folder, { recursive: true });
    for (const hook of hooks) {
      await writeFile(join(folder, hook), `#!/bin/sh\n${command(hook)}\n`);
      await chmod(join(folder, hook), 0o755);
    }
    const lines = programSettings.map((name) => {
      const [, section = "", sub, key = ""] = /^([^.]+)(?:\.(.+))?\.([^.]+)$/.exec(name) ?? [];
      const mark = name.startsWith("alias.") || name === "submodule.x.update" ? "!" : "";
      return `[${section}${sub === undefined ? "" : ` "${sub}"`}]\n\t${key} = "${mark}${command(name)}"\n`;
    });
    const included = join(gitDir, "more");
    await writeFile(included, lines.join(""));
    const own = `[core]\n\thooksPath = ${folder}\n\tattributesFile = ${gitDir}/rules\n[include]\n\tpath = ${included}\n[includeIf "gitdir:/**"]\n\tpath = ${included}\n`;
    await writeFile(join(gitDir, "config"), own, { flag: "a" });
    await writeFile(join(gitDir, "rules"), attributes);
    await mkdir(join(gitDir, "info"), { recursive: true });
    await writeFile(join(gitDir, "info", "attributes"), attributes);
  };

  const results = [];
  for (const [index, edits] of [{ a: "x\n2\n3\n" }, { a: "1\n2\ny\n", n: "n\n" }].entries()) {
    const key = { executionId: "run-1", taskId: `t${index}`, attempt: 1 };
    const workspace = await isolation.createWorkspace({ ...key, shadow, start: base });
    await writeFiles(workspace.folder, edits);
    if (index === 0) await plant(join(workspace.folder, ".git"));
    const captured = await isolation.captureWorkspace({ shadow, workspace });
    if (!captured.ok) throw new Error(captured.error.error);
    const order = index + 1;
    results.push({
      taskId: key.taskId,
      agentId: `g${order}`,
      commit: captured.value.commit,
      needs: [],
      priority: 0,
      order,
    });
  }
  const merged = await rig.merge(results);
  expect(merged.merged).toEqual(["t0", "t1"]);
  await plant(join(repository.root, ".git"));
  // Its rules send every file through a filter, so that nothing may be written; and nothing is run to find that out.
  expect((await apply(rig, merged.commit)).reason).toContain("goes through the filter 'x'");
  const branch = await applyBranch({ git, files, shadow, executionId: "run-1", commit: merged.commit ?? "" });
  expect(branch.applied).toBe(true);
  const heads = results.map(({ taskId, agentId, commit }) => ({ ref: taskId, agentId, commit }));
  const target = { ref: "base", agentId: "base", commit: base };
  const fresh = await isolation.openComparison(repository.root);
  expect(await fresh.resolve(["HEAD", "parallelization/run-1"])).not.toContain(undefined);
  await compareHeads({ git, files, shadow, target, heads, mergeSettings: fresh.mergeSettings });
  await fresh.close();
  await writeFile(join(repository.root, ".git", "info", "attributes"), "");
  await writeFile(join(repository.root, ".git", "rules"), "");
  const again = await isolation.checkWorkspace(repository.root);
  if (!again.ok) throw new Error(again.error.error);
  await isolation.openShadow(again.value);
  expect(await apply(rig, merged.commit)).toMatchObject({ applied: true, files: ["a", "n"] });
  expect((await undo(rig)).ok).toBe(true);
  expect(await readdir(markers)).toEqual([]);
  expect(planted).toBe(total);
  // What was planted does run where git is used without care.
  await runGitAsOwner(repository.root, ["commit", "--quiet", "--allow-empty", "--message", "x"]).catch(() => "");
  expect(await readdir(markers)).not.toEqual([]);
});
