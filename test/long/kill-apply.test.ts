import { expect, test } from "vitest";
import { killEvenly, openKillRig } from "../rig/kill-rig.ts";

test("after kill -9 at any of 240 steps of an apply, an undo and a recovery the files are the old or the new ones (C21)", async () => {
  await using rig = await openKillRig();
  const reports = await killEvenly(rig, 240);
  expect(reports.filter(({ after, gitUntouched }) => after === undefined || !gitUntouched)).toEqual([]);
  expect(reports.filter(({ died }) => died)).toHaveLength(240);
  expect(new Set(reports.map(({ after }) => after))).toEqual(new Set(["old", "new"]));
});
