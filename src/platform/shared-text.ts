import { randomBytes } from "node:crypto";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { SharedText } from "../ports/shared-text.ts";
import { errorCode } from "./error-code.ts";

/** Versions kept behind the newest, and for how long, so that who was interrupted can see whether its own counts. */
const keptVersions = 8;
const keptMs = 200;
const tidyEvery = 4;
const removedAtOnce = 64;
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
 *
 * A process remembers the version it saw last and begins with the number after it, so that one that changes
 * the text alone neither lists the folder nor reads it again: as versions are removed oldest first, a number
 * was never used before as long as the version before it is still there.
 */
export function sharedText(folder: string): SharedText {
  const nextId = versionIds();
  let seen: Numbered | undefined;
  return {
    update(change) {
      for (let tried = 0; tried < mostTries; tried++) {
        const base = seen ?? readNewest(folder);
        const attempt = base && tryUpdate({ folder, nextId, base }, change);
        seen = attempt?.now;
        if (attempt) return attempt.answer;
      }
      throw new Error(`${folder} is changed by others without end`);
    },
  };
}

interface Version {
  readonly id: string;
  readonly madeFrom: string;
  readonly text: string;
}

/** The text as it was last seen; version 0 is none yet. */
interface Numbered {
  readonly number: number;
  readonly version: Version | undefined;
}

/** Names that nobody else gives; drawing one is far cheaper than drawing all. */
function versionIds(): () => string {
  const own = randomBytes(9).toString("base64url");
  let made = 0;
  return () => `${own}-${made++}`;
}

/** Undefined when it was removed while it was looked for. */
function readNewest(folder: string): Numbered | undefined {
  const number = listVersions(folder).at(-1) ?? 0;
  const version = number === 0 ? undefined : readVersion(folder, number);
  return number !== 0 && version === undefined ? undefined : { number, version };
}

/** Undefined when somebody else was quicker. */
function tryUpdate<Answer>(
  { folder, nextId, base }: { readonly folder: string; readonly nextId: () => string; readonly base: Numbered },
  change: (text: string | undefined) => readonly [text: string, answer: Answer],
): { readonly now: Numbered; readonly answer: Answer } | undefined {
  const [text, answer] = change(base.version?.text);
  if (text === base.version?.text) return isNewest(folder, base) ? { now: base, answer } : undefined;
  const number = base.number + 1;
  const version: Version = { id: nextId(), madeFrom: base.version?.id ?? "", text };
  if (!addVersion(folder, number, version)) return undefined;
  if (!isThere(folder, base) && !isInLine(folder, number, version.id)) return undefined;
  if (number % tidyEvery === 0) removeOld(folder, number);
  return { now: { number, version }, answer };
}

/** Whether a version that was seen is still the last. */
function isNewest(folder: string, seen: Numbered): boolean {
  return !existsSync(join(folder, nameOf(seen.number + 1))) && isThere(folder, seen);
}

/** Whether a version that was seen has not been removed since. */
function isThere(folder: string, { number, version }: Numbered): boolean {
  return version !== undefined && readVersion(folder, number)?.id === version.id;
}

function removeOld(folder: string, newest: number): void {
  const old = listVersions(folder).filter((number) => number <= newest - keptVersions);
  for (const number of old.slice(0, removedAtOnce)) if (!removeOlderThan(join(folder, nameOf(number)), keptMs)) break;
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
    if (errorCode(error) !== "ENOENT") throw error;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return [];
  }
}

function readVersion(folder: string, number: number): Version | undefined {
  try {
    const [id = "", madeFrom = "", ...text] = readFileSync(join(folder, nameOf(number)), "utf8").split("\n");
    return { id, madeFrom, text: text.join("\n") };
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Gives a version its number; false when somebody else has it, or the folder is gone. */
function addVersion(folder: string, number: number, { id, madeFrom, text }: Version): boolean {
  const draft = join(folder, `draft-${id}`);
  try {
    writeFileSync(draft, `${id}\n${madeFrom}\n${text}`, { mode: 0o600, flag: "wx" });
    linkSync(draft, join(folder, nameOf(number)));
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST" || errorCode(error) === "ENOENT") return false;
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
    if (errorCode(error) !== "ENOENT") throw error;
  }
  return true;
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
}
