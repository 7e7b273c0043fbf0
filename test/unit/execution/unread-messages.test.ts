import { expect, test } from "vitest";
import { UnreadMessages } from "../../../src/engines/execution/claude-code/unread-messages.ts";

const told = (...texts: string[]): UnreadMessages => {
  const unread = new UnreadMessages();
  for (const text of texts) unread.add(text);
  return unread;
};

test("a message counts as unread until the agent says that it has read it", () => {
  const unread = told("keep the old route");
  expect(unread.any).toBe(true);
  expect(unread.read("something else")).toBe(false);
  expect(unread.any).toBe(true);
  expect(unread.read("keep the old route")).toBe(true);
  expect(unread.any).toBe(false);
});

test("messages that are read together are read each", () => {
  const unread = told("use the blue one", "and the red one");
  expect(unread.read("use the blue one\nand the red one")).toBe(true);
  expect(unread.any).toBe(false);
});

test("a message that is part of another one is not read with it", () => {
  const unread = told("use the blue one", "blue");
  expect(unread.read("use the blue one")).toBe(true);
  expect(unread.any).toBe(true);
});
