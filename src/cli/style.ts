import type { CommandHost } from "./command-host.ts";

/** Ways to emphasise text on a terminal; each gives the text as it is where colour is not wanted. */
export interface Style {
  bold(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  faint(text: string): string;
}

/** Colours for standard output: FORCE_COLOR, then NO_COLOR, then whether it is a terminal. */
export function outputStyle(host: CommandHost): Style {
  const on = wantsColour(host.environment, host.terminals.output);
  const paint =
    (code: number) =>
    (text: string): string =>
      on ? `\u001b[${code}m${text}\u001b[0m` : text;
  return { bold: paint(1), good: paint(32), bad: paint(31), warn: paint(33), faint: paint(2) };
}

/** Colours a text for a person: its first line says how things stand. */
export function styleSummary(summary: string, style: Style): string {
  const [verdict = "", ...rest] = summary.split("\n");
  const colour = /FAILED|CANCELLED|INTERRUPTED|CANNOT/.test(verdict)
    ? style.bad
    : /PARTLY DONE|WAITING|CONFLICT/.test(verdict)
      ? style.warn
      : style.bold;
  return [colour(verdict), ...rest].join("\n");
}

function wantsColour(environment: CommandHost["environment"], isTerminal: boolean): boolean {
  const forced = environment["FORCE_COLOR"];
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  const refused = environment["NO_COLOR"];
  if (refused !== undefined && refused !== "") return false;
  return isTerminal && environment["TERM"] !== "dumb";
}
