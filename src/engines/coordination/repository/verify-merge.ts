import type { EventOf, RunSpec } from "../../../schema/event.ts";
import { minimizeFailure } from "../../../util/minimize-failure.ts";
import { commandText } from "../../execution/command-policy.ts";
import { parseCommand } from "../../execution/program-command.ts";
import type { ConflictDraft } from "../../merging/pairs/describe-conflict.ts";
import type { HeldBefore } from "../../scheduling/command.ts";
import { addConflicts } from "../resolution/add-conflicts.ts";
import { culpritConflict, unverifiedConflict } from "./verify-conflicts.ts";
import type { Candidate, RunProgram, RunWorkspaces } from "../workspaces.ts";

/** Name under which merged trees get folders of their own; no task has it, because ids are not empty. */
const verifyId = "verify-merged";

/** The command is run no more often than this to find out who is to blame. */
const maxVerifications = 60;

type Merged = Omit<EventOf<"merge.finished">, "type">;

/** What a merge is verified with. */
export interface Verification {
  readonly spec: RunSpec;
  readonly merged: Merged;
  readonly candidates: readonly Candidate[];
  /** Results that were held before anything was merged. */
  readonly held: readonly HeldBefore[];
  readonly workspaces: RunWorkspaces;
  readonly runProgram: RunProgram;
  /** Ends the command, and the search for who is to blame; its reason is a sentence without a full stop. */
  readonly signal: AbortSignal;
}

/**
 * Runs the run's verify command on the merged tree, in a folder of its own. When it fails and what the run started from
 * passes, the smallest group of results that fails together is looked for; one of the group is held, with the command's
 * last words, until the rest passes. What could not be verified, also because the signal came, is never merged.
 */
export async function verifyMerge(verification: Verification): Promise<Merged> {
  const { spec, merged, candidates, workspaces, signal } = verification;
  const parsed = spec.verify === undefined ? undefined : parseCommand(spec.verify, "verify");
  if (parsed === undefined || merged.commit === undefined) return merged;
  const command = parsed.ok ? commandText(parsed.value) : "the verify command";
  const trial = new Trial(verification);
  const found: ConflictDraft[] = [];
  const dropped = new Map<string, HeldBefore>();
  let current = merged;
  while (current.commit !== undefined) {
    const failure = await trial.run([current.commit]);
    if (failure === undefined) return addConflicts(current, found);
    const group = candidates.filter(({ task }) => current.merged.includes(task.id));
    const baseFailure = failure.ran ? await trial.run([]) : undefined;
    if (!failure.ran || baseFailure !== undefined) {
      const draft = unverifiedConflict({ command, group, failure: failure.reason, baseFailure: baseFailure?.reason });
      return addConflicts(holdAll(current, group), [...found, draft]);
    }
    const { items, minimal } = await minimizeFailure(inOrder(group), (part) => trial.fails(part));
    if (!minimal) {
      const draft = unverifiedConflict({ command, group: items, failure: failure.reason, baseFailure: undefined });
      return addConflicts(holdAll(current, group), [...found, draft]);
    }
    const reason = (await trial.run(commitsOf(items)))?.reason ?? failure.reason;
    // The one that matters least, or came last.
    const [out] = items.toSorted((left, right) => priorityOf(left) - priorityOf(right) || right.order - left.order);
    if (!out) return addConflicts(holdAll(current, group), found);
    dropped.set(out.task.id, { taskId: out.task.id, reason: `fails '${command}' together with ${others(items, out)}` });
    if (items.length === 1) dropped.set(out.task.id, { taskId: out.task.id, reason: `does not pass '${command}'` });
    found.push(culpritConflict({ command, culprits: items, held: out, reason }));
    current = await workspaces.merge(candidates, [...verification.held, ...dropped.values()], { signal });
  }
  return addConflicts(current, found);
}

/** Why the run's verify command fails on a merged commit; undefined when it passes, or there is none. */
export async function verifyFailure(what: Trying & { readonly commit: string }): Promise<string | undefined> {
  const failure = await new Trial(what).run([what.commit]);
  return failure && `the merged results do not pass the verify command: ${failure.reason}`;
}

function commitsOf(candidates: readonly Candidate[]): readonly string[] {
  return candidates.map(({ commit }) => commit);
}

function priorityOf({ task }: Candidate): number {
  return task.priority ?? 0;
}

function inOrder(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.toSorted((left, right) => left.order - right.order);
}

function others(items: readonly Candidate[], out: Candidate): string {
  return items.flatMap((item) => (item === out ? [] : `'${item.task.id}'`)).join(", ");
}

type Trying = Pick<Verification, "spec" | "workspaces" | "runProgram" | "signal">;

/** Runs the command on merged results; the same tree is never run twice. */
class Trial {
  readonly #verification: Trying;
  readonly #known = new Map<string, { reason: string; ran: boolean } | undefined>();
  #runs = 0;

  constructor(verification: Trying) {
    this.#verification = verification;
  }

  /** Whether these results fail together; undefined when the command has been run often enough, or is to end. */
  async fails(part: readonly Candidate[]): Promise<boolean | undefined> {
    if (this.#runs >= maxVerifications) return undefined;
    const failure = await this.run(commitsOf(part));
    return this.#verification.signal.aborted ? undefined : failure !== undefined;
  }

  /** Why the command fails on these commits put together, or on what the run started from; `ran` is false where it did not run to its end. */
  async run(commits: readonly string[]): Promise<{ reason: string; ran: boolean } | undefined> {
    const { spec, workspaces, runProgram, signal } = this.#verification;
    const { verify, executionId } = spec;
    if (verify === undefined) return undefined;
    const ended = (): { reason: string; ran: boolean } | undefined =>
      signal.aborted ? { reason: `it was ended, because ${String(signal.reason)}`, ran: false } : undefined;
    this.#runs += 1;
    const request = { taskId: verifyId, attempt: this.#runs, dependencies: commits, signal };
    const opened = ended() ?? (await workspaces.open(request));
    if ("reason" in opened) return opened;
    if (!opened.ok) return { reason: `the merged tree could not be laid out: ${opened.error}`, ran: false };
    try {
      const tree = await workspaces.treeOf(opened.value.startCommit);
      if (!this.#known.has(tree)) {
        const { folder, view } = opened.value;
        const reason = await runProgram({ command: verify, folder, view, executionId, taskId: verifyId, signal });
        const cut = ended();
        if (cut) return cut;
        this.#known.set(tree, reason === undefined ? undefined : { reason, ran: true });
      }
      return this.#known.get(tree);
    } finally {
      await workspaces.close(opened.value);
    }
  }
}

function holdAll(merged: Merged, group: readonly Candidate[]): Merged {
  const held = group.map(({ task }) => ({
    taskId: task.id,
    conflictIds: [],
    reason: "the merged results could not be verified",
  }));
  return { merged: [], held: [...merged.held, ...held], conflicts: merged.conflicts };
}
