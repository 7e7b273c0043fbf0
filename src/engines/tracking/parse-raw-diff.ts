/** One changed path, as `git diff-tree --raw --numstat -z` tells it. Paths are relative to the repository. */
export interface RawChange {
  /** Added, deleted, modified, renamed, or turned into another kind of file. */
  readonly status: "A" | "D" | "M" | "R" | "T";
  readonly path: string;
  /** The former path of a renamed file. */
  readonly oldPath: string | undefined;
  /** Octal, such as `100644`; `000000` where there was nothing. */
  readonly oldMode: string;
  readonly newMode: string;
  /** Undefined for binary files. */
  readonly addedLines: number | undefined;
  readonly removedLines: number | undefined;
}

const NUL = 0;

/**
 * Reads the output of `git diff-tree -r -M --raw --numstat -z`: first a record a path, then the
 * numbers of lines in the same order. A name that is not UTF-8 gets octal escapes such as `\351`.
 */
export function parseRawDiff(output: Uint8Array): readonly RawChange[] {
  const fields = splitFields(output);
  const heads: Omit<RawChange, "addedLines" | "removedLines">[] = [];
  let at = 0;
  const take = (): string => fields[at++] ?? fail("it ends too early");
  while (at < fields.length && fields[at]?.startsWith(":")) {
    const [oldMode, newMode, , , letter] = take().slice(1).split(" ");
    if (!oldMode || !newMode || !letter) fail("a record is incomplete");
    const status = letter.charAt(0);
    if (status !== "A" && status !== "D" && status !== "M" && status !== "R" && status !== "T")
      fail(`status ${letter}`);
    const oldPath = status === "R" ? take() : undefined;
    heads.push({ status, oldMode, newMode, oldPath, path: take() });
  }
  return heads.map((head) => {
    const [added, removed, path] = splitThree(take());
    // A rename has an empty path, and then both paths in fields of their own.
    if (path === "") at += 2;
    return { ...head, addedLines: countOf(added), removedLines: countOf(removed) };
  });
}

function fail(reason: string): never {
  throw new Error(`Internal error: unexpected output of git diff-tree: ${reason}`);
}

function splitThree(field: string): readonly [string, string, string] {
  const first = field.indexOf("\t");
  const second = field.indexOf("\t", first + 1);
  if (first < 0 || second < 0) fail("a number of lines is missing");
  return [field.slice(0, first), field.slice(first + 1, second), field.slice(second + 1)];
}

function countOf(text: string): number | undefined {
  return text === "-" ? undefined : Number(text);
}

function splitFields(output: Uint8Array): readonly string[] {
  const fields: string[] = [];
  let start = 0;
  for (let end = output.indexOf(NUL); end >= 0; end = output.indexOf(NUL, start)) {
    fields.push(decodeName(output.subarray(start, end)));
    start = end + 1;
  }
  return fields;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeName(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return Array.from(bytes, (byte) =>
      byte < 0x80 ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`,
    ).join("");
  }
}
