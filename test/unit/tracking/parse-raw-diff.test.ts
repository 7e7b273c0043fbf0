import { describe, expect, it } from "vitest";
import { parseRawDiff } from "../../../src/engines/tracking/parse-raw-diff.ts";

const id = "0".repeat(40);

function output(...fields: readonly string[]): Uint8Array {
  return Buffer.from(fields.map((field) => `${field}\0`).join(""), "latin1");
}

describe("parseRawDiff", () => {
  it("reads what happened to each file, its modes and its numbers of lines", () => {
    const changes = parseRawDiff(
      output(
        `:000000 100755 ${id} ${id} A`,
        "new.sh",
        `:100644 000000 ${id} ${id} D`,
        "old.ts",
        `:100644 100644 ${id} ${id} R087`,
        "from.ts",
        "to.ts",
        `:100644 120000 ${id} ${id} T`,
        "link",
        `:100644 100644 ${id} ${id} M`,
        "picture.png",
        "3\t0\tnew.sh",
        "0\t9\told.ts",
        "1\t2\t",
        "from.ts",
        "to.ts",
        "1\t1\tlink",
        "-\t-\tpicture.png",
      ),
    );
    expect(changes.map(({ status, path, oldPath }) => [status, path, oldPath])).toEqual([
      ["A", "new.sh", undefined],
      ["D", "old.ts", undefined],
      ["R", "to.ts", "from.ts"],
      ["T", "link", undefined],
      ["M", "picture.png", undefined],
    ]);
    expect(changes.map(({ addedLines, removedLines }) => [addedLines, removedLines])).toEqual([
      [3, 0],
      [0, 9],
      [1, 2],
      [1, 1],
      [undefined, undefined],
    ]);
    expect(changes[0]).toMatchObject({ oldMode: "000000", newMode: "100755" });
  });

  it("keeps names with tabs, quotes, line ends and colons as they are", () => {
    const names = ["tab\there", 'quote"', "line\nend", ":100644 looks like a record"];
    const changes = parseRawDiff(
      output(
        ...names.flatMap((name) => [`:100644 100644 ${id} ${id} M`, name]),
        ...names.map((name) => `1\t1\t${name}`),
      ),
    );
    expect(changes.map((change) => change.path)).toEqual(names);
  });

  it("escapes the bytes of names that are not UTF-8", () => {
    const changes = parseRawDiff(output(`:100644 100644 ${id} ${id} M`, "caf\xe9.txt", "1\t1\tcaf\xe9.txt"));
    expect(changes[0]?.path).toBe("caf\\351.txt");
  });

  it("gives nothing for an empty answer, and refuses one that was cut", () => {
    expect(parseRawDiff(new Uint8Array())).toEqual([]);
    expect(() => parseRawDiff(output(`:100644 100644 ${id} ${id} M`))).toThrow("ends too early");
  });
});
