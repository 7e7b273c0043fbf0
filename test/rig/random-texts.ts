/** Texts and edits made at random from a seed, of the kinds that comparing by lines finds hard. */

/** A linear congruential generator (Knuth's constants for 32 bits). */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Few different lines, as in code full of braces, and blank ones. */
const COMMON = ["{", "}", "", "", "  return;", "end", "x", "y", "\t}"];

function lineOf(random: () => number, variety: number): string {
  return random() < variety
    ? `line ${Math.floor(random() * 1_000)} ${"long ".repeat(Math.floor(random() * 8))}`
    : (COMMON[Math.floor(random() * COMMON.length)] ?? "");
}

/** A text of up to 120 lines, some with CRLF, some without a line end at the end, some with their lines repeated. */
export function randomText(random: () => number): string {
  const variety = random();
  const lines = Array.from({ length: 1 + Math.floor(random() * (random() < 0.3 ? 120 : 30)) }, () =>
    lineOf(random, variety),
  );
  if (random() < 0.2) lines.push(...lines.slice(0, 10), ...Array.from({ length: 5 }, () => ""));
  const end = random() < 0.15 ? "\r\n" : "\n";
  return lines.join(end) + (random() < 0.2 ? "" : end);
}

/** The text with some lines inserted, deleted, doubled or replaced, at its start and end more often than elsewhere. */
export function randomEdit(random: () => number, text: string, most = 4): string {
  const lines = text.split(/(?<=\n)/);
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const some = (count: number): number => 1 + Math.floor(random() * count);
  const take = (): string[] =>
    Array.from({ length: some(3) }, () =>
      random() < 0.4 ? (lines[Math.floor(random() * lines.length)] ?? end) : `${lineOf(random, 0.3)}${end}`,
    );
  for (let edits = some(most); edits > 0; edits--) {
    const place = random();
    const at = place < 0.1 ? 0 : place < 0.2 ? lines.length : Math.floor(random() * (lines.length + 1));
    const kind = random();
    if (kind < 0.35) lines.splice(at, 0, ...take());
    else if (kind < 0.55) lines.splice(at, some(3));
    else if (kind < 0.65) lines.splice(at, 0, ...lines.slice(at, at + some(3)));
    else if (kind < 0.95) lines.splice(at, some(2), ...take());
    else lines.push(lines.pop()?.replace(/\r?\n$/, "") ?? "");
  }
  return lines.join("");
}
