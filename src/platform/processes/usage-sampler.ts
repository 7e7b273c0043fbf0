import type { TreeUsage, UsageSampler } from "../../ports/processes.ts";
import { CpuAccount } from "./cpu-account.ts";
import { proportionalMb, readUsageTable } from "./process-usage.ts";
import type { UsageTable } from "./process-usage.ts";
import type { ProcessTree } from "./process-tree.ts";

/** Of how many looks for newcomers each process is read in one that belonged to no tree before. */
const STRANGERS_EVERY = 4;
/** Pids of processes that have ended are among them. */
const MOST_STRANGERS = 10_000;

/** Sees what the trees of running programs use: from /proc on Linux, from `ps` on other Unixes. */
export function usageSampler(treeOf: (pid: number) => ProcessTree | undefined): UsageSampler {
  const accounts = new WeakMap<ProcessTree, CpuAccount>();
  /** Pids of processes that were read and belong to no tree. */
  const strangers = new Set<number>();
  let looks = 0;

  const usageOf = (tree: ProcessTree, table: UsageTable): TreeUsage | undefined => {
    const members = tree.presentIn(table);
    if (members.length === 0) return undefined;
    const account = accounts.get(tree) ?? new CpuAccount();
    accounts.set(tree, account);
    return {
      processes: members.filter((member) => !member.ended).length,
      rssMb: members.reduce((sum, member) => sum + member.rssMb, 0),
      cpuMs: account.enter(members),
    };
  };

  const proportionalOf = async (tree: ProcessTree): Promise<number | undefined> => {
    const parts = await Promise.all(Array.from(tree.known, proportionalMb));
    const known = parts.filter((part) => part !== undefined);
    return known.length === 0 ? undefined : known.reduce((sum, part) => sum + part, 0);
  };

  const treesOf = (pids: readonly number[]): readonly { readonly pid: number; readonly tree: ProcessTree }[] =>
    pids.flatMap((pid) => {
      const tree = treeOf(pid);
      return tree ? [{ pid, tree }] : [];
    });

  /** Lets trees find their newcomers; the rows read for that, and of those wanted. */
  const meet = async (newcomersOf: readonly number[], wanted: ReadonlySet<number>): Promise<UsageTable> => {
    const trees = treesOf(newcomersOf).map(({ tree }) => tree);
    const known = new Set(trees.flatMap((tree) => [...tree.known]));
    looks += 1;
    if (strangers.size > MOST_STRANGERS) strangers.clear();
    // A stranger stays one until its pid is another's, which shows a second later at the latest.
    const isStranger = (pid: number): boolean => strangers.has(pid) && (pid + looks) % STRANGERS_EVERY !== 0;
    const table = await readUsageTable(undefined, (pid) => !wanted.has(pid) && (known.has(pid) || isStranger(pid)));
    const newcomers = new Map([...table].filter(([pid]) => !known.has(pid)));
    for (const tree of trees) {
      tree.adopt(newcomers);
      for (const pid of tree.known) newcomers.delete(pid);
    }
    for (const pid of table.keys()) strangers.delete(pid);
    for (const pid of newcomers.keys()) strangers.add(pid);
    return table;
  };

  return {
    async sample(pids, newcomersOf) {
      const trees = treesOf(pids);
      const usages = new Map<number, TreeUsage>();
      const wanted = new Set(trees.flatMap(({ tree }) => [...tree.known]));
      const table = newcomersOf.length === 0 ? await readUsageTable([...wanted]) : await meet(newcomersOf, wanted);
      for (const { pid, tree } of trees) {
        const usage = usageOf(tree, table);
        if (usage) usages.set(pid, usage);
      }
      return usages;
    },
    async proportionalMemoryMb(pids) {
      const memory = new Map<number, number>();
      for (const pid of pids) {
        const tree = treeOf(pid);
        const megabytes = tree && (await proportionalOf(tree));
        if (megabytes !== undefined) memory.set(pid, megabytes);
      }
      return memory;
    },
  };
}
