import type { ChildProcess, Processes, ProcessSpec } from "../../../ports/processes.ts";

/**
 * Starts a program so that signals do to it what they usually do. The first process of a PID namespace is spared by
 * every signal that it does not handle: a script that is asked to end would lose the step it is at and go on with the
 * next one, and a program could not end itself by a signal. There, a shell is the first process and waits for the
 * program; one that a signal ends then has the exit code 128 + signal. Nothing of the program's argv is read by that
 * shell. Elsewhere the program is started as it is.
 */
export async function startProgram(processes: Processes, spec: ProcessSpec): Promise<ChildProcess> {
  const { driver } = await processes.containment();
  if (!spec.contained || driver === "process-group") return processes.start(spec);
  const [name = "", ...args] = spec.argv;
  const isRelative = name.includes("/") && !name.startsWith("/");
  const program = await processes.find(isRelative ? `${spec.cwd}/${name}` : name);
  // It is started all the same: that says why it cannot be.
  if (program === undefined) return processes.start(spec);
  return processes.start({ ...spec, argv: ["/bin/sh", "-c", waitForProgram, "sh", program, ...args] });
}

/** The signals that it handles are for the program, which gets them as well. */
const waitForProgram = 'trap : TERM INT HUP; "$@"; exit $?';
