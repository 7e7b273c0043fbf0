/** What a run does with files, done with git: joins isolation, tracking and merging. */
import type { Clock } from "../../../ports/clock.ts";
import type { CodeReader } from "../../../ports/code-reader.ts";
import type { Files } from "../../../ports/files.ts";
import type { Git, Shadow } from "../../../ports/git.ts";
import type { Locks } from "../../../ports/locks.ts";
import type { FileView, Processes } from "../../../ports/processes.ts";
import type { RunSpec } from "../../../schema/event.ts";
import { executorKindsOf } from "../../../schema/fallback.ts";
import { ProblemError } from "../../../schema/problem.ts";
import { assert } from "../../../util/assert.ts";
import { encodeId } from "../../../util/encode-id.ts";
import { toWorkspacePath } from "../../../util/workspace-path.ts";
import { failed, type Result } from "../../../util/result.ts";
import type { Isolation } from "../../isolation/isolation.ts";
import type { TaskWorkspace } from "../../isolation/task-workspace.ts";
import { applyBranch } from "../../merging/apply/apply-branch.ts";
import { applyMerged } from "../../merging/apply/apply-merged.ts";
import { dropBackups, listBackups } from "../../merging/apply/backups.ts";
import { combineCommits } from "../../merging/combine-starts.ts";
import { keepMerged } from "../../merging/merge-results.ts";
import type { Regenerator } from "../../merging/by-kind/regenerate-files.ts";
import { undoApply } from "../../merging/apply/undo-apply.ts";
import { changesBetween } from "../../tracking/track-changes.ts";
import { expected } from "../expected-failure.ts";
import { leadTo, previewWrite } from "./git-delivery.ts";
import { mergeCandidates } from "./git-merge.ts";
import { changedMeanwhile, repositorySettings } from "./git-meanwhile.ts";
import { findOverlaps } from "./git-overlaps.ts";
import { heldView } from "./held-view.ts";
import { openEdit, takeEdit } from "./git-edits.ts";
import { regeneratorOf, untilEnded, withoutCommands } from "./git-regeneration.ts";
import { removeKept } from "./remove-kept.ts";
import type { Candidate, EditRequest, MergeMore, OpenWorkspace, RunProgram, RunWorkspaces } from "../workspaces.ts";

/** What it works with. */
export interface GitWorld {
  readonly files: Files;
  readonly git: Git;
  readonly clock: Clock;
  readonly isolation: Isolation;
  readonly locks: Locks;
  readonly stateFolder: string;
  /** Reads code for the judgement of meaning; without it, only the text of results is compared. */
  readonly code?: CodeReader;
  /** Finds out whether agents can be kept to a view of the machine's files; without it they are not. */
  readonly processes?: Pick<Processes, "holdsView">;
  /** Runs the commands that make files anew; without it, none is made. */
  readonly runProgram?: RunProgram;
}

type GitWorkspace = OpenWorkspace & { readonly made: TaskWorkspace };

/** Opens the files of a run: its shadow repository, and everything the run keeps there. */
export async function gitWorkspaces(world: GitWorld, spec: RunSpec): Promise<RunWorkspaces<GitWorkspace>> {
  assert(spec.workspace !== undefined, "a run that works on files has a workspace");
  const place = await world.isolation.checkWorkspace(spec.workspace);
  if (!place.ok) throw new ProblemError(place.error);
  const shadow = await world.isolation.openShadow(place.value);
  // Scripted agents have no processes that could be kept from anything.
  const isReal = spec.tasks.flatMap(executorKindsOf).some((kind) => kind !== "simulated");
  const { processes, ...others } = world;
  const held = isReal && processes ? { ...others, processes } : others;
  return new GitRunWorkspaces({ world: held, shadow, spec });
}

class GitRunWorkspaces implements RunWorkspaces<GitWorkspace> {
  readonly #world: GitWorld;
  readonly #shadow: Shadow;
  readonly #executionId: string;
  /** Settings of the user's repository as they were at the base. */
  #settings: ReadonlyMap<string, string> = new Map();
  /** What its agents may see, once it was tried; undefined where that cannot be held. */
  #view: Promise<FileView | undefined> | undefined;
  readonly #regenerator: Regenerator | undefined;

  constructor({ world, shadow, spec }: { world: GitWorld; shadow: Shadow; spec: RunSpec }) {
    this.#world = world;
    this.#shadow = shadow;
    this.#executionId = spec.executionId;
    this.#regenerator = regeneratorOf({ ...world, shadow, view: () => this.#agentsView() }, spec);
  }

  captureBase(): Promise<Result<string, string>> {
    return expected("Recording the state to start from", async () => {
      this.#settings = await repositorySettings(this.#world.files, this.#shadow.userGitDir);
      return this.#base();
    });
  }

  async keepsApart(): Promise<boolean> {
    return (await this.#agentsView()) !== undefined;
  }

  #agentsView(): Promise<FileView | undefined> {
    this.#view ??= heldView({ ...this.#world, ...this.#place() });
    return this.#view;
  }

  async meanwhile(): Promise<readonly string[]> {
    const { snapshots } = this.#world.isolation;
    const compared = await expected("Looking at your files", async () => [
      ...(await changedMeanwhile({ ...this.#place(), snapshots, base: await this.#base(), settings: this.#settings })),
      ...(await this.#world.isolation.strangersBeside(this.#executionId)),
    ]);
    return compared.ok ? compared.value : [];
  }

  async open(request: Parameters<RunWorkspaces["open"]>[0]): Promise<Result<GitWorkspace, string>> {
    const { taskId, attempt, dependencies, signal } = request;
    const { isolation } = this.#world;
    const shadow = this.#shadow;
    const executionId = this.#executionId;
    const regenerator = untilEnded(this.#regenerator, signal);
    const ref = `refs/runs/${await encodeId(executionId)}/starts/${await encodeId(taskId)}`;
    const making = `Making a workspace for ${taskId}`;
    const start = await expected(making, async () =>
      combineCommits({ ...this.#place(), base: await this.#base(), commits: dependencies, ref, regenerator }),
    );
    if (!start.ok) return start;
    const combined = start.value;
    if (!combined.ok) return failed(`the results it builds on do not go together: ${combined.error.reason}`);
    return expected(making, async () => {
      const made = await isolation.createWorkspace({ shadow, executionId, taskId, attempt, start: combined.value });
      const view = await this.#agentsView();
      return {
        folder: made.folder,
        startCommit: combined.value,
        made,
        ...(view && { view: { ...view, own: made.root } }),
      };
    });
  }

  holderOf(path: string): Promise<string | undefined> {
    return this.#world.isolation.holderOf(this.#executionId, path);
  }

  peek({ made }: GitWorkspace): Promise<string | undefined> {
    return this.#world.isolation.peekWorkspace({ shadow: this.#shadow, workspace: made });
  }

  async overlaps(...[sides, pairs]: Parameters<RunWorkspaces["overlaps"]>): ReturnType<RunWorkspaces["overlaps"]> {
    return findOverlaps({ ...this.#place(), base: await this.#base(), sides, pairs });
  }

  collect(workspace: GitWorkspace): ReturnType<RunWorkspaces["collect"]> {
    const { git, isolation } = this.#world;
    const shadow = this.#shadow;
    return expected(`Recording what ${workspace.made.taskId} left behind`, async () => {
      const captured = await isolation.captureWorkspace({ shadow, workspace: workspace.made });
      if (!captured.ok) throw new ProblemError(captured.error);
      const { commit } = captured.value;
      const changes = await changesBetween({ git, shadow, from: workspace.startCommit, to: commit });
      return { commit, changes, tampering: await isolation.auditWorkspace(workspace.made) };
    });
  }

  async close(workspace: GitWorkspace): Promise<void> {
    const { isolation } = this.#world;
    // What stays is removed with all the others when the run ends.
    await expected("Removing a workspace", () =>
      isolation.removeWorkspace({ shadow: this.#shadow, workspace: workspace.made }),
    );
  }

  async merge(
    candidates: readonly Candidate[],
    heldBefore: Parameters<RunWorkspaces["merge"]>[1],
    { preferred, preview, signal }: MergeMore = {},
  ): ReturnType<RunWorkspaces["merge"]> {
    const regenerator = preview ? withoutCommands(this.#regenerator) : untilEnded(this.#regenerator, signal);
    const { shadow, executionId } = this.#place();
    const merged = await expected("Merging the results", async () => {
      const run = { world: this.#world, shadow, executionId, base: await this.#base() };
      return mergeCandidates({ ...run, candidates, heldBefore, preferred, regenerator });
    });
    if (merged.ok) return merged.value;
    const held = candidates.map(({ task }) => ({ taskId: task.id, reason: merged.error }));
    return {
      merged: [],
      held: [...heldBefore, ...held].map((each) => ({ ...each, conflictIds: [] })),
      conflicts: [],
    };
  }

  async keepMerged(commit: string): Promise<void> {
    await keepMerged({ ...this.#place(), commit });
  }

  async apply(
    ...[mode, commit, { from, wait } = {}]: Parameters<RunWorkspaces["apply"]>
  ): ReturnType<RunWorkspaces["apply"]> {
    const { git, files, clock, isolation, locks, stateFolder } = this.#world;
    const shadow = this.#shadow;
    const executionId = this.#executionId;
    const applied = await expected("Writing the results", async () => {
      const { snapshots } = isolation;
      const base = from ?? (await this.#base());
      const request = { git, files, clock, locks, snapshots, shadow, executionId, base, commit, stateFolder };
      return mode === "merge" ? applyMerged({ ...request, ...(wait && { wait }) }) : applyBranch(request);
    });
    if (!applied.ok) return { applied: false, files: [], reason: applied.error, conflicts: [] };
    return { ...applied.value, files: [...applied.value.files], conflicts: [...applied.value.conflicts] };
  }

  async treeOf(commit: string): Promise<string> {
    const argv = ["rev-parse", "--verify", "--end-of-options", `${commit}^{tree}`];
    return (await this.#world.git.run(argv, { gitDir: this.#shadow.gitDir })).text.trim();
  }

  async leadTo({ from, to }: Parameters<RunWorkspaces["leadTo"]>[0]): Promise<string> {
    return leadTo({ ...this.#place(), from, to: to ?? (await this.#base()) });
  }

  async previewWrite({
    from,
    to,
  }: Parameters<RunWorkspaces["previewWrite"]>[0]): ReturnType<RunWorkspaces["previewWrite"]> {
    const base = await this.#base();
    const { snapshots } = this.#world.isolation;
    const seen = await expected("Looking at your files", () =>
      previewWrite({ ...this.#place(), snapshots, from: from ?? base, to: to ?? base }),
    );
    return seen.ok ? seen.value : seen;
  }

  async changes(from: string | undefined, to: string | undefined): ReturnType<RunWorkspaces["changes"]> {
    const base = await this.#base();
    return changesBetween({ ...this.#place(), from: from ?? base, to: to ?? base });
  }

  async writtenBy(commit: string): ReturnType<RunWorkspaces["writtenBy"]> {
    const backups = await listBackups(this.#world.files, this.#world.stateFolder, this.#executionId);
    const written = backups.find(({ state }) => state === "committed");
    if (written?.manifest.commit !== commit) return undefined;
    return written.manifest.entries.map(({ path }) => toWorkspacePath(path, this.#shadow.prefix));
  }

  async openEdit(request: EditRequest): ReturnType<RunWorkspaces["openEdit"]> {
    const base = await this.#base();
    const { isolation } = this.#world;
    const opened = await expected("Laying out the files to edit", () =>
      openEdit({ ...this.#place(), ...request, isolation, base }),
    );
    return opened.ok ? opened.value : opened;
  }

  async takeEdit(request: EditRequest & { readonly folder: string }): ReturnType<RunWorkspaces["takeEdit"]> {
    const base = await this.#base();
    const { isolation } = this.#world;
    const taken = await expected("Taking over the edited files", () =>
      takeEdit({ ...this.#place(), ...request, isolation, base }),
    );
    return taken.ok ? taken.value : taken;
  }

  async closeEdit(folder: string): Promise<void> {
    const { isolation } = this.#world;
    const workspace = await isolation.workspaceAt(this.#shadow, folder);
    if (!workspace) return;
    await expected("Removing the edited folder", () => isolation.removeWorkspace({ shadow: this.#shadow, workspace }));
  }

  async undo(): Promise<Result<readonly string[], string>> {
    const request = { ...this.#world, shadow: this.#shadow, executionId: this.#executionId };
    const undone = await expected("Taking the results back", () => undoApply(request));
    return undone.ok ? undone.value : undone;
  }

  async cleanUp(keepResults: boolean): Promise<void> {
    // The run is over all the same; what stays is removed when somebody deletes the run.
    await expected("Removing the run's workspaces", () => this.#cleanUp(keepResults));
  }

  async #cleanUp(keepResults: boolean): Promise<void> {
    await removeKept({ ...this.#place(), isolation: this.#world.isolation, keepResults });
  }

  async forget(): Promise<void> {
    await this.#cleanUp(false);
    await dropBackups(this.#world.files, this.#world.stateFolder, this.#executionId);
  }

  #place(): { readonly git: Git; readonly files: Files; readonly shadow: Shadow; readonly executionId: string } {
    const { git, files } = this.#world;
    return { git, files, shadow: this.#shadow, executionId: this.#executionId };
  }

  #base(): Promise<string> {
    return this.#world.isolation.captureBase({ shadow: this.#shadow, executionId: this.#executionId });
  }
}
