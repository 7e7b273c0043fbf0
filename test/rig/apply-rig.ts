/**
 * What an apply needs beside a merge rig: locks in memory, a clock that stands, and file systems that fail or die at a
 * chosen step.
 */
import { writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { applyMerged, type ApplyOutcome } from "../../src/engines/merging/apply/apply-merged.ts";
import type { TurnWait } from "../../src/engines/merging/apply/apply-fence.ts";
import { recoverApplies, type RecoveredApply } from "../../src/engines/merging/apply/recover-applies.ts";
import { undoApply } from "../../src/engines/merging/apply/undo-apply.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Files } from "../../src/ports/files.ts";
import type { Git } from "../../src/ports/git.ts";
import type { Locks } from "../../src/ports/locks.ts";
import { failed, ok, type Result } from "../../src/util/result.ts";
import type { MergeRig } from "./merge-rig.ts";

/** A clock that stands still. */
export const standingClock: Clock = {
  now: () => 0,
  wallTime: () => "2026-01-01T00:00:00.000Z",
  setTimer: () => () => {},
  hold: () => () => {},
};

/** A clock whose time passes only by being waited for; `onWait` is told before it does. */
export function waitedClock(onWait: (ms: number) => unknown = () => undefined): Clock {
  let now = 0;
  return {
    ...standingClock,
    now: () => now,
    setTimer(ms, callback) {
      let cancelled = false;
      const pass = async (): Promise<void> => {
        await onWait(ms);
        if (cancelled) return;
        now += ms;
        callback();
      };
      void pass();
      return () => (cancelled = true);
    },
  };
}

/** Locks of one imagined machine. */
export function memoryLocks(): Locks & { lose(): void } {
  const held = new Map<string, () => void>();
  return {
    acquire: async (path, { onLost }) => {
      if (held.has(path)) return failed("process 1");
      held.set(path, onLost);
      return ok(async () => void held.delete(path));
    },
    lose() {
      for (const onLost of held.values()) onLost();
      held.clear();
    },
  };
}

/** Other worlds than the healthy one to apply in. */
export interface ApplyWorld {
  readonly files?: Files;
  readonly git?: Git;
  readonly locks?: Locks;
  readonly clock?: Clock;
  readonly wait?: TurnWait;
}

/** Writes a merged commit into the user's files. */
export function apply(rig: MergeRig, commit: string | undefined, world: ApplyWorld = {}): Promise<ApplyOutcome> {
  return applyMerged({
    ...healthy(rig),
    ...world,
    snapshots: rig.isolation.snapshots,
    base: rig.base,
    commit: commit ?? "",
  });
}

/** Undoes the last apply. */
export function undo(rig: MergeRig, world: ApplyWorld = {}): Promise<Result<readonly string[], string>> {
  return undoApply({ ...healthy(rig), ...world });
}

/** Does what a new process does first. */
export function recover(rig: MergeRig): Promise<readonly RecoveredApply[]> {
  return recoverApplies(healthy(rig));
}

function healthy(rig: MergeRig): Parameters<typeof undoApply>[0] {
  const { files, git, shadow, stateFolder } = rig;
  return { files, git, shadow, stateFolder, executionId: "run-1", clock: waitedClock(), locks: memoryLocks() };
}

const writing = new Set<keyof Files>([
  "makeFolder",
  "writeAtomic",
  "writeLink",
  "createExclusive",
  "copyFile",
  "move",
  "removeFile",
  "removeEmptyFolder",
  "removeTree",
  "setMode",
]);

/** A world that fails at its `step`th write. `dies`: nothing works from then on, as if the process were gone. */
export function failingWorld(
  rig: MergeRig,
  step: number,
  kind: "fails" | "dies",
): ApplyWorld & { readonly reached: () => boolean } {
  let writes = 0;
  let dead = false;
  const died = (): Promise<never> => Promise.reject(new Error("the process is dead"));
  const wrap =
    (name: keyof Files, work: (...given: never[]) => Promise<unknown>) =>
    async (...given: never[]) => {
      if (dead) return died();
      if (!writing.has(name)) return work(...given);
      writes += 1;
      if (writes !== step) return work(...given);
      dead = kind === "dies";
      if (name === "writeAtomic" && dead) await leaveTemporary(String(given[0]));
      throw Object.assign(new Error("the disk is full"), { code: "ENOSPC" });
    };
  const files = Object.fromEntries(
    Object.entries(rig.files).map(([name, work]) => [name, wrap(name as keyof Files, work as never)]),
  ) as unknown as Files;
  const git: Git = {
    parallel: rig.git.parallel,
    run: (argv, call) => (dead ? died() : rig.git.run(argv, call)),
    version: () => rig.git.version(),
  };
  return { files, git, locks: memoryLocks(), reached: () => writes >= step };
}

/** What is beside a file when a process dies between writing and renaming. */
async function leaveTemporary(path: string): Promise<void> {
  await writeFile(join(dirname(path), `.${basename(path).slice(0, 40)}.0123456789ab.new`), "half");
}
