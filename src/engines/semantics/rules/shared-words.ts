/** What is known of one changed file without putting it together. */
export interface ChangedLines {
  readonly path: string;
  /** Lines that were changed or taken away. */
  readonly lost: readonly string[];
  /** Lines that were changed or added. */
  readonly added: readonly string[];
  /** There is no file of that name any more. */
  readonly gone: boolean;
}

/** Words of the languages themselves, and the commonest names: they say nothing of who uses what. */
const COMMON = new Set(
  (
    "abstract and any as assert async await bool boolean break case catch char class const constructor continue def " +
    "default delete do double elif else end enum except export extends false final finally float fn for from func " +
    "function get if impl implements import in include instanceof int interface internal is lambda let list long map " +
    "match mod module mut namespace new nil none not null number object of or override package pass private protected " +
    "pub public raise readonly ref require return self set short static str string struct super switch this throw " +
    "throws trait true try type typeof undefined use using val var virtual void where while with yield"
  ).split(" "),
);

/**
 * Says which sides need to be read at all: those of which one adds lines with a word that stands in lines another has
 * changed or taken away, and those that touch one path. All others can mean nothing to each other.
 */
export function sidesWithSharedWords(sides: readonly (readonly ChangedLines[])[]): ReadonlySet<number> {
  const lost = new Map<string, Set<number>>();
  const paths = new Map<string, Set<number>>();
  const used = new Map<string, Set<number>>();
  sides.forEach((changes, side) => {
    for (const change of changes) {
      note(paths, change.path, side);
      for (const line of change.lost) for (const word of wordsOf(line)) note(lost, word, side);
      for (const line of change.added) for (const word of wordsOf(line)) note(used, word, side);
      // Whoever moves or deletes a file takes its name away.
      if (change.gone) for (const word of wordsOf(change.path)) note(lost, word, side);
    }
  });
  const found = new Set<number>();
  const meet = (some: ReadonlySet<number>, others: ReadonlySet<number>): void => {
    for (const side of some) if (others.size > (others.has(side) ? 1 : 0)) found.add(side);
  };
  for (const [word, users] of used) {
    const losers = lost.get(word);
    if (!losers) continue;
    meet(users, losers);
    meet(losers, users);
  }
  for (const members of paths.values()) meet(members, members);
  return found;
}

function note(index: Map<string, Set<number>>, key: string, side: number): void {
  const known = index.get(key);
  if (known) known.add(side);
  else index.set(key, new Set([side]));
}

function wordsOf(line: string): readonly string[] {
  return (line.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? []).filter(
    (word) => word.length > 1 && !COMMON.has(word.toLowerCase()),
  );
}
