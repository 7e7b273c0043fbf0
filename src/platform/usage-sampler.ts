import type { TreeUsage, UsageSampler } from "../ports/processes.ts";
import { CpuAccount } from "./cpu-account.ts";
import { proportionalMb, readUsageTable } from "./process-usage.ts";
import type { UsageEntry, UsageTable } from "./process-usage.ts";
import type { ProcessTree } from "./process-tree.ts";

/** Of how many looks at the machine each process is read in one that cannot belong to any tree. */
const STRANGERS_EVERY = 4;

/** Most of a machine's processes are older than any program here; every tree would look at each of them. */
function leaveOutOlder(table: Map<number, UsageEntry>, startedAt: number): readonly number[] {
  const older = [...table.values()].flatMap((entry) => (entry.startedAt < startedAt ? [entry.pid] : []));
  for (const pid of older) table.delete(pid);
  return older;
}

/** Sees what the trees of running programs use: from /proc on Linux, from `ps` on other Unixes. */
export function usageSampler(treeOf: (pid: number) => ProcessTree | undefined): UsageSampler {
  const accounts = new WeakMap<ProcessTree, CpuAccount>();
  /** Pids of processes that are older than every tree. */
  const strangers = new Set<number>();
  let oldestStart = 0;
  let looks = 0;

  const usageOf = (tree: ProcessTree, table: UsageTable, unclaimed: UsageTable): TreeUsage | undefined => {
    const members = tree.membersIn(table, unclaimed);
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

  return {
    async sample(pids, look) {
      const trees = pids.flatMap((pid) => {
        const tree = treeOf(pid);
        return tree ? [{ pid, tree }] : [];
      });
      const usages = new Map<number, TreeUsage>();
      if (trees.length === 0) return usages;
      const wanted = look === "machine" ? undefined : trees.flatMap(({ tree }) => [...tree.known]);
      looks += 1;
      // A stranger stays one until its pid is another's, which shows a second later at the latest.
      const isStranger = (pid: number): boolean => strangers.has(pid) && (pid + looks) % STRANGERS_EVERY !== 0;
      const table = await readUsageTable(wanted, isStranger);
      const startedAt = Math.min(...trees.map(({ tree }) => tree.startedAt));
      const older = leaveOutOlder(table, startedAt);
      // An older tree may have members among those that were older than all others.
      if (startedAt < oldestStart) strangers.clear();
      oldestStart = startedAt;
      for (const pid of table.keys()) strangers.delete(pid);
      for (const pid of older) strangers.add(pid);
      const unclaimed = new Map(table);
      for (const { tree } of trees) for (const pid of tree.known) unclaimed.delete(pid);
      for (const { pid, tree } of trees) {
        const usage = usageOf(tree, table, unclaimed);
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
