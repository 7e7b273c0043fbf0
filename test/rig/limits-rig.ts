/** Programs that use memory and CPU as they are told, and the watch that holds their limits. */
import { tmpdir } from "node:os";
import { FollowedTree } from "../../src/engines/limits/followed-tree.ts";
import type { LimitNotice, ResourceLimits } from "../../src/engines/limits/resource-limits.ts";
import { ResourceWatch, type Following } from "../../src/engines/limits/resource-watch.ts";
import { childProcesses } from "../../src/platform/processes/child-processes.ts";
import type { ContainmentStrength } from "../../src/platform/processes/containment.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import type { ChildProcess, TreeUsage } from "../../src/ports/processes.ts";
import { fixture } from "./program-rig.ts";

/** A program whose limits are held. */
export interface Limited extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly following: Following;
  readonly notices: readonly LimitNotice[];
  /** Settles when the watch asks that it be ended for its memory. */
  readonly overMemory: Promise<LimitNotice>;
  /** Gives an order and waits until it is done. */
  order(line: string): Promise<void>;
  /** Waits for a line of its output. */
  says(line: string): Promise<void>;
}

const obeys = [process.execPath, fixture("limits-obeys")];

/** Starts a program and holds its limits; when it is over its memory limit nothing is done but by the watch. */
export async function limited(
  limits: ResourceLimits,
  options: { readonly argv?: readonly string[]; readonly strongest?: ContainmentStrength } = {},
): Promise<Limited> {
  const processes = childProcesses({ marks: [], ...(options.strongest && { strongest: options.strongest }) });
  const watch = new ResourceWatch({ clock: systemClock(), usage: processes.usage });
  const child = await processes.start({
    argv: options.argv ?? obeys,
    cwd: tmpdir(),
    env: { PATH: process.env["PATH"] ?? "" },
    maxLineBytes: 1_000,
    contained: true,
  });
  const notices: LimitNotice[] = [];
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  child.onLine((line) => {
    lines.push(line);
    for (const look of listeners) look();
  });
  let isOver: (notice: LimitNotice) => void = () => undefined;
  const overMemory = new Promise<LimitNotice>((resolve) => (isOver = resolve));
  const following = watch.follow({
    child,
    kind: "test",
    limits,
    listener: {
      notice: (notice) => void notices.push(notice),
      overMemory: (notice) => isOver(notice),
      fault: (error) => {
        throw error;
      },
    },
  });
  const next = (wanted: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        const at = lines.indexOf(wanted);
        if (at === -1) return;
        lines.splice(0, at + 1);
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
    });
  if (!options.argv) await next("ready");
  return {
    child,
    following,
    notices,
    overMemory,
    says: next,
    order: (line) => {
      child.write(`${line}\n`);
      return next("done");
    },
    async [Symbol.asyncDispose]() {
      await child.killTree();
    },
  };
}

/** A program of which a test decides what it uses, and what was done to it. */
export interface FakeTree {
  readonly done: readonly string[];
  readonly notices: readonly LimitNotice[];
  readonly tree: FollowedTree;
  /** A look at `at` that finds this; gives whether an exact look at its memory was wanted. */
  look(at: number, seen: Partial<TreeUsage> & { readonly exactMb?: number }): boolean;
}

/** Makes such a program. */
export function fakeTree(limits: ResourceLimits): FakeTree {
  const done: string[] = [];
  const notices: LimitNotice[] = [];
  const child: ChildProcess = {
    pid: 1,
    exited: new Promise(() => undefined),
    onLine: () => undefined,
    cutLines: () => 0,
    stderrTail: () => "",
    write: () => undefined,
    endInput: () => undefined,
    signal: (name) => void done.push(name),
    pause: () => void done.push("pause"),
    resume: () => void done.push("resume"),
    killTree: () => {
      done.push("kill");
      return Promise.resolve();
    },
  };
  const tree = new FollowedTree({
    child,
    limits,
    now: 0,
    listener: {
      notice: (notice) => void notices.push(notice),
      overMemory: () => void done.push("over"),
      fault: (error) => void done.push(String(error)),
    },
  });
  let last: TreeUsage = { processes: 1, rssMb: 1, cpuMs: 0 };
  return {
    done,
    notices,
    tree,
    look(at, { exactMb, ...seen }) {
      last = { ...last, ...seen };
      const wanted = tree.see(at, last);
      tree.judgeMemory(at, wanted ? exactMb : undefined);
      return wanted;
    },
  };
}
