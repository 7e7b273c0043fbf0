import type { RunView } from "../engines/progress/run-view.ts";
import type { ExecuteInput } from "../schema/workflow.ts";
import { runResult, type RunResult } from "../report/run-result.ts";
import { pad, wrap } from "../report/text-layout.ts";
import type { CommandHost } from "./command-host.ts";
import { checkPromises, type DemoPromise } from "./demo/demo-check.ts";
import { demoTasks, makeRepository, repositoryState } from "./demo/demo-repository.ts";
import { exitCodes } from "./exit-codes.ts";
import { followRun, lineWriter } from "./follow-run.ts";
import { callStyle } from "./output.ts";
import { withScratchFolder, type ScratchFolder } from "./scratch-folder.ts";
import { outputStyle, styleSummary, type Style } from "./style.ts";

/** Wall seconds per simulated second: the four minutes of the demonstration take about five seconds. */
const realTime = 0.02;

/** `demo`: five scripted agents on a repository made on the spot; exit 1 when it does not come out as promised. */
export async function demoCommand(
  host: CommandHost,
  options: { readonly keep: boolean; readonly json: boolean },
): Promise<number> {
  return withScratchFolder(host, { name: "demo", keep: options.keep }, async (folder) => {
    const shown = await perform(host, folder, options.json);
    const code = shown.promises.every((promise) => promise.kept) ? exitCodes.ok : exitCodes.taskFailed;
    if (options.json) {
      host.out(
        `${JSON.stringify({ ...shown.result, promises: shown.promises, ...(options.keep ? { folder: folder.root } : {}) }, undefined, 2)}\n`,
      );
    } else {
      host.out(`${closingText(shown, outputStyle(host))}\n`);
      host.out(options.keep ? `\nkept: ${folder.root}\n` : "\nEverything is removed again (--keep would keep it).\n");
    }
    return shown.interrupted ? exitCodes.interrupted : code;
  });
}

interface Shown {
  readonly view: RunView;
  readonly result: RunResult;
  readonly promises: readonly DemoPromise[];
  readonly interrupted: boolean;
}

async function perform(host: CommandHost, { services, workspace }: ScratchFolder, quiet: boolean): Promise<Shown> {
  await makeRepository(services, workspace);
  const gitBefore = await repositoryState(services, workspace);
  if (!quiet) {
    host.out("A tea shop in a small git repository, with an edit of yours that is not committed.\n");
    host.out("Five scripted agents (no key, no network) work on it side by side, three at a time:\n\n");
  }
  const input: ExecuteInput = {
    tasks: [...demoTasks],
    executor: "simulated",
    maxParallelAgents: 3,
    executionStrategy: "aggressive",
    workspace,
    apply: "merge",
    simulation: { seed: 1, failureRate: 0, realTime },
  };
  const onEvent = quiet ? undefined : lineWriter((text) => host.out(text));
  const { view, interrupted } = await followRun({ host, services, input, title: "Tea shop", onEvent });
  const gitAfter = await repositoryState(services, workspace);
  const promises = await checkPromises({ services, folder: workspace, view, gitBefore, gitAfter });
  return { view, result: runResult(view, { detail: "full", calls: callStyle(quiet) }), promises, interrupted };
}

function closingText({ view, result, promises }: Shown, style: Style): string {
  const lines = promises.map(({ kept, text }) => `  ${kept ? style.good("✓") : style.bad("✗")} ${text}`);
  const asPromised = promises.every((promise) => promise.kept);
  return [
    "",
    ...(asPromised ? [style.bold("IN SHORT"), ...inShort(view), ""] : []),
    styleSummary(result.summary, style),
    "",
    "WHAT CHANGED in the repository",
    ...changeTable(view),
    "",
    asPromised ? style.good("CHECKED in the files themselves") : style.bad("NOT AS PROMISED"),
    ...lines,
  ].join("\n");
}

/** What happened, for somebody who has never seen this before. */
function inShort(view: RunView): string[] {
  const held = view.merge?.held.map((task) => task.taskId).join(", ") ?? "";
  const merged = view.merge?.merged.length ?? 0;
  return wrap(
    `Five agents worked side by side, each in a copy of the repository. ${merged} results were merged into the ` +
      `files, two of them in the same file. One (${held}) is held back, because it changes the very line that another ` +
      "agent has changed; somebody has to choose. Your own uncommitted edit was never touched.",
    { first: "  " },
  );
}

/** What was written, as `git diff --stat` would tell it, and by whom. */
function changeTable(view: RunView): string[] {
  const merged = new Set(view.merge?.merged);
  const rows = new Map<string, { added: number; removed: number; by: string[] }>();
  for (const task of view.tasks.values()) {
    if (!merged.has(task.id)) continue;
    for (const change of task.changes) {
      const row = rows.get(change.file) ?? { added: 0, removed: 0, by: [] };
      row.added += change.addedLines ?? 0;
      row.removed += change.removedLines ?? 0;
      row.by.push(task.id);
      rows.set(change.file, row);
    }
  }
  return [...rows]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(
      ([file, { added, removed, by }]) => `  ${pad(file, 16)} | ${pad(`+${added} -${removed}`, 7)} ${by.join(", ")}`,
    );
}
