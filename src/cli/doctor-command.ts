import type { Services } from "../services.ts";
import { countText } from "../report/duration-text.ts";
import { wrap } from "../report/text-layout.ts";
import type { CommandHost } from "./command-host.ts";
import { exitCodes } from "./exit-codes.ts";
import { printResult } from "./output.ts";
import { outputStyle, type Style } from "./style.ts";

/** Something doctor looked at. */
interface Finding {
  readonly check: string;
  readonly state: "ok" | "warn" | "FAIL";
  readonly text: string;
  readonly fix?: string;
}

const leastNode = [20, 19] as const;
/** `merge-tree --write-tree`, which merging rests on, came with git 2.38, its `--stdin` with 2.39. */
const leastGit = [2, 39] as const;
const gibibyte = 1_024 ** 3;

/** `doctor`: whether everything that runs need is there; exit 6 on a problem. */
export async function doctorCommand(
  host: CommandHost,
  options: { readonly json: boolean; readonly workspace?: string | undefined },
): Promise<number> {
  const services = await host.services();
  const workspace = host.absolutePath(options.workspace ?? ".");
  const findings = [
    checkNode(host),
    await checkGit(services),
    await checkWorkspace(services, workspace),
    await checkClaude(services),
    await checkContainment(services),
    await checkStateFolder(services),
    await checkLeftovers(services),
  ];
  const problems = findings.filter((finding) => finding.state === "FAIL").length;
  const warnings = findings.filter((finding) => finding.state === "warn").length;
  const style = outputStyle(host);
  const summary = findingsText(findings, options.json ? undefined : style);
  printResult(host, options.json, { summary, ...{ problems, warnings, findings } });
  return problems > 0 ? exitCodes.environment : exitCodes.ok;
}

function checkNode(host: CommandHost): Finding {
  const [major = 0, minor = 0] = host.nodeVersion.replace(/^v/, "").split(".").map(Number);
  const enough = major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1]);
  const text = `node ${host.nodeVersion.replace(/^v/, "")} (needs ${leastNode.join(".")} or later)`;
  return enough
    ? { check: "node", state: "ok", text }
    : { check: "node", state: "FAIL", text, fix: "install a later Node.js" };
}

async function checkGit({ git }: Services): Promise<Finding> {
  const version = await git.version();
  if (!version) return { check: "git", state: "FAIL", text: "git is not there", fix: "install git 2.39 or later" };
  const [major, minor] = version;
  const enough = major > leastGit[0] || (major === leastGit[0] && minor >= leastGit[1]);
  const text = `git ${version.join(".")} (needs ${leastGit.join(".")} or later)`;
  return enough
    ? { check: "git", state: "ok", text }
    : { check: "git", state: "FAIL", text, fix: "install a later git" };
}

async function checkWorkspace(services: Services, workspace: string): Promise<Finding> {
  const inspected = await services.inspectWorkspace(workspace);
  if (!inspected.ok) {
    return { check: "workspace", state: "FAIL", text: inspected.error.error, fix: inspected.error.advice };
  }
  const { root, repository } = inspected.value;
  const free = `${Math.floor((await services.files.freeBytes(root)) / gibibyte)} GB free`;
  return {
    check: "workspace",
    state: "ok",
    text: `${root} (${repository ? "a git repository" : "a folder without git"}, ${free})`,
  };
}

async function checkClaude(services: Services): Promise<Finding> {
  const status = await services.executor("claude-code").probe();
  if (status.available)
    return { check: "claude", state: "ok", text: `claude ${status.version ?? "(version unknown)"}` };
  return {
    check: "claude",
    state: "warn",
    text: `executor claude-code cannot be used: ${status.reason ?? "claude was not found"}`,
    fix: "install Claude Code, or name it in PARALLELIZATION_CLAUDE; simulated runs work without",
  };
}

async function checkContainment(services: Services): Promise<Finding> {
  const { driver, guarantee, files, limits } = await services.containment();
  const text = `agents are contained by ${driver}: ${guarantee} ${files} ${limits}`;
  return { check: "containment", state: "ok", text };
}

async function checkStateFolder({ files, machine, stateFolder }: Services): Promise<Finding> {
  const probe = `${stateFolder}/.doctor-${machine.newId("")}`;
  try {
    await files.makeFolder(stateFolder);
    await files.writeAtomic(probe, "");
    await files.removeFile(probe);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      check: "state",
      state: "FAIL",
      text: `state folder ${stateFolder} cannot be written: ${reason}`,
      fix: "name another in PARALLELIZATION_STATE_DIR",
    };
  }
  return { check: "state", state: "ok", text: `state folder ${stateFolder} can be written` };
}

async function checkLeftovers({ runs }: Services): Promise<Finding> {
  const recent = await runs.recent(100);
  const left = recent.filter((view) => view.status === "interrupted");
  if (left.length === 0) return { check: "leftovers", state: "ok", text: "no run was left behind" };
  const first = left[0]?.spec.executionId ?? "";
  return {
    check: "leftovers",
    state: "warn",
    text: `${countText(left.length, "run")} ended before they were done; what was finished is kept`,
    fix: `parallelization-mcp status ${first}`,
  };
}

/** Holds the place of a finding's state while its text is wrapped. */
const marker = "  ····· ";

function findingsText(findings: readonly Finding[], style: Style | undefined): string {
  const paint = (state: Finding["state"]): string => {
    const word = state.padEnd(5);
    if (!style) return word;
    return state === "ok" ? style.good(word) : state === "warn" ? style.warn(word) : style.bad(word);
  };
  const count = (state: Finding["state"]): number => findings.filter((finding) => finding.state === state).length;
  const verdict =
    count("FAIL") > 0
      ? `${countText(count("FAIL"), "problem")}, ${countText(count("warn"), "warning")}`
      : `READY · ${countText(count("warn"), "warning")}`;
  return [
    verdict,
    ...findings.flatMap(({ state, text, fix }) => [
      // Wrapped before it is painted: colours have no width.
      ...wrap(text, { first: marker, rest: " ".repeat(8) }).map((line) => line.replace(marker, `  ${paint(state)} `)),
      ...(fix === undefined ? [] : wrap(fix, { first: "        fix: ", rest: " ".repeat(13) })),
    ]),
  ].join("\n");
}
