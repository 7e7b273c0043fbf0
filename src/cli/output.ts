import { ProblemError, type Problem } from "../schema/problem.ts";
import type { CallStyle } from "../report/call-style.ts";
import { sanitise, wrap } from "../report/text-layout.ts";
import { forCommandLine } from "./words/command-advice.ts";
import type { CommandHost } from "./command-host.ts";
import { exitCodeOfProblem, exitCodes } from "./exit-codes.ts";
import { outputStyle, styleSummary } from "./style.ts";

/** Writes a result: the object as JSON if that was asked for, else its text. */
export function printResult(host: CommandHost, json: boolean, result: { readonly summary: string }): void {
  host.out(json ? `${JSON.stringify(result, undefined, 2)}\n` : `${styleSummary(result.summary, outputStyle(host))}\n`);
}

/** How calls in summaries are written: as data the result is what a tool gives, as text it is for somebody who types. */
export function callStyle(json: boolean): CallStyle {
  return json ? "mcp" : "cli";
}

/** Runs a command and turns what it throws into a message without a stack, and an exit code. */
export async function reportFailures(host: CommandHost, json: boolean, run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ProblemError) return printProblem(host, json, forCommandLine(error.problem));
    return printProblem(host, json, {
      code: "INTERNAL",
      error: `Something went wrong that should not: ${error instanceof Error ? error.message : String(error)}`,
      advice: "Set PARALLELIZATION_LOG=debug, try again, and report what it logs.",
    });
  }
}

/** Says what is wrong, where, what would be right, and what to do; gives the exit code. */
export function printProblem(host: CommandHost, json: boolean, problem: Problem): number {
  if (json) host.out(`${JSON.stringify({ success: false, ...problem }, undefined, 2)}\n`);
  else host.note(`${problemText(problem)}\n`);
  return exitCodeOfProblem(problem);
}

/** A command line that cannot be understood. */
export function printUsageProblem(host: CommandHost, json: boolean, message: string): number {
  printProblem(host, json, {
    code: "INVALID_ARGUMENT",
    error: message,
    advice: "See parallelization-mcp --help, or the command's own --help.",
  });
  return exitCodes.usage;
}

/** A refusal for people, on a few lines. */
function problemText(problem: Problem): string {
  const lines = wrap(problem.error, { first: "error: ", rest: "       " });
  if (problem.field !== undefined) lines.push(`  where: ${sanitise(problem.field)}`);
  if (problem.allowed !== undefined)
    lines.push(...wrap(problem.allowed.join(", "), { first: "  right: ", rest: "         " }));
  else if (problem.example !== undefined) lines.push(`  right: ${sanitise(JSON.stringify(problem.example) ?? "")}`);
  lines.push(...wrap(problem.advice, { first: "  do:    ", rest: "         " }));
  return lines.join("\n");
}
