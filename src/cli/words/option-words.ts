import { InvalidArgumentError, Option } from "commander";

/** `--json`, which every command has. */
export function jsonOption(): Option {
  return new Option("--json", "one JSON object instead of text");
}

/** `--max-workers`. */
export function workersOption(): Option {
  return new Option("--max-workers <number>", "agents at once, 1-100 (default: as many as pay off)").argParser(
    wholeNumber,
  );
}

/** Reads a number from 0 to 1. */
export function fraction(text: string): number {
  const number = readNumber(text);
  if (!(number >= 0 && number <= 1)) throw new InvalidArgumentError(`'${text}' is not from 0 to 1.`);
  return number;
}

/** Reads minutes, which may be broken: 0.5. */
export function minutes(text: string): number {
  const number = readNumber(text);
  if (!(number > 0)) throw new InvalidArgumentError(`'${text}' is no number of minutes above 0.`);
  return number;
}

/** Reads a whole number. */
export function wholeNumber(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new InvalidArgumentError(`'${text}' is no whole number.`);
  return Number(text);
}

/** Makes a reader of whole numbers within bounds. */
export function numberWithin(low: number, high: number): (text: string) => number {
  return (text) => {
    const number = wholeNumber(text);
    if (number < low || number > high) throw new InvalidArgumentError(`'${text}' is not from ${low} to ${high}.`);
    return number;
  };
}

function readNumber(text: string): number {
  return /^\d{1,15}(\.\d{1,15})?$|^\.\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}
