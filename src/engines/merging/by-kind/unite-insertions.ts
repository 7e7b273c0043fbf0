import { baseRangeOf, rangesTouch } from "../../../schema/line-overlap.ts";
import type { TextHunk } from "../file-hunks.ts";

/** The changes of two sides to one text. */
export interface TwoSides {
  readonly base: string;
  readonly left: readonly TextHunk[];
  readonly right: readonly TextHunk[];
}

/** Whether two insertions at one place may stand one after the other. */
export type MayStandTogether = (left: string, right: string) => boolean;

/**
 * Puts the changes of both sides into a text. Where they meet, both must do no more than insert whole lines at one
 * place, which then stand one after the other, the left ones first; undefined otherwise.
 */
export function uniteInsertions(
  { base, left, right }: TwoSides,
  mayStandTogether: MayStandTogether,
): string | undefined {
  const lines = base.split(/(?<=\n)/);
  const places = [...left.map((hunk) => ({ hunk, side: 0 })), ...right.map((hunk) => ({ hunk, side: 1 }))].map(
    (each) => ({
      ...each,
      ...baseRangeOf(each.hunk),
    }),
  );
  for (const one of places.filter(({ side }) => side === 0)) {
    for (const other of places.filter(({ side }) => side === 1)) {
      if (!rangesTouch(one, other)) continue;
      const bothInsert = one.start === one.end && other.start === other.end && one.start === other.start;
      const whole = one.hunk.added.endsWith("\n") && other.hunk.added.endsWith("\n");
      if (!bothInsert || !whole || !mayStandTogether(one.hunk.added, other.hunk.added)) return undefined;
    }
  }
  // From the end to the start, so that nothing moves what is still to come.
  places.sort((one, other) => other.start - one.start || other.end - one.end || other.side - one.side);
  let former: (typeof places)[number] | undefined;
  for (const place of places) {
    const again = former?.start === place.start && former.end === place.end && former.hunk.added === place.hunk.added;
    if (again) continue;
    former = place;
    lines.splice(place.start, place.end - place.start, place.hunk.added);
  }
  return lines.join("");
}

const IMPORTS: readonly { readonly line: RegExp; readonly names: (line: string) => readonly string[] }[] = [
  // TypeScript and JavaScript, on one line.
  { line: /^import\s+(type\s+)?[\w$*{][^;"']*\sfrom\s+["'][^"']+["'](\s+with\s+\{[^}]*\})?;?$/, names: boundNames },
  // Python.
  { line: /^(from\s+[\w.]+\s+import\s+[\w, *]+|import\s+[\w., ]+)$/, names: boundNames },
  // Java, Kotlin, Scala, Swift; C#; Rust; PHP.
  { line: /^import\s+(static\s+)?[\w.*]+;?$/, names: lastName },
  { line: /^using\s+(static\s+)?[\w.]+;$/, names: () => [] },
  { line: /^(pub\s+)?use\s+[\w:\\]+;$/, names: lastName },
  // Go, inside the brackets.
  { line: /^\t"[^"]+"$/, names: (line) => [line.replaceAll(/^.*[/"](?=[^/"]+"$)|"$/g, "")] },
];

/** Names that a line brings in: all words between the keywords, renamed ones by their new name. */
function boundNames(line: string): readonly string[] {
  const clause = line
    .replace(/\sfrom\s+["'].*$/, "")
    .replace(/^from\s+[\w.]+\s+import\s+/, "")
    .replace(/^import\s+(type\s+)?/, "");
  return clause.split(/[,{}]/).flatMap((part) => {
    const words = part.trim().split(/\s+/);
    return words.at(-1) || [];
  });
}

function lastName(line: string): readonly string[] {
  return [/([\w*]+);?$/.exec(line)?.[1] ?? line];
}

/** Whether two insertions are nothing but imports, each whole on its line, and no name comes in twice. */
export function areImportsApart(left: string, right: string): boolean {
  const own = importedNames(left);
  const others = importedNames(right);
  return own !== undefined && others !== undefined && !own.some((name) => name === "*" || others.includes(name));
}

function importedNames(text: string): readonly string[] | undefined {
  const names: string[] = [];
  for (const line of text.split("\n")) {
    const bare = line.trimEnd();
    if (bare === "") continue;
    const form = IMPORTS.find((each) => each.line.test(bare));
    if (!form) return undefined;
    names.push(...form.names(bare));
  }
  return names;
}
