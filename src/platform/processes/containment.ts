import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Containment, FileView } from "../../ports/processes.ts";
import type { CgroupParent } from "./cgroup.ts";
import { findByEnvironment, readProcessTable } from "./process-table.ts";
import { endMarked } from "./process-tree.ts";
import { viewByBubblewrap, viewByMounting, viewCheck } from "./file-view.ts";
import { findProgram } from "./find-program.ts";

/** A way to tie a program to this process: words that go before its argv, and what that is worth. */
export interface ContainmentWay extends Omit<Containment, "limits" | "files"> {
  readonly prefix: readonly string[];
  /** The words for a program that is kept to a view as well; absent where that cannot be. */
  readonly viewPrefix?: (view: FileView, cwd: string) => readonly string[];
}

/** Ways to tie programs to this process, strongest first. */
export type ContainmentStrength = "pid-namespace" | "bubblewrap" | "death-signal" | "process-group";

const START_DEADLINE_MS = 5_000;
const DEATH_DEADLINE_MS = 2_000;
const POLL_MS = 5;
const MARK = "PARALLELIZATION_CONTAINMENT_PROBE";

const NAMESPACE =
  "Every agent runs in a PID namespace of its own: when it ends, or when this server ends for whatever reason, the kernel ends everything it has started.";
const DEATH_SIGNAL =
  "The kernel ends an agent when this server ends; programs it has put into the background may outlive a server that is killed outright, until the next start sweeps them.";
const GROUP =
  "Agents are ended with all their descendants that can be found; if this server is killed outright they may go on until the next start sweeps them.";
const WINDOWS =
  "Agents are ended with taskkill; this has not been tried on Windows, and what leaves their process tree goes on.";

const APART = "Agents see no workspace but their own and can only read your files.";
const TOGETHER =
  "Nothing here keeps agents from writing into each other's folders and your files; what can be noticed of it is told.";

/** The weakest way, which every machine has. */
export const plainGroup: ContainmentWay = {
  driver: "process-group",
  guarantee: process.platform === "win32" ? WINDOWS : GROUP,
  prefix: [],
};

/** How limits are held here: by the kernel for what it was delegated, by watching for the rest. */
export function limitsGuarantee(parent: CgroupParent | undefined): string {
  if (process.platform === "win32") return "Limits on memory and CPU are not held on Windows.";
  const kernel = [...(parent?.memory ? ["memory"] : []), ...(parent?.cpu ? ["CPU"] : [])];
  const watched =
    process.platform === "linux"
      ? "Memory and CPU of agents are looked at every 50 to 250 ms: memory may overshoot by what is taken in between, CPU is held by stopping and continuing."
      : "Memory and CPU of agents are looked at with ps; shared memory counts for each process, so memory is ended only after two looks.";
  if (kernel.length === 0) return watched;
  return `The kernel itself holds limits on ${kernel.join(" and ")} (control groups). ${watched}`;
}

/**
 * Finds the strongest way that really works here, by trying: a stand-in for this server starts a program with a
 * child in a session of its own, is killed, and nothing of it may be left.
 */
export async function probeContainment(strongest: ContainmentStrength): Promise<ContainmentWay> {
  for (const candidate of await candidates(strongest)) if (await holds(candidate)) return candidate;
  return plainGroup;
}

async function candidates(strongest: ContainmentStrength): Promise<readonly ContainmentWay[]> {
  if (process.platform !== "linux" || strongest === "process-group") return [];
  const search = { path: process.env["PATH"] ?? "/usr/bin:/bin", cwd: "/" };
  const [setpriv, unshare, bwrap, mount, mkdir] = await Promise.all(
    ["setpriv", "unshare", "bwrap", "mount", "mkdir"].map((name) => findProgram(name, search)),
  );
  const deathSignal = setpriv === undefined ? [] : [setpriv, "--pdeathsig", "KILL", "--"];
  const ways: ContainmentWay[] = [];
  const isRoot = process.getuid?.() === 0;
  if (setpriv !== undefined && unshare !== undefined && strongest === "pid-namespace") {
    const flags = ["--pid", "--fork", "--kill-child=KILL", "--mount-proc"];
    // Who is not root makes a namespace of users first, in which it may make the others.
    const user = isRoot ? [] : ["--user", "--map-current-user"];
    const prefix = [...deathSignal, unshare, ...user, ...flags, "--"];
    const way = { driver: "pid-namespace", guarantee: NAMESPACE, prefix } as const;
    if (mount === undefined || mkdir === undefined) ways.push(way);
    else {
      // Its rights in the namespace of users are what it mounts with; they end before the program begins.
      const mounting = [...deathSignal, unshare, ...user, ...(user.length > 0 ? ["--keep-caps"] : []), ...flags, "--"];
      const tools = { mount, mkdir, setpriv };
      const viewPrefix = (view: FileView, cwd: string): readonly string[] => [
        ...mounting,
        ...viewByMounting(tools, { mounts: readFileSync("/proc/self/mountinfo", "utf8"), isRoot }, { view, cwd }),
      ];
      ways.push({ ...way, viewPrefix });
    }
  }
  // Has rights of its own where the system keeps users from making namespaces.
  if (bwrap !== undefined && (strongest === "pid-namespace" || strongest === "bubblewrap")) {
    const view = ["--dev-bind", "/", "/", "--proc", "/proc"];
    const words = [...deathSignal, bwrap, "--unshare-pid", "--as-pid-1", "--die-with-parent", ...view];
    const viewPrefix = (wanted: FileView, cwd: string): readonly string[] => [
      ...words,
      ...viewByBubblewrap(wanted, cwd, isRoot),
      "--",
    ];
    ways.push({ driver: "bubblewrap", guarantee: NAMESPACE, prefix: [...words, "--"], viewPrefix });
  }
  if (setpriv !== undefined) ways.push({ driver: "process-group", guarantee: DEATH_SIGNAL, prefix: deathSignal });
  return ways;
}

/** Whether programs that are started in this way can be kept to a view, tried with the folders it is about. */
export async function probeView(way: ContainmentWay, view: FileView): Promise<boolean> {
  if (!way.viewPrefix) return false;
  const argv = [...way.viewPrefix(view, view.own), ...viewCheck(view)];
  // A machine that is busy has not refused it.
  const first = await tryView(argv, view.own);
  return (first === "late" ? await tryView(argv, view.own) : first) === "held";
}

async function tryView([name = "", ...args]: readonly string[], cwd: string): Promise<"held" | "refused" | "late"> {
  const child = spawn(name, args, {
    cwd,
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin" },
    stdio: "ignore",
    timeout: START_DEADLINE_MS,
    killSignal: "SIGKILL",
  });
  return new Promise((resolve) => {
    child.once("error", () => resolve("refused"));
    // Only its time being over ends it by a signal.
    child.once("exit", (exitCode) => resolve(exitCode === 0 ? "held" : exitCode === null ? "late" : "refused"));
  });
}

/** Whether programs can be kept to a view here, tried in a temporary folder. */
export async function filesGuarantee(way: ContainmentWay): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "parallelization-view-")));
  const [own, stage, user] = [`${folder}/hidden/own`, `${folder}/hidden/.view`, `${folder}/user`];
  try {
    for (const each of [own, stage, user]) await mkdir(each, { recursive: true });
    const view = { own, hidden: `${folder}/hidden`, stage, readOnly: [user], writable: [] };
    return (await probeView(way, view)) ? APART : TOGETHER;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function holds(way: ContainmentWay): Promise<boolean> {
  const mark = { [MARK]: randomBytes(16).toString("hex") };
  const inNamespace = way.driver !== "process-group";
  // `$$` is 1 only for the first process of a namespace. It waits for input that never comes: while a process
  // starts another program its environment cannot be read, and it could not be counted.
  const program = `${inNamespace ? "setsid sleep 20 &" : ""} echo "pid $$"; read -r end`;
  const standIn = spawn("/bin/sh", ["-c", '"$@"; exit', "sh", ...way.prefix, "/bin/sh", "-c", program], {
    cwd: "/",
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", ...mark },
    stdio: ["pipe", "pipe", "ignore"],
    detached: true,
  });
  try {
    const said = await firstLine(
      standIn.stdout,
      new Promise((resolve) => standIn.once("error", resolve).once("exit", resolve)),
    );
    if (inNamespace ? said !== "pid 1" : !said.startsWith("pid ")) return false;
    const before = await living(mark);
    standIn.kill("SIGKILL");
    return before > 1 && (await vanish(mark));
  } finally {
    standIn.stdin.destroy();
    standIn.stdout.destroy();
    await endMarked(mark);
  }
}

/** The first line of a program's output; empty when it ends before, or takes too long. */
async function firstLine(output: NodeJS.ReadableStream, ended: Promise<unknown>): Promise<string> {
  let text = "";
  const line = new Promise<string>((resolve) => {
    output.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      const end = text.indexOf("\n");
      if (end !== -1) resolve(text.slice(0, end));
    });
  });
  const late = new AbortController();
  const tooLate = sleep(START_DEADLINE_MS, "", { signal: late.signal }).catch(() => "");
  const first = await Promise.race([line, ended.then(() => ""), tooLate]);
  late.abort();
  return first;
}

async function vanish(mark: Readonly<Record<string, string>>): Promise<boolean> {
  const deadline = performance.now() + DEATH_DEADLINE_MS;
  while (performance.now() < deadline) {
    if ((await living(mark)) === 0) return true;
    await sleep(POLL_MS);
  }
  return false;
}

async function living(mark: Readonly<Record<string, string>>): Promise<number> {
  const [table, marked] = await Promise.all([readProcessTable(), findByEnvironment(mark)]);
  return marked.filter((pid) => table.get(pid)?.ended === false).length;
}
