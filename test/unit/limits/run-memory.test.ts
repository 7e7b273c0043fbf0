import { describe, expect, test } from "vitest";
import { runMemory, type RunMember } from "../../../src/engines/limits/run-memory.ts";

function members(count: number): { readonly story: string[]; readonly all: readonly RunMember[] } {
  const story: string[] = [];
  const all = Array.from({ length: count }, (_, index) => ({
    nearTotal: (totalMb: number) => void story.push(`${index} near at ${totalMb}`),
    overTotal: (totalMb: number) => void story.push(`${index} over at ${totalMb}`),
  }));
  return { story, all };
}

describe("the memory of all agents of a run together (C14)", () => {
  test("ends the one that uses most, and the next only when that has gone", () => {
    const { story, all } = members(3);
    const [a, b, c] = all as [RunMember, RunMember, RunMember];
    const memory = runMemory(1_000);
    memory?.note(a, 300);
    memory?.note(b, 450);
    expect(story).toEqual([]);
    memory?.note(c, 100);
    memory?.note(c, 400);
    memory?.note(a, 350);
    expect(story).toEqual(["1 near at 850", "1 over at 1150"]);
    memory?.leave(b);
    memory?.note(a, 700);
    expect(story.slice(2)).toEqual(["0 over at 1100"]);
  });

  test("leaves for further agents what those at work do not use and will not come to need", () => {
    const { all } = members(2);
    const [a, b] = all as [RunMember, RunMember];
    const memory = runMemory(2_000);
    memory?.note(a, 100);
    memory?.note(b, 700);
    // One that is young may still come to need 400, one nobody has looked at yet as well.
    expect(memory?.spareMb(3, 400)).toBe(2_000 - 400 - 700 - 400);
  });

  test("is not kept where nobody limits it", () => {
    expect(runMemory(undefined)).toBeUndefined();
  });
});
