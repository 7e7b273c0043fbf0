import { expect, test } from "vitest";
import { usualPatience } from "../../../src/engines/execution/claude-code/agent-patience.ts";
import { ClaudeAgent } from "../../../src/engines/execution/claude-code/claude-agent.ts";
import type { ChildProcess } from "../../../src/ports/processes.ts";
import { manualClock } from "../../rig/manual-clock.ts";

const nothing = (): void => undefined;

/** A program whose end cannot be learnt, and which cannot be ended either. */
const lostChild: ChildProcess = {
  pid: 1,
  get exited() {
    return Promise.reject(new Error("the process table cannot be read"));
  },
  onLine: nothing,
  cutLines: () => 0,
  stderrTail: () => "",
  write: nothing,
  endInput: nothing,
  signal: nothing,
  pause: nothing,
  resume: nothing,
  killTree: () => Promise.reject(new Error("not allowed")),
};

test("an agent that breaks down and cannot be ended still ends, says why, and nothing fails unheard (C12)", async () => {
  const unused = (): never => {
    throw new Error("not used here");
  };
  const agent = new ClaudeAgent({
    processes: {
      find: () => Promise.resolve("/usr/bin/claude"),
      start: () => Promise.resolve(lostChild),
      containment: unused,
      sweep: unused,
      holdsView: unused,
    },
    clock: manualClock(),
    files: { realPath: (path) => Promise.resolve(path), readText: () => Promise.resolve(undefined) },
    patience: usualPatience,
    program: { binary: () => Promise.resolve("claude"), args: [], env: {} },
    folder: "/work",
    view: undefined,
    prompt: () => "do it",
    tools: ["Read"],
    questionPrefix: "q",
    report: nothing,
    onProcess: undefined,
    isHeldBack: undefined,
  });
  expect(await agent.ended).toMatchObject({
    success: false,
    error: { name: "SpawnFailed", message: expect.stringContaining("the process table cannot be read") },
  });
  expect(agent.steer("too late")).toBe(false);
});
