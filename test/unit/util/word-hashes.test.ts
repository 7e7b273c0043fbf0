import { expect, test } from "vitest";
import { forEachWordHash, identifierHash, wordHashes } from "../../../src/util/word-hashes.ts";

const sharesWord = (left: string, right: string): boolean => {
  const hashes = wordHashes(left);
  return [...wordHashes(right)].some((hash) => hashes.has(hash));
};

test.each([
  ["parseUser", "user parser", true],
  ["user_store", "Store", true],
  ["HTTPServer", "server", true],
  ["users", "user", true],
  ["utf8Reader", "reader", true],
  ["dossier", "doss", false],
  ["a is of", "a is of", false],
  ["базы данных", "данных", true],
])("%s and %s have a word in common: %s", (left, right, expected) => {
  expect(sharesWord(left, right)).toBe(expected);
});

test("an identifier of several parts is a word as a whole as well", () => {
  expect(wordHashes("call parseUser()").has(identifierHash("parseUser"))).toBe(true);
  expect(wordHashes("call parse user").has(identifierHash("parseUser"))).toBe(false);
  expect(identifierHash("user_store")).toBe(identifierHash("userStore"));
  expect(wordHashes("дай_ÄrgerNot()").has(identifierHash("дай_ÄrgerNot"))).toBe(true);
});

test("a byte costs at most two visits, whatever the bytes are", () => {
  for (const text of [
    "aB".repeat(2_500),
    "_a".repeat(2_500),
    "((((".repeat(1_250),
    "aAaA_-".repeat(800),
    "\0ÿ".repeat(2_000),
  ]) {
    const bytes = new TextEncoder().encode(text);
    let visits = 0;
    forEachWordHash(bytes, () => void (visits += 1));
    expect(visits).toBeLessThanOrEqual(2 * bytes.length);
  }
});
