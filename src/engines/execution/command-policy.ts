/**
 * Which commands may run. A pattern is a glob (`*` any text, `?` one character) over the command's text:
 *
 * - of an argv: its words joined by blanks. Words that are empty or hold white space, quotes or backslashes stand in
 *   single quotes, so that no two commands have the same text and no word can pass for several.
 * - of a shell command: `shell: ` and what the shell is given. Only patterns that begin with `shell: `, and `*` alone,
 *   reach these: nobody opens a shell by a pattern that was written for a program.
 *
 * `*` alone allows everything. What a pattern's `*` stands for in a shell command may hold anything, also `; rm`.
 */
import type { Problem } from "../../schema/problem.ts";
import { cappedLine } from "./plain-text.ts";
import type { ProgramCommand } from "./program-command.ts";

const SHELL_PREFIX = "shell: ";
const SHOWN_CHARACTERS = 200;
const PATTERN_CHARACTERS = 200;

/** The text of a command that patterns are compared with. */
export function commandText({ argv, shell }: ProgramCommand): string {
  return shell === undefined ? argv.map(quotedWord).join(" ") : SHELL_PREFIX + shell;
}

/** Whether one of the patterns allows the command. */
export function commandAllowed(command: ProgramCommand, patterns: readonly string[]): boolean {
  const text = commandText(command);
  return patterns.some((pattern) => {
    const wanted = pattern.trim();
    if (wanted === "*") return true;
    return wanted.startsWith(SHELL_PREFIX) === (command.shell !== undefined) && matchesGlob(text, wanted);
  });
}

/** The refusal of a command that no pattern allows; says how the person who runs the server can allow it. */
export function refuseCommand(request: {
  readonly command: ProgramCommand;
  readonly field: string;
  /** Path of the user's configuration file. */
  readonly userFile?: string;
}): Problem {
  const { command, field, userFile } = request;
  const pattern = allowingPattern(commandText(command));
  const place = userFile === undefined ? "the user's configuration file" : `the user's configuration file ${userFile}`;
  return {
    code: "COMMAND_NOT_ALLOWED",
    error: `The command ${JSON.stringify(cappedLine(commandText(command), SHOWN_CHARACTERS))} is not allowed to run here.`,
    field,
    example: { allowCommands: [pattern] },
    advice:
      `Only the person who runs this server can allow it: add ${JSON.stringify(pattern)} to allowCommands in ${place}, ` +
      `or add ${pattern} to PARALLELIZATION_ALLOW_COMMANDS (comma-separated) and start the server anew.`,
  };
}

/**
 * The narrowest pattern for a text: characters that would end or widen it are left to `?`. A very long text is cut and
 * ends in `*`, which a person can see and judge.
 */
function allowingPattern(text: string): string {
  const pattern = text.replace(/[,*]|\p{C}/gu, "?");
  return pattern.length <= PATTERN_CHARACTERS ? pattern : `${[...pattern].slice(0, PATTERN_CHARACTERS).join("")}*`;
}

function quotedWord(word: string): string {
  return word === "" || /[\s'"\\]/.test(word) ? `'${word.replaceAll("'", String.raw`'\''`)}'` : word;
}

/**
 * Whether a glob fits the whole text. Only the last `*` is ever tried again, so that the time is at most the product
 * of both lengths, whatever the pattern.
 */
export function matchesGlob(text: string, glob: string): boolean {
  const characters = [...text];
  const wanted = [...glob];
  let at = 0;
  let wantedAt = 0;
  let starAt = -1;
  let starFrom = 0;
  while (at < characters.length) {
    const next = wanted[wantedAt];
    if (next === "*") {
      starAt = wantedAt;
      starFrom = at;
      wantedAt += 1;
    } else if (next !== undefined && (next === "?" || next === characters[at])) {
      at += 1;
      wantedAt += 1;
    } else if (starAt !== -1) {
      starFrom += 1;
      at = starFrom;
      wantedAt = starAt + 1;
    } else return false;
  }
  while (wanted[wantedAt] === "*") wantedAt += 1;
  return wantedAt === wanted.length;
}
