/**
 * What programs may say on standard output, one JSON object a line:
 *
 *     {"type":"progress","percent":40,"operation":"linking"}
 *     {"type":"summary","text":"built 3 targets"}
 *     {"type":"usage","tokens":1200,"costUsd":0.02}     totals so far
 *
 * Every other line is taken as what it is doing. Programs cannot ask questions: nobody writes to their input any more.
 */
import type { Usage } from "../../../schema/outcome.ts";
import { cappedLine } from "../plain-text.ts";
import { firstWords, OutputTail } from "./output-tail.ts";

/** What a line changes in what is known of the program; `operation` is not cleaned yet. */
export interface ProgramNews {
  readonly percent?: number;
  readonly operation?: string;
  readonly usage?: Usage;
}

const OPERATION_CHARACTERS = 200;
const SUMMARY_CHARACTERS = 4_000;
const TAIL_CHARACTERS = 1_500;

/** Everything that a program has said, in bounded room. */
export class ProgramOutput {
  readonly #tail = new OutputTail();
  #summary: string | undefined;
  #lastLine = "";
  #usage: Usage = {};

  /** Takes a line; gives what is new to report, if anything is. */
  hear(line: string): ProgramNews | undefined {
    const message = line.startsWith("{") ? parseObject(line) : undefined;
    switch (message?.["type"]) {
      case "progress":
        return progressNews(message);
      case "summary":
        if (typeof message["text"] === "string") this.#summary = message["text"];
        return undefined;
      case "usage":
        this.#usage = { ...this.#usage, ...counts(message) };
        return { usage: this.#usage };
      case "question":
        return this.#plainLine(`Asks what no program can ask here: ${textOf(message["text"]) ?? line}`);
      default:
        return this.#plainLine(line);
    }
  }

  get usage(): Usage | undefined {
    return Object.keys(this.#usage).length > 0 ? this.#usage : undefined;
  }

  /** What it says it did: its summary, else its last line. */
  summary(): string {
    return firstWords(this.#summary ?? this.#lastLine, SUMMARY_CHARACTERS);
  }

  /** Its last lines that were no messages. */
  tail(): string {
    return this.#tail.text(TAIL_CHARACTERS);
  }

  #plainLine(printed: string): ProgramNews | undefined {
    // What a bar of progress has painted over is not shown.
    const line = printed.slice(printed.lastIndexOf("\r") + 1);
    if (line.trim() === "") return undefined;
    this.#tail.push(line);
    this.#lastLine = line;
    return { operation: line };
  }
}

/** What a program is doing, as one short line. */
export function operationText(operation: string): string {
  // Cut first: only what is shown has to be cleaned. Sequences that are cleaned away are given room.
  return cappedLine(operation.slice(0, 4 * OPERATION_CHARACTERS), OPERATION_CHARACTERS);
}

function progressNews(message: Readonly<Record<string, unknown>>): ProgramNews | undefined {
  const percent = numberOf(message["percent"]);
  const operation = textOf(message["operation"]);
  if (percent === undefined && operation === undefined) return undefined;
  return {
    ...(percent !== undefined && { percent: Math.min(100, Math.max(0, percent)) }),
    ...(operation !== undefined && { operation }),
  };
}

function counts(message: Readonly<Record<string, unknown>>): Usage {
  const tokens = numberOf(message["tokens"]);
  const costUsd = numberOf(message["costUsd"]);
  return {
    ...(tokens !== undefined && tokens >= 0 && { tokens }),
    ...(costUsd !== undefined && costUsd >= 0 && { costUsd }),
  };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
