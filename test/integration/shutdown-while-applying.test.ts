/** A process that ends between writing the user's files and saying so. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { createServices } from "../../src/services.ts";
import { crc32 } from "../../src/util/crc32.ts";
import { makeRepository } from "../rig/git-rig.ts";

const tasks = [
  {
    id: "up",
    description: "change two",
    simulate: { edits: [{ file: "a.txt", type: "modify" as const, find: "two", replace: "TWO" }] },
  },
];

/** The line as a process would have written it that is gone. */
function ofDeadProcess(line: string): string {
  const fields = line.replace(/"pid":\d+/, '"pid":99999999').replace(/,"crc":"[0-9a-f]{8}"\}$/, "");
  return `${fields},"crc":"${crc32(fields)}"}`;
}

test("a server that is told to end while a run writes the user's files says that it has, and it can be undone (C12, C21)", async () => {
  await using repository = await makeRepository({ "a.txt": "one\ntwo\n" });
  const stateFolder = join(repository.scratch, "state");
  const { runs } = createServices({ stateFolder });
  const id = await runs.start({ tasks, workspace: repository.root, apply: "merge" }, {});
  // The originals are kept first: from then on the files are being written.
  while (!existsSync(join(stateFolder, "backups"))) await setImmediate();
  await runs.shutdown();
  const next = createServices({ stateFolder });
  expect(await next.runs.view(id)).toMatchObject({ apply: { applied: true, files: ["a.txt"] }, status: "completed" });
  expect(await repository.read("a.txt")).toBe("one\nTWO\n");
  await next.runs.undo(id);
  expect(await repository.read("a.txt")).toBe("one\ntwo\n");
});

test("a server that is told to end before a run has its turn to write writes nothing, and the result is kept (C12, C21)", async () => {
  await using repository = await makeRepository({ "a.txt": "one\ntwo\n" });
  const stateFolder = join(repository.scratch, "state");
  const { runs } = createServices({ stateFolder });
  let ended: Promise<void> | undefined;
  const onEvent = ({ type }: { readonly type: string }): void => {
    if (type === "merge.finished") ended = runs.shutdown();
  };
  const id = await runs.start({ tasks, workspace: repository.root, apply: "merge" }, {}, { onEvent });
  await runs.wait(id, { waitMs: 60_000 });
  await ended;
  const next = createServices({ stateFolder });
  expect(await next.runs.view(id)).toMatchObject({ apply: { applied: false } });
  expect(await repository.read("a.txt")).toBe("one\ntwo\n");
  await next.runs.apply(id);
  expect(await repository.read("a.txt")).toBe("one\nTWO\n");
});

test("what a process wrote into the user's files before it died is found and can be undone (C12, C21)", async () => {
  await using repository = await makeRepository({ "a.txt": "one\ntwo\n" });
  const stateFolder = join(repository.scratch, "state");
  const { runs } = createServices({ stateFolder });
  const id = await runs.start({ tasks, workspace: repository.root, apply: "merge" }, {});
  await runs.wait(id, { waitMs: 60_000 });
  await runs.shutdown();
  const journal = join(repository.root, ".parallelization", "runs", id, "events.jsonl");
  const [created = "", ...lines] = readFileSync(journal, "utf8").split("\n");
  const end = lines.findIndex((line) => line.includes('"type":"merge.finished"'));
  writeFileSync(journal, `${[ofDeadProcess(created), ...lines.slice(0, end + 1)].join("\n")}\n`);
  const next = createServices({ stateFolder });
  await next.runs.recover();
  expect(await next.runs.view(id)).toMatchObject({ status: "interrupted", apply: { applied: true, files: ["a.txt"] } });
  await next.runs.undo(id);
  expect(await repository.read("a.txt")).toBe("one\ntwo\n");
});
