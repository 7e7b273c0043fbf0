/** One side of a comparison: its lines, and which of them the other side does not have. */
export interface ComparedSide {
  readonly lines: readonly string[];
  readonly changed: boolean[];
}

/** A run of changed lines, empty between two lines that stayed; `end` is not included. */
interface Run {
  start: number;
  end: number;
}

/**
 * Moves ambiguous changes to where git's merge sees them. A line inserted among equal ones could stand at several
 * places, and programs that write diffs for people choose another place than a merge does: a merge takes the last one,
 * or the last at which the other side has a change too (git's xdiff without the indent heuristic).
 */
export function compactChanges(before: ComparedSide, after: ComparedSide): void {
  compactSide(before, after);
  compactSide(after, before);
}

function compactSide(own: ComparedSide, other: ComparedSide): void {
  const run = firstRun(own);
  const beside = firstRun(other);
  for (;;) {
    if (run.end > run.start) settle({ own, run, other, beside });
    if (!toNext(own, run)) return;
    toNext(other, beside);
  }
}

function settle(at: {
  readonly own: ComparedSide;
  readonly run: Run;
  readonly other: ComparedSide;
  readonly beside: Run;
}): void {
  const { own, run, other, beside } = at;
  let size: number;
  let earliest: number;
  let matching: number;
  do {
    size = run.end - run.start;
    while (slideUp(own, run)) toPrevious(other, beside);
    earliest = run.end;
    matching = beside.end > beside.start ? run.end : -1;
    while (slideDown(own, run)) {
      toNext(other, beside);
      if (beside.end > beside.start) matching = run.end;
    }
    // A run that met its neighbour has grown, and may reach further.
  } while (size !== run.end - run.start);
  if (run.end === earliest || matching === -1) return;
  while (beside.end === beside.start && slideUp(own, run)) toPrevious(other, beside);
}

function firstRun(side: ComparedSide): Run {
  const run = { start: 0, end: 0 };
  while (side.changed[run.end]) run.end += 1;
  return run;
}

function toNext(side: ComparedSide, run: Run): boolean {
  if (run.end >= side.lines.length) return false;
  run.start = run.end + 1;
  run.end = run.start;
  while (side.changed[run.end]) run.end += 1;
  return true;
}

function toPrevious(side: ComparedSide, run: Run): void {
  if (run.start === 0) return;
  run.end = run.start - 1;
  run.start = run.end;
  while (side.changed[run.start - 1]) run.start -= 1;
}

function slideDown(side: ComparedSide, run: Run): boolean {
  if (run.end >= side.lines.length || side.lines[run.start] !== side.lines[run.end]) return false;
  side.changed[run.start++] = false;
  side.changed[run.end++] = true;
  while (side.changed[run.end]) run.end += 1;
  return true;
}

function slideUp(side: ComparedSide, run: Run): boolean {
  if (run.start === 0 || side.lines[run.start - 1] !== side.lines[run.end - 1]) return false;
  side.changed[--run.start] = true;
  side.changed[--run.end] = false;
  while (side.changed[run.start - 1]) run.start -= 1;
  return true;
}
