/**
 * From a command as callers write it to the argv that is started. A string is split into words here, as a shell
 * would, but nothing in it is ever run or expanded: whatever only a shell can do is refused.
 */
import type { Problem } from "../../schema/problem.ts";
import type { TaskInput } from "../../schema/task.ts";
import { failed, ok } from "../../util/result.ts";
import type { Result } from "../../util/result.ts";

/** A command as callers write it. */
export type CommandInput = NonNullable<TaskInput["command"]>;

/** A command that is ready to be started. */
export interface ProgramCommand {
  readonly argv: readonly string[];
  /** The text handed to a shell, where the caller asked for one; `argv` starts that shell. */
  readonly shell?: string;
}

/** Longest command, all words together; systems take at most about 128 KiB in one word. */
export const COMMAND_CHARACTERS = 32_768;

/** How a shell is started with a text to run. */
export const posixShell: readonly string[] = ["/bin/sh", "-c"];
/** The same on Windows; not tried on a real Windows machine. */
export const windowsShell: readonly string[] = ["cmd.exe", "/d", "/s", "/c"];

/** The shell of the machine with this environment. */
export function shellOf(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  return environment["OS"] === "Windows_NT" ? windowsShell : posixShell;
}

/** Makes an argv of a command: an array as it is, a string split into words, `{shell}` for a shell. */
export function parseCommand(
  command: CommandInput,
  field: string,
  shell: readonly string[] = posixShell,
): Result<ProgramCommand, Problem> {
  if (lengthOf(command) > COMMAND_CHARACTERS) return failed(tooLong(field));
  const parsed = understood(command, shell);
  if (!parsed.ok) return failed(invalid(parsed.error, field));
  const { argv } = parsed.value;
  if (argv.some((word) => word.includes("\0"))) {
    return failed(invalid("A command cannot hold a NUL character.", field));
  }
  if ((argv[0] ?? "").trim() === "") return failed(invalid("A command must begin with the name of a program.", field));
  return parsed;
}

function understood(command: CommandInput, shell: readonly string[]): Result<ProgramCommand, string> {
  if (typeof command === "string") {
    const words = splitWords(command);
    return words.ok ? ok({ argv: words.value }) : words;
  }
  if (Array.isArray(command)) return ok({ argv: [...command] });
  const text = command.shell;
  if (text.trim() === "") return failed("There is nothing for the shell to run.");
  return ok({ argv: [...shell, text], shell: text });
}

/**
 * Splits a line into words like a POSIX shell (2.2 Quoting): blanks separate, single quotes keep everything, double
 * quotes and backslashes keep what they keep there. The error is a sentence about what cannot be done without a shell.
 */
export function splitWords(line: string): Result<readonly string[], string> {
  const text = line.trim();
  const assignment = /^([A-Za-z_]\w*)=/.exec(text);
  if (assignment) return failed(`Setting a variable (${assignment[1]}=) before a program needs a shell.`);
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length;) {
    if (text[at] === " " || text[at] === "\t") {
      if (word !== undefined) words.push(word);
      word = undefined;
      at += 1;
      continue;
    }
    const piece = readPiece(text, at, word === undefined);
    if (!piece.ok) return piece;
    if (!piece.value.joinsLines) word = (word ?? "") + piece.value.text;
    at = piece.value.next;
  }
  if (word !== undefined) words.push(word);
  return ok(words);
}

/** Part of a word, and where the rest begins. */
interface Piece {
  readonly text: string;
  readonly next: number;
  /** A backslash before a line break: no part of any word. */
  readonly joinsLines?: boolean;
}

const special = /[|&;<>()$`*?[\]\n\r]/;

function readPiece(text: string, at: number, startsWord: boolean): Result<Piece, string> {
  const char = text[at] as string;
  if (char === "'") return readSingleQuoted(text, at);
  if (char === '"') return readDoubleQuoted(text, at);
  if (char === "\\") return readEscaped(text, at);
  if (special.test(char)) return failed(`${shown(char)} outside quotes needs a shell.`);
  if (startsWord && (char === "~" || char === "#")) {
    return failed(`${shown(char)} at the start of a word needs a shell.`);
  }
  return ok({ text: char, next: at + 1 });
}

function readSingleQuoted(text: string, at: number): Result<Piece, string> {
  const end = text.indexOf("'", at + 1);
  if (end === -1) return failed("A single quote is not closed.");
  return ok({ text: text.slice(at + 1, end), next: end + 1 });
}

function readDoubleQuoted(text: string, start: number): Result<Piece, string> {
  let inside = "";
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text[at] as string;
    if (char === '"') return ok({ text: inside, next: at + 1 });
    // A shell would put something else in their place, so that taking them as they stand would be a surprise.
    if (char === "$" || char === "`") {
      return failed(`${shown(char)} inside double quotes needs a shell; single quotes keep it as it is.`);
    }
    const follower = text[at + 1];
    if (char !== "\\" || follower === undefined || !'$`"\\\n'.includes(follower)) {
      inside += char;
      continue;
    }
    if (follower !== "\n") inside += follower;
    at += 1;
  }
  return failed("A double quote is not closed.");
}

function readEscaped(text: string, at: number): Result<Piece, string> {
  const follower = text[at + 1];
  if (follower === undefined) return failed("A backslash at the end escapes nothing.");
  return ok({ text: follower, next: at + 2, ...(follower === "\n" && { joinsLines: true }) });
}

function shown(char: string): string {
  return char === "\n" || char === "\r" ? "A line break" : `The character ${char}`;
}

function lengthOf(command: CommandInput): number {
  if (typeof command === "string") return command.length;
  if (!Array.isArray(command)) return command.shell.length;
  return command.reduce((sum, word) => sum + word.length + 1, 0);
}

function tooLong(field: string): Problem {
  return {
    code: "TEXT_TOO_LONG",
    error: `The command exceeds maximum length of ${COMMAND_CHARACTERS} characters.`,
    field,
    advice: "Put it into a script of the workspace and name the script.",
  };
}

function invalid(error: string, field: string): Problem {
  return {
    code: "INVALID_ARGUMENT",
    error,
    field,
    example: ["npm", "test"],
    advice:
      'Quote what is meant as it stands, give the words as an array such as ["npm","test"], or ask for a shell with {"shell":"…"}.',
  };
}
