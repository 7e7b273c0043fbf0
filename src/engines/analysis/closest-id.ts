const comparedCharacters = 60;

/** The known id that a mistyped one probably meant (edit distance at most a third of its length), if any. */
export function closestId(wanted: string, known: Iterable<string>): string | undefined {
  const target = wanted.trim().toLowerCase().slice(0, comparedCharacters);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(target.length / 3)) + 1;
  for (const id of known) {
    const candidate = id.toLowerCase().slice(0, comparedCharacters);
    if (Math.abs(candidate.length - target.length) >= bestDistance) continue;
    const distance = editDistance(target, candidate);
    if (distance >= bestDistance || distance >= Math.max(target.length, candidate.length)) continue;
    best = id;
    bestDistance = distance;
  }
  return best;
}

/** Levenshtein distance (1966) with one row of memory. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let line = 1; line <= left.length; line++) {
    const next = [line];
    for (let column = 1; column <= right.length; column++) {
      const change = left[line - 1] === right[column - 1] ? 0 : 1;
      const replaced = (row[column - 1] as number) + change;
      next.push(Math.min(replaced, (row[column] as number) + 1, (next[column - 1] as number) + 1));
    }
    row = next;
  }
  return row[right.length] as number;
}
