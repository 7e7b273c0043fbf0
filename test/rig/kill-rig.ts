/** An apply in a process of its own that is killed at a chosen step, as often as a test wants. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { applyMerged } from "../../src/engines/merging/apply/apply-merged.ts";
import { recoverApplies } from "../../src/engines/merging/apply/recover-applies.ts";
import { undoApply } from "../../src/engines/merging/apply/undo-apply.ts";
import { advisoryLocks } from "../../src/platform/advisory-lock.ts";
import { waitedClock } from "./apply-rig.ts";
import { fingerprint, gitFingerprint, writeFiles, type FileContent } from "./git-rig.ts";
import { openMergeRig, type MergeRig } from "./merge-rig.ts";

type Content = Readonly<Record<string, FileContent>>;
type Action = "apply" | "undo" | "recover";
type Moment = "before" | "within" | "after";

/** What a user's folder was after a kill and what follows it. */
export interface KillReport {
  /** `apply 12 within`, … */
  readonly name: string;
  /** Whether the process died, or got to the end before its step came. */
  readonly died: boolean;
  /** Which of the two trees is there after recovery; undefined for any other. */
  readonly after: "old" | "new" | undefined;
  /** Whether what git keeps of the user's is untouched. */
  readonly gitUntouched: boolean;
}

const old: Content = {
  "changed.txt": "old\n",
  "deleted.txt": "to go\n",
  "only/here/gone.txt": "its folders go with it\n",
  "run.sh": { executable: "#!/bin/sh\n" },
  link: { link: "changed.txt" },
  "becomes-a-folder": "a file\n",
  "folder/becomes/a-file": "in a folder\n",
  "untouched.txt": "mine\n",
};
const edits: Content = {
  "changed.txt": "new\n",
  "deleted.txt": null,
  only: null,
  "run.sh": "#!/bin/sh\nexit 1\n",
  "becomes-a-folder": null,
  "made/deep/file.txt": "new\n",
  "made/run": { executable: "#!/bin/sh\n" },
};
const editsAfter: Content = { "becomes-a-folder/x": "x\n", link: { link: "untouched.txt" } };

/** A workspace, a merged commit, and a program that applies it and kills itself. */
export interface KillRig extends AsyncDisposable {
  /** Number of steps of an action that nobody kills. */
  readonly steps: Readonly<Record<Action, number>>;
  /** Kills an action at a step, lets the next process recover, and puts the old tree back. */
  kill(action: Action, step: number, moment: Moment): Promise<KillReport>;
}

/** Makes the workspace, and goes once through everything without a kill. */
export async function openKillRig(): Promise<KillRig> {
  const rig = await openMergeRig(old, { uncommitted: { "not-committed.txt": "mine\n" } });
  const program = join(rig.repository.scratch, "applies.mjs");
  const entry = fileURLToPath(new URL("../fixtures/applies-and-kills-itself.mjs", import.meta.url));
  const banner = { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' };
  await build({ entryPoints: [entry], outfile: program, bundle: true, platform: "node", format: "esm", banner });
  const commit = await mergedCommit(rig);
  const { git: ownGit, files, shadow, base, stateFolder, isolation } = rig;
  const world = { git: ownGit, files, locks: advisoryLocks(), clock: waitedClock(), stateFolder };
  const run = { ...world, shadow, executionId: "run-1" };
  // What is to be there before a kill, or puts things right after it, needs no process of its own.
  const here = {
    apply: () => applyMerged({ ...run, snapshots: isolation.snapshots, base, commit }),
    recover: () => recoverApplies(world),
    undo: () => undoApply(run),
  };
  const tree = async (): Promise<string> => treeOf(rig.repository.root);
  const start = (action: Action, step = 0, moment: Moment = "after"): Promise<string | undefined> => {
    const settings = { action, step, moment, shadow, base, commit, stateFolder, scratch: rig.repository.scratch };
    return runProgram(program, JSON.stringify(settings));
  };
  const stepsOf = async (action: Action): Promise<number> =>
    (JSON.parse((await start(action)) ?? "{}") as { steps: number }).steps;
  const before = await tree();
  const apply = await stepsOf("apply");
  const after = await tree();
  if (after === before) throw new Error(`the apply has changed nothing: ${await start("apply")}`);
  const undo = await stepsOf("undo");
  const undone = await tree();
  if (undone !== before) throw new Error(`the undo has not restored the tree:\n${undone}\ninstead of\n${before}`);
  await start("apply", Math.floor(apply * 0.8));
  const recover = await stepsOf("recover");
  const git = (await gitFingerprint(rig.repository.root)).join("\n");
  return {
    steps: { apply, undo, recover },
    async kill(action, step, moment) {
      if (action === "undo") await here.apply();
      // In the middle of its writing.
      if (action === "recover") await start("apply", Math.floor(apply * 0.8));
      const died = (await start(action, step, moment)) === undefined;
      await here.recover();
      const now = await tree();
      const gitUntouched = (await gitFingerprint(rig.repository.root)).join("\n") === git;
      if (now === after) await here.undo();
      return {
        name: `${action} ${step} ${moment}`,
        died,
        after: now === before ? "old" : now === after ? "new" : undefined,
        gitUntouched,
      };
    },
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  };
}

/** Kills spread evenly over all steps and moments of the three actions. */
export async function killEvenly(rig: KillRig, count: number): Promise<readonly KillReport[]> {
  const moments = ["before", "within", "after"] as const;
  const points = (["apply", "undo", "recover"] as const).flatMap((action) =>
    Array.from({ length: rig.steps[action] }, (_, index) => index + 1).flatMap((step) =>
      moments.map((moment) => ({ action, step, moment })),
    ),
  );
  const reports: KillReport[] = [];
  let died = 0;
  // An action may need fewer steps than when they were counted: then its last ones never come.
  for (let number = 0; died < count && number < 2 * count; number++) {
    const place = ((number % count) + Math.floor(number / count) / 2) / count;
    const { action, step, moment } = points[Math.floor(place * points.length)] as (typeof points)[number];
    const report = await rig.kill(action, step, moment);
    reports.push(report);
    if (report.died) died += 1;
  }
  return reports;
}

/** All but what git keeps. */
async function treeOf(root: string): Promise<string> {
  return (await fingerprint(root)).filter((line) => !line.startsWith(".git")).join("\n");
}

async function mergedCommit(rig: MergeRig): Promise<string> {
  const key = { executionId: "run-1", taskId: "t1", attempt: 1 };
  const { isolation, shadow, base } = rig;
  const workspace = await isolation.createWorkspace({ ...key, shadow, start: base });
  await writeFiles(workspace.folder, edits);
  await writeFiles(workspace.folder, editsAfter);
  const captured = await isolation.captureWorkspace({ shadow, workspace });
  if (!captured.ok) throw new Error(captured.error.error);
  return captured.value.commit;
}

/** What the program printed; undefined when it was killed. */
function runProgram(program: string, settings: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, settings], { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (piece: string) => (text += piece));
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (signal === "SIGKILL") resolve(undefined);
      else if (code === 0) resolve(text);
      else reject(new Error(`the program ended with ${code ?? signal}`));
    });
  });
}
