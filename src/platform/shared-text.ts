import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SharedText } from "../ports/shared-text.ts";

/** Versions kept behind the newest, and for how long, so that who was interrupted can see whether its own counts. */
const keptVersions = 8;
const keptMs = 200;
const removedAtOnce = 16;
const mostTries = 1_000;
/** What a process that was killed left half-written is removed after this time. */
const leftoverMs = 60_000;

/**
 * A text in numbered files of a folder: whoever creates the next number has changed it. There is no
 * lock that a killed process could leave behind; a version is there whole or not at all, as it is
 * written beside and then given its name by link(2), which fails when the name is taken. A version
 * names the one it was made from, so that a process that slept while its number was used, removed
 * and free again learns that it came too late. Two never win; one that sleeps for a fifth of a second between
 * adding its version and looking whether it counts may make its change twice.
 */
export function sharedText(folder: string): SharedText {
  return {
    update(change) {
      for (let tried = 0; tried < mostTries; tried++) {
        const attempt = tryUpdate(folder, change);
        if (attempt.done) return attempt.answer;
      }
      throw new Error(`${folder} is changed by others without end`);
    },
  };
}

type Attempt<Answer> = { readonly done: true; readonly answer: Answer } | { readonly done: false };

interface Version {
  readonly id: string;
  readonly madeFrom: string;
  readonly text: string;
}

const missed = { done: false } as const;

function tryUpdate<Answer>(
  folder: string,
  change: (text: string | undefined) => readonly [text: string, answer: Answer],
): Attempt<Answer> {
  const numbers = listVersions(folder);
  const newest = numbers.at(-1) ?? 0;
  const former = newest === 0 ? undefined : readVersion(folder, newest);
  if (newest !== 0 && former === undefined) return missed;
  const [text, answer] = change(former?.text);
  if (text === former?.text) return { done: true, answer };
  const id = randomBytes(9).toString("base64url");
  if (!addVersion(folder, newest + 1, { id, madeFrom: former?.id ?? "", text })) return missed;
  if (!isInLine(folder, newest + 1, id)) return missed;
  const old = numbers.filter((number) => number <= newest + 1 - keptVersions);
  for (const number of old.slice(0, removedAtOnce)) if (!removeOlderThan(join(folder, nameOf(number)), keptMs)) break;
  return { done: true, answer };
}

const nameOf = (number: number): string => `${number}.json`;

function listVersions(folder: string): number[] {
  const numbers: number[] = [];
  for (const name of readNames(folder)) {
    const match = /^(\d{1,15})\.json$/.exec(name);
    if (match) numbers.push(Number(match[1]));
    else removeOlderThan(join(folder, name), leftoverMs);
  }
  return numbers.toSorted((left, right) => left - right);
}

function readNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return [];
  }
}

function readVersion(folder: string, number: number): Version | undefined {
  try {
    const [id = "", madeFrom = "", ...text] = readFileSync(join(folder, nameOf(number)), "utf8").split("\n");
    return { id, madeFrom, text: text.join("\n") };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Gives a version its number; false when somebody else has it. */
function addVersion(folder: string, number: number, { id, madeFrom, text }: Version): boolean {
  const draft = join(folder, `draft-${id}`);
  writeFileSync(draft, `${id}\n${madeFrom}\n${text}`, { mode: 0o600, flag: "wx" });
  try {
    linkSync(draft, join(folder, nameOf(number)));
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST" || codeOf(error) === "ENOENT") return false;
    throw error;
  } finally {
    removeIfThere(draft);
  }
}

/** Whether nothing newer was there before this version, or what is newer was made from it. */
function isInLine(folder: string, number: number, id: string): boolean {
  const newest = listVersions(folder).at(-1) ?? 0;
  return newest <= number || readVersion(folder, number + 1)?.madeFrom === id;
}

/** Whether it was old enough to be removed, or is gone. */
function removeOlderThan(path: string, ms: number): boolean {
  try {
    if (Date.now() - statSync(path).mtimeMs <= ms) return false;
    removeIfThere(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
  return true;
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
