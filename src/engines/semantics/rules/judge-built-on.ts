/** Results against those they were built on: what one took away, and one on top of it begins to use all the same. */
import type { CodeFacts } from "../../../schema/code-facts.ts";
import { addToGroup } from "../../../util/add-to-group.ts";
import type { CodeTree, OwnWork } from "../code-tree.ts";
import { undoneTree } from "../undone-tree.ts";
import { addedOnBalance, areNewInAll } from "./added-on-balance.ts";
import type { Finding } from "./finding.ts";
import { isSurelyMeant } from "./foreign-names.ts";
import { lostNames, namesAny } from "./lost-names.ts";
import { droppedPackages, packageTopics } from "./package-demands.ts";
import type { Direction } from "./pair.ts";
import { readSide, type SideReading } from "./side-reading.ts";

/** Results of which some were built on others. */
export interface BuiltOnQuestion {
  readonly works: readonly OwnWork[];
  /** Whether the first one was built on the second one, directly or not. */
  isBuiltOn(descendant: number, ancestor: number): boolean;
  /** All results put together; only asked for when something breaks without the others. */
  merged(): Promise<CodeTree>;
}

/** What a result breaks against one it was built on: of the places, side 0 is the ancestor's, side 1 the descendant's. */
export interface BuiltOnFindings {
  readonly descendant: number;
  readonly ancestor: number;
  readonly findings: readonly Finding[];
}

/** Most pairs that are looked at closely. */
const MAX_PAIRS = 5_000;

/**
 * Judges what results add against what those they were built on took away. A break is proved where a use that the
 * descendant itself adds would mean something without the ancestor's own change, means nothing in the descendant's
 * files, and still nothing when all results are put together: what anybody mends on the way counts. Names are followed
 * only where an ancestor took one away that a descendant uses. Risks are not looked for: the descendant's author saw
 * what it was built on.
 */
export async function judgeBuiltOn(question: BuiltOnQuestion): Promise<readonly BuiltOnFindings[]> {
  const { works } = question;
  const readings = await Promise.all(works.map((work) => readSide(work.start, work)));
  const additions = new Map<number, SideReading>();
  const judged: BuiltOnFindings[] = [];
  for (const [descendant, ancestor] of await pairsSharingNames(question, readings)) {
    const added = additions.get(descendant) ?? addedOnBalance(readings[descendant] as SideReading);
    additions.set(descendant, added);
    const [own, former] = [works[descendant] as OwnWork, works[ancestor] as OwnWork];
    const pair = await relatedPair({ own, former, added, changer: readings[ancestor] as SideReading });
    const alone = await findingsIn(pair, own.tree);
    if (alone.length === 0) continue;
    const together = new Set((await findingsIn(pair, await question.merged())).map(({ key }) => key));
    const findings = alone.filter(({ key }) => together.has(key));
    if (findings.length > 0) judged.push({ descendant, ancestor, findings });
  }
  return judged;
}

/** Descendants and ancestors of which one uses a name or a package that the other took away. */
async function pairsSharingNames(
  { works, isBuiltOn }: BuiltOnQuestion,
  readings: readonly SideReading[],
): Promise<readonly (readonly [number, number])[]> {
  const packages = await Promise.all(
    readings.map((reading, place) => packageTopics((works[place] as OwnWork).start, reading)),
  );
  const changers = new Map<string, number[]>();
  readings.forEach(({ lostNames: lost }, place) => {
    for (const topic of new Set([...lost, ...(packages[place] ?? [])])) addToGroup(changers, topic, place);
  });
  const pairs: (readonly [number, number])[] = [];
  readings.forEach(({ usedNames }, descendant) => {
    const topics = [...usedNames, ...(packages[descendant] ?? [])];
    const ancestors = new Set(topics.flatMap((topic) => changers.get(topic) ?? []));
    for (const ancestor of ancestors) if (isBuiltOn(descendant, ancestor)) pairs.push([descendant, ancestor]);
  });
  return pairs.slice(0, MAX_PAIRS);
}

/** A descendant and an ancestor. */
interface RelatedPair {
  readonly own: OwnWork;
  readonly former: OwnWork;
  readonly changer: SideReading;
  /** What the descendant adds, as it would be without the ancestor's change. */
  readonly adder: SideReading;
}

async function relatedPair(pair: Omit<RelatedPair, "adder"> & { readonly added: SideReading }): Promise<RelatedPair> {
  const { own, former, changer, added } = pair;
  const undone = undoneTree(own.tree, { before: former.start, after: former.tree, changes: former.changes });
  const uses = added.uses.filter((use) => namesAny(use, changer.lostNames));
  return { own, former, changer, adder: await seenIn(undone, { ...added, uses }) };
}

/** What a descendant's additions miss in one state of the files, and find there without the ancestor's change. */
async function findingsIn(pair: RelatedPair, merged: CodeTree): Promise<readonly Finding[]> {
  const { own, former, changer, adder } = pair;
  const direction: Direction = {
    pair: { base: former.start, merged, sides: [changer, adder] },
    adder,
    changer,
    place: 1,
    without: (path) => own.start.facts(own.changes.find((change) => change.path === path)?.oldPath ?? path),
  };
  const proved: Finding[] = [];
  for (const finding of [...(await lostNames(direction)), ...(await droppedPackages(direction))]) {
    if (finding.tier !== "conflict" || !areNewInAll(adder, finding)) continue;
    if (await isSurelyMeant({ direction, finding, own, former })) proved.push(finding);
  }
  return proved;
}

/** The additions of a result as they would be in another state of the files. */
async function seenIn(tree: CodeTree, reading: SideReading): Promise<SideReading> {
  const facts = new Map<string, CodeFacts>();
  for (const path of new Set([...reading.uses, ...reading.imports].map((added) => added.path))) {
    const found = await tree.facts(path);
    if (found && !found.broken) facts.set(path, found);
  }
  const moved = <Added extends { readonly path: string; readonly facts: CodeFacts }>(added: Added): Added[] => {
    const found = facts.get(added.path);
    return found ? [{ ...added, facts: found }] : [];
  };
  return {
    ...reading,
    side: { ...reading.side, tree },
    uses: reading.uses.flatMap(moved),
    imports: reading.imports.flatMap(moved),
  };
}
