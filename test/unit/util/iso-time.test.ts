import { expect, test } from "vitest";
import { isoTime } from "../../../src/util/iso-time.ts";

test("moments are written as the platform writes them", () => {
  const different: number[] = [];
  for (let ms = 0; ms < 253_402_300_799_999; ms += 86_400_000 * 29 + 12_345_678) {
    if (isoTime(ms) !== new Date(ms).toISOString()) different.push(ms);
  }
  expect(different).toEqual([]);
  for (const date of ["2024-02-29T23:59:59.999Z", "2000-03-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"]) {
    expect(isoTime(Date.parse(date))).toBe(date);
  }
});

test("times beyond the years 1970 to 9999 are moved to the nearest end", () => {
  expect(isoTime(-5)).toBe("1970-01-01T00:00:00.000Z");
  expect(isoTime(Infinity)).toBe("9999-12-31T23:59:59.999Z");
});
