import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { isOpen } from "../../src/schema/conflict.ts";
import { createServices } from "../../src/services.ts";
import { makeRepository, type TestRepository } from "../rig/git-rig.ts";
import { fixture } from "../rig/program-rig.ts";

const text = "one\ntwo\nthree\nfour\n";
const change = (id: string, find: string, replace: string) => ({
  id,
  description: `change ${find}`,
  simulate: { edits: [{ file: "a.txt", type: "modify" as const, find, replace }] },
});
const up = text.replace("two", "TWO");
const down = text.replace("three", "THREE");

/** A run with a held result, and a program that resolves it and dies when an event is written. */
async function heldRun(repository: TestRepository) {
  const stateFolder = join(repository.scratch, "state");
  const { runs } = createServices({ stateFolder });
  const tasks = [change("up", "two", "TWO"), change("down", "three", "THREE")];
  const id = await runs.start({ tasks, workspace: repository.root, apply: "merge" }, {});
  await runs.wait(id, { waitMs: 60_000 });
  return {
    id,
    journal: join(repository.root, ".parallelization", "runs", id, "events.jsonl"),
    async resolveAndDie(option: string, taskId: string | undefined, fatal: string) {
      const request = JSON.stringify({ conflictId: "c1", option, taskId });
      const argv = ["--import", "tsx", fixture("resolves-and-dies"), stateFolder, id, request, fatal];
      return promisify(execFile)(process.execPath, argv).then(
        () => "lived",
        (error: { readonly signal?: string }) => error.signal,
      );
    },
    /** What a new process finds, and what it is after that one has put things right. */
    async recovered() {
      const services = createServices({ stateFolder });
      const seen = await services.runs.view(id);
      await services.runs.recover();
      return { services, seen, view: await services.runs.view(id) };
    },
  };
}

describe("a process that dies while it carries out a decision", () => {
  test.each([
    ["merge.finished", "prefer-agent", "down"],
    ["apply.started", "prefer-agent", "down"],
    ["task.started", "sequential-retry", undefined],
    ["task.finished", "sequential-retry", undefined],
  ])(
    "leaves the run as it was when it dies at %s, and the decision can be taken again (C20)",
    async (fatal, option, taskId) => {
      await using repository = await makeRepository({ "a.txt": text });
      const run = await heldRun(repository);
      expect(await run.resolveAndDie(option, taskId, fatal)).toBe("SIGKILL");
      const { services, seen, view } = await run.recovered();
      for (const each of [seen, view]) {
        expect(each).toMatchObject({ status: "partial", merge: { merged: ["up"], held: [{ taskId: "down" }] } });
        expect(each.conflicts.filter(isOpen)).toHaveLength(1);
        expect(each.unresolved).toContain("is gone; choose again");
        expect(each.tasks.get("down")?.state).toBe("succeeded");
      }
      expect(await repository.read("a.txt")).toBe(up);
      const again = await services.runs.resolve(run.id, { conflictId: "c1", option, taskId }, 60_000);
      expect(again).toMatchObject({ done: true });
      expect(await repository.read("a.txt")).toBe(option === "prefer-agent" ? down : up.replace("three", "THREE"));
    },
  );

  test.each(["apply.started", "apply.finished"])(
    "has taken it when the files were written, even if the journal ends with %s (C20, C21)",
    async (last) => {
      await using repository = await makeRepository({ "a.txt": text });
      const run = await heldRun(repository);
      expect(await run.resolveAndDie("prefer-agent", "down", "")).toBe("lived");
      const lines = readFileSync(run.journal, "utf8").split("\n");
      const end = lines.findLastIndex((line) => line.includes(`"type":"${last}"`));
      writeFileSync(run.journal, `${lines.slice(0, end + 1).join("\n")}\n`);
      const { services, view } = await run.recovered();
      expect(view).toMatchObject({ status: "partial", merge: { merged: ["down"] }, apply: { applied: true } });
      expect(view.conflicts.filter(isOpen)).toEqual([]);
      expect(await repository.read("a.txt")).toBe(down);
      await services.runs.undo(run.id);
      expect(await repository.read("a.txt")).toBe(text);
    },
  );
});
