import { describe, expect, test } from "vitest";
import { decodeLine } from "../../../src/engines/journal/journal-line.ts";
import { openJournal, readJournal } from "../../../src/engines/journal/journal.ts";
import { lineBuffer } from "../../../src/engines/journal/line-buffer.ts";
import type { RunEvent } from "../../../src/schema/event.ts";
import { crc32 } from "../../../src/util/crc32.ts";
import { memoryFiles } from "../../rig/memory-files.ts";

const folder = "/run";
const path = `${folder}/events.jsonl`;
const event = (seq: number): RunEvent => ({
  type: "task.skipped",
  taskId: `t${seq}`,
  reason: "ä → ✓",
  seq,
  at: seq * 10,
});

function encodeLine(event: RunEvent): string {
  const lines = lineBuffer();
  lines.add(event);
  return new TextDecoder().decode(lines.take());
}

async function written(count: number) {
  const files = memoryFiles();
  const journal = await openJournal({ files, folder, durable: true });
  for (let seq = 1; seq <= count; seq++) await journal.append([event(seq)]);
  await journal.close();
  return files;
}

const reread = async (files: ReturnType<typeof memoryFiles>) => {
  const read = await readJournal({ files, folder });
  return read.ok ? read.value.map(({ seq }) => seq) : read.error.code;
};

describe("the journal of a run", () => {
  test("checks with the published CRC-32 of '123456789'", () => {
    expect(crc32("123456789")).toBe("cbf43926");
  });

  test("is plain JSON in every line and reads back what was written", () => {
    const line = encodeLine(event(3));
    expect(JSON.parse(line)).toMatchObject({ v: 1, type: "task.skipped", seq: 3 });
    expect(decodeLine(line.trimEnd())).toEqual(event(3));
  });

  test("keeps the lines of an event of any size, whatever was written before and after it", () => {
    const lines = lineBuffer();
    const decoder = new TextDecoder();
    for (const size of [1, 20_000, 3, 2_000_000, 5, 40]) {
      const events = [event(1), { ...event(2), reason: "€".repeat(size) } as RunEvent, event(3)];
      for (const each of events) lines.add(each);
      const text = decoder.decode(lines.take());
      expect(lines.isEmpty).toBe(true);
      expect(text.trimEnd().split("\n").map(decodeLine)).toEqual(events);
    }
  });

  test("leaves the lines alone that are being written while others arrive", () => {
    const lines = lineBuffer();
    lines.add(event(1));
    const writing = lines.take();
    const before = writing.slice();
    for (let seq = 2; seq < 500; seq++) lines.add(event(seq));
    expect(writing).toEqual(before);
  });

  test("finds every altered character of a line", () => {
    const line = encodeLine(event(3)).trimEnd();
    for (let index = 0; index < line.length - 1; index++) {
      const altered = line.slice(0, index) + (line[index] === "x" ? "y" : "x") + line.slice(index + 1);
      expect(decodeLine(altered)).toBeUndefined();
    }
  });

  test("keeps the order of appends that are under way at the same time", async () => {
    const files = memoryFiles();
    const journal = await openJournal({ files, folder, durable: true });
    await Promise.all([1, 2, 3, 4].map((seq) => journal.append([event(seq)])));
    expect(await reread(files)).toEqual([1, 2, 3, 4]);
  });

  test("loses only the torn last line, wherever it was torn", async () => {
    const files = await written(3);
    const whole = files.contents.get(path) ?? "";
    const lastStart = whole.lastIndexOf("\n", whole.length - 2) + 1;
    for (let end = lastStart; end < whole.length - 1; end++) {
      files.contents.set(path, whole.slice(0, end));
      expect(await reread(files)).toEqual([1, 2]);
    }
  });

  test("goes on cleanly after a torn line", async () => {
    const files = await written(3);
    files.contents.set(path, (files.contents.get(path) ?? "").slice(0, -20));
    const journal = await openJournal({ files, folder, durable: true });
    await journal.append([event(3)]);
    expect(await reread(files)).toEqual([1, 2, 3]);
  });

  test("reports damage in the middle instead of skipping it", async () => {
    const files = await written(3);
    files.contents.set(path, (files.contents.get(path) ?? "").replace('"t2"', '"t9"'));
    expect(await reread(files)).toBe("STORAGE_FAILED");
  });

  test("refuses a journal with a gap", async () => {
    const files = memoryFiles({ [path]: encodeLine(event(1)) + encodeLine(event(3)) + encodeLine(event(4)) });
    expect(await reread(files)).toBe("STORAGE_FAILED");
  });
});
