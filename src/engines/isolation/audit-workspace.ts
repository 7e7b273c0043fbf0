import type { Files } from "../../ports/files.ts";
import { GitFailure, type Git } from "../../ports/git.ts";
import type { TaskWorkspace } from "./task-workspace.ts";

/** Files of a repository that make git run programs or look elsewhere. */
const WATCHED = ["config", "info/attributes", "objects/info/alternates"] as const;

/** Settings that name programs to run or files and places to look in. */
const RISKY = [
  /^core\.(?:fsmonitor|sshcommand|pager|editor|askpass|gitproxy|attributesfile|worktree)$/,
  /^filter\..*\.(?:clean|smudge|process)$/,
  /^diff\.(?:external|.*\.command|.*\.textconv)$/,
  /^merge\..*\.driver$/,
  /^credential\.(?:.*\.)?helper$/,
  /^include(?:if\..*)?\.path$/,
  /^gpg\.(?:.*\.)?program$/,
  /^url\..*\.(?:push)?insteadof$/,
  /^(?:sequence\.editor|interactive\.difffilter)$/,
  /^remote\..*\.(?:uploadpack|receivepack|vcs)$/,
];

interface Audit {
  readonly files: Files;
  readonly git: Git;
  readonly workspace: TaskWorkspace;
}

/** Keeps what the settings of a new workspace are, for the audit at the end. */
export async function keepSettings({ files, workspace }: Omit<Audit, "git">): Promise<void> {
  for (const name of WATCHED) {
    const bytes = await files.readBytes(`${workspace.root}/.git/${name}`);
    if (bytes) await files.writeAtomic(keptSetting(workspace, name), bytes);
  }
}

/**
 * Names what an agent left in its repository that could run programs or lead git elsewhere, if somebody used that
 * repository; this program does not. Names and addresses for commits, and hooks that lie among the files themselves,
 * are no finding: tools set them as they install.
 */
export async function auditWorkspace(audit: Audit): Promise<readonly string[]> {
  const { files, workspace } = audit;
  const gitDir = `${workspace.root}/.git`;
  if ((await files.status(gitDir))?.kind !== "folder") return [".git, which is no longer the folder it was"];
  const hooks = (await files.list(`${gitDir}/hooks`)).filter((name) => !name.endsWith(".sample"));
  const findings = hooks.map((name) => `.git/hooks/${name}`);
  for (const name of ["info/attributes", "objects/info/alternates"] as const) {
    const [before, now] = [
      await files.readText(keptSetting(workspace, name)),
      await files.readText(`${gitDir}/${name}`),
    ];
    if ((before ?? "").trim() !== (now ?? "").trim()) findings.push(`.git/${name}`);
  }
  const before = await settingsOf(audit, keptSetting(workspace, "config"));
  const now = await settingsOf(audit, `${gitDir}/config`);
  if (now === undefined) return [...findings, ".git/config, which cannot be read"];
  for (const setting of now) if (before?.has(setting) !== true && isRisky(setting)) findings.push(nameOf(setting));
  return [...new Set(findings)];
}

function keptSetting({ own }: TaskWorkspace, name: (typeof WATCHED)[number]): string {
  return `${own}/start.${name.replaceAll("/", "-")}`;
}

/** Each setting as `name`, a line end, and its value; undefined when the file is damaged. */
async function settingsOf({ git }: Audit, file: string): Promise<ReadonlySet<string> | undefined> {
  try {
    const answer = await git.run(["config", "--no-includes", "-z", "--file", file, "--list"], {});
    return new Set(answer.text.split("\0").filter((entry) => entry !== ""));
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}

function isRisky(setting: string): boolean {
  const [name = "", value = ""] = setting.split("\n", 2);
  const key = name.toLowerCase();
  if (key.startsWith("alias.")) return value.trimStart().startsWith("!");
  if (key === "core.hookspath")
    return value.startsWith("/") || value.startsWith("~") || value.split("/").includes("..");
  return RISKY.some((risky) => risky.test(key));
}

function nameOf(setting: string): string {
  return `.git/config (${setting.split("\n", 1)[0] ?? ""})`;
}
