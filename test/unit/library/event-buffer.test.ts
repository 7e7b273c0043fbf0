import { describe, expect, test } from "vitest";
import { EventBuffer } from "../../../src/library/event-buffer.ts";
import type { RunEvent } from "../../../src/schema/event.ts";

function progressed(seq: number): RunEvent {
  return { type: "task.progressed", taskId: "t1", percent: seq % 100, seq, at: seq };
}

function started(seq: number): RunEvent {
  return { type: "task.started", taskId: "t1", attempt: 1, agentId: "agent-1", seq, at: seq };
}

async function read(buffer: EventBuffer): Promise<number[]> {
  const seen: number[] = [];
  for await (const { seq } of buffer) seen.push(seq);
  return seen;
}

describe("what a program has not read yet", () => {
  test("is kept in order, and the reader may come late", async () => {
    const buffer = new EventBuffer(100);
    for (const seq of [1, 2, 3]) buffer.push(started(seq));
    buffer.end();
    expect(await read(buffer)).toEqual([1, 2, 3]);
  });

  test("is bounded: reports of progress are left out first, and the numbers show the gap", async () => {
    const buffer = new EventBuffer(10);
    for (let seq = 1; seq <= 1_000; seq++) buffer.push(seq % 250 === 0 ? started(seq) : progressed(seq));
    buffer.end();
    const seen = await read(buffer);
    expect(seen.length).toBeLessThanOrEqual(10);
    expect(seen).toEqual(expect.arrayContaining([250, 500, 750, 1_000]));
  });

  test("is bounded even when every event matters: the newest stay", async () => {
    const buffer = new EventBuffer(10);
    for (let seq = 1; seq <= 1_000; seq++) buffer.push(started(seq));
    buffer.end();
    const seen = await read(buffer);
    expect(seen.length).toBeLessThanOrEqual(10);
    expect(seen.at(-1)).toBe(1_000);
  });
});

test("a reader who is early waits for the next event, and for the end", async () => {
  const buffer = new EventBuffer(10);
  const reading = read(buffer);
  buffer.push(started(1));
  await Promise.resolve();
  buffer.push(started(2));
  buffer.end();
  expect(await reading).toEqual([1, 2]);
});

test("a refusal reaches the reader once, after what was there before", async () => {
  const buffer = new EventBuffer(10);
  buffer.push(started(1));
  buffer.end({ error: new Error("refused") });
  const iterator = buffer[Symbol.asyncIterator]();
  expect((await iterator.next()).value).toMatchObject({ seq: 1 });
  await expect(iterator.next()).rejects.toThrow("refused");
  expect(await iterator.next()).toEqual({ done: true, value: undefined });
});

test("who leaves the loop leaves nothing behind that fills up", async () => {
  const buffer = new EventBuffer(10);
  buffer.push(started(1));
  const seen: number[] = [];
  for await (const { seq } of buffer) {
    seen.push(seq);
    break;
  }
  buffer.push(started(2));
  expect(seen).toEqual([1]);
  expect(() => buffer[Symbol.asyncIterator]()).toThrow("once");
});
