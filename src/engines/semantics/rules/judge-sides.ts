import { addedTwice, additionTopics } from "./added-twice.ts";
import type { CodeTree, MeaningSide } from "../code-tree.ts";
import type { Finding } from "./finding.ts";
import { keyClashes } from "./key-clashes.ts";
import { lostNames } from "./lost-names.ts";
import { migrationNumbers, migrationTopics } from "./migrations.ts";
import { droppedPackages, packageTopics, versionRanges } from "./package-demands.ts";
import { directionsOf, type MergedPair } from "./pair.ts";
import { requiredMembers } from "./required-members.ts";
import { sameFunctions } from "./same-function.ts";
import { readSide, type SideReading } from "./side-reading.ts";
import { addToGroup } from "../../../util/add-to-group.ts";

/** Two sides, by their indexes, the lower one first. */
export type IndexPair = readonly [number, number];

/** Results whose pairs are to be judged. */
export interface MeaningQuestion {
  readonly base: CodeTree;
  readonly sides: readonly MeaningSide[];
  /** The merged files of pairs of sides, by their indexes; undefined for two that are not to be judged. */
  merged(pairs: readonly IndexPair[]): Promise<readonly (CodeTree | undefined)[]>;
}

/** What was found between two sides. */
export interface PairFindings {
  readonly left: number;
  readonly right: number;
  readonly findings: readonly Finding[];
}

/** Most pairs that are looked at closely; those that have in common what few others have come first. */
const MAX_PAIRS = 5_000;

/**
 * Judges what changes that merge as text mean for each other. Each side is compared with the base once; only pairs
 * of which one uses a name, a file or a package that the other touched are looked at closely, in their merged tree, so
 * that a mend on either side counts. A name in common proves nothing: what it stands for must be found on one side and
 * be gone, or be another thing, after the merge. Facts that are broken or missing prove nothing.
 */
export async function judgeSides(question: MeaningQuestion): Promise<readonly PairFindings[]> {
  const { base, sides } = question;
  const readings = await Promise.all(sides.map((side) => readSide(base, side)));
  const judged: PairFindings[] = [];
  const pairs = await relatedPairs(base, readings);
  const trees = await question.merged(pairs);
  for (const [place, [left, right]] of pairs.entries()) {
    const merged = trees[place];
    if (!merged) continue;
    const pair: MergedPair = { base, merged, sides: [readings[left] as SideReading, readings[right] as SideReading] };
    const findings = await judgePair(pair);
    if (findings.length > 0) judged.push({ left, right, findings });
  }
  return judged;
}

/** Judges one pair by every rule. */
async function judgePair(pair: MergedPair): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const direction of directionsOf(pair)) {
    findings.push(...(await lostNames(direction)));
    findings.push(...(await requiredMembers(direction)));
    findings.push(...(await droppedPackages(direction)));
  }
  for (const rule of [addedTwice, versionRanges, migrationNumbers, keyClashes, sameFunctions])
    findings.push(...(await rule(pair)));
  return findings;
}

/** Sides of which each of the first has something in common with each of the second. */
interface Relation {
  readonly some: readonly number[];
  readonly others: readonly number[];
  /** Nothing is in common but a file. */
  readonly weak?: boolean;
}

/**
 * Pairs of sides that have something in common which a rule could be about. What few have in common comes first, and a
 * mere file last: of names that everybody uses there may be more pairs than memory holds, and they tell the least.
 */
async function relatedPairs(base: CodeTree, readings: readonly SideReading[]): Promise<readonly IndexPair[]> {
  const relations = (await relationsOf(base, readings)).toSorted(
    (one, other) => Number(one.weak ?? false) - Number(other.weak ?? false) || sizeOf(one) - sizeOf(other),
  );
  const keys = new Set<number>();
  for (const { some, others } of relations) {
    for (const one of some) {
      for (const other of others) {
        if (one !== other) keys.add(Math.min(one, other) * readings.length + Math.max(one, other));
        if (keys.size === MAX_PAIRS) return pairsOf(keys, readings.length);
      }
    }
  }
  return pairsOf(keys, readings.length);
}

function sizeOf({ some, others }: Relation): number {
  return some.length * others.length;
}

function pairsOf(keys: ReadonlySet<number>, sides: number): readonly IndexPair[] {
  return [...keys].toSorted((one, other) => one - other).map((key) => [Math.floor(key / sides), key % sides]);
}

async function relationsOf(base: CodeTree, readings: readonly SideReading[]): Promise<readonly Relation[]> {
  const users = indexBy(readings.map(({ usedNames }) => usedNames));
  const losers = indexBy(readings.map(({ lostNames: names }) => names));
  const demanding = indexBy(readings.map(({ demands }) => new Set(demands.map(typeOf))));
  const files = indexBy(readings.map(({ side }) => new Set(side.changes.map(({ path, oldPath }) => oldPath ?? path))));
  const topics = await Promise.all(
    readings.map(async (reading) => [
      ...additionTopics(reading),
      ...migrationTopics(reading),
      ...(await packageTopics(base, reading)),
    ]),
  );
  const among = (members: readonly number[], weak: boolean): Relation => ({ some: members, others: members, weak });
  return [
    ...[losers, demanding].flatMap((index) =>
      [...index].map(([name, others]): Relation => ({ some: users.get(name) ?? [], others })),
    ),
    ...[...indexBy(topics.map((each) => new Set(each))).values()].map((members) => among(members, false)),
    ...[...files.values()].map((members) => among(members, true)),
  ];
}

function typeOf({ definition }: SideReading["demands"][number]): string {
  return definition.container.slice(definition.container.lastIndexOf(".") + 1);
}

function indexBy(sets: readonly ReadonlySet<string>[]): ReadonlyMap<string, readonly number[]> {
  const index = new Map<string, number[]>();
  sets.forEach((set, place) => {
    for (const item of set) addToGroup(index, item, place);
  });
  return index;
}
