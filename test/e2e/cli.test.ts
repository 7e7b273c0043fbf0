import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ending, programPlace, type ProgramPlace } from "../rig/built-program.ts";

let place: ProgramPlace;
beforeAll(() => {
  place = programPlace();
});
afterAll(() => place.remove());

const tasks = `title: Add login
tasks:
  - { id: api, description: Write the interface, estimatedMinutes: 20, simulate: { minutes: 20 } }
  - { id: form, description: Draw the mask, estimatedMinutes: 15, simulate: { minutes: 15 } }
  - { id: check, description: Try it out, estimatedMinutes: 10, dependsOn: [api, form], simulate: { minutes: 10 } }
`;

interface Rehearsals {
  readonly ok: boolean;
  readonly rehearsals: readonly {
    readonly scenario: string;
    readonly ok: boolean;
    readonly actual: Readonly<Record<string, number>>;
  }[];
}

describe("the simulated harness", () => {
  let result: Rehearsals;
  beforeAll(async () => {
    result = JSON.parse((await place.run(["simulate", "--json"])).out) as Rehearsals;
  });
  const actual = (name: string) => result.rehearsals.find((rehearsal) => rehearsal.scenario === name)?.actual;

  test("runs all scenarios of record as they must be, and leaves nothing behind (P6)", () => {
    expect(result.ok).toBe(true);
    expect(result.rehearsals.map((rehearsal) => rehearsal.ok)).toEqual(Array(10).fill(true));
    expect(place.leftovers()).toEqual([]);
  });

  test("5 tasks by 3 agents in 3 batches: 4 in parallel, 1 alone, 5 successes, 0 conflicts (C7)", () => {
    expect(actual("record")).toMatchObject({ phases: 3, parallelTasks: 4, succeeded: 5, failed: 0, conflicts: 0 });
  });

  test("2 independent tasks take as long as one; with a dependent one as long as two (C22)", () => {
    expect(actual("phase1-two")).toMatchObject({ oneByOneMs: 1_200_000, parallelMs: 600_000, succeeded: 2 });
    expect(actual("phase1-three")).toMatchObject({ oneByOneMs: 1_800_000, parallelMs: 1_200_000, succeeded: 3 });
  });

  test("the figures of record: 1.2 s to 0.5 s, 2.2 s to 1.5 s, 5.0 s to 1.0 s, 1.2 s to 0.5 s (D5)", () => {
    const figures = ["d5-independent", "d5-dependent", "d5-timeout", "d5-error"].map((name) => [
      actual(name)?.["oneByOneMs"],
      actual(name)?.["parallelMs"],
    ]);
    expect(figures).toEqual([
      [1_200, 500],
      [2_200, 1_500],
      [5_000, 1_000],
      [1_200, 500],
    ]);
  });

  test("after a failure, conservative starts nothing new and aggressive only skips what builds on it (C2, E3)", () => {
    expect(actual("conservative-failure")).toMatchObject({ succeeded: 2, failed: 1, skipped: 3 });
    expect(actual("aggressive-failure")).toMatchObject({ succeeded: 4, failed: 1, skipped: 1 });
  });

  test("its table is for people", async () => {
    const { code, out } = await place.run(["simulate", "record"]);
    expect({ code, first: out.split("\n")[0] }).toEqual({
      code: 0,
      first: "ALL AS EXPECTED · 1 scenarios, simulated: nothing was really done",
    });
    expect(out).toMatch(/record +5 +3 +50 min +30 min +1\.7x +30 min ok/);
  });
});

describe("run", () => {
  test("runs a file, writes events to standard error and the summary to standard output, and keeps the run", async () => {
    writeFileSync(join(place.folder, "tasks.yaml"), tasks);
    const { code, out, errors } = await place.run(["run", "tasks.yaml", "--watch", "--seed", "7"]);
    expect({ code, errors }).toEqual({ code: 0, errors: expect.stringMatching(/\[check\] +done +10m00/) as string });
    expect(out).toMatch(/^SIMULATED, nothing was really done · DONE · 3 of 3 tasks/);
    const id = /run (\S+) ·/.exec(out)?.[1] ?? "";
    const status = await place.run(["status", id]);
    expect(status).toMatchObject({ code: 0, errors: "" });
    expect(status.out).toContain("DONE · 3 of 3 tasks");
    expect((await place.run(["status"])).out).toContain(id);
  });

  test("takes what analyze prints, as it is (C5)", async () => {
    const analysed = await place.run(["analyze", "-", "--json"], tasks);
    const { code, out } = await place.run(["run", "-", "--json"], analysed.out);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      success: true,
      status: "completed",
      simulated: true,
      metrics: { totalTasks: 3, failureCount: 0 },
    });
  });

  test("prints every event and then the result, a line of JSON each, with --output ndjson", async () => {
    const { out } = await place.run(["run", "-", "--output", "ndjson"], tasks);
    const types = out
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types[0]).toBe("run.created");
    expect(types.filter((type) => type === "task.finished")).toHaveLength(3);
    expect(types.at(-1)).toBe("result");
  });

  test("ends with 1 when a task failed", async () => {
    const { code, out } = await place.run(
      ["run", "-"],
      "- {id: a, description: Fall over, retries: 0, simulate: {fail: it broke}}\n",
    );
    expect(code).toBe(1);
    expect(out).toMatch(/FAILED · 0 of 1 task/);
    expect(out).toContain("it broke");
  });

  test("ends with 3 when nobody may be asked and an agent asks", async () => {
    const input =
      "- {id: a, description: Wonder, simulate: {minutes: 1, question: {text: Which way?, options: [left, right]}}}\n";
    const { code, errors } = await place.run(["run", "-", "--no-input", "--real-time", "0.01"], input);
    expect(code).toBe(3);
    expect(errors).toContain("a asks: Which way? [left | right]");
  });

  test("Ctrl-C cancels the run, says what was done, and ends with 130", async () => {
    const child = place.start(["run", "-", "--watch", "--real-time", "1"]);
    child.stdin.end(tasks);
    let stopped = false;
    child.stderr.on("data", (text: string) => {
      if (stopped || !text.includes("[api]")) return;
      stopped = true;
      child.kill("SIGINT");
    });
    const { code, out } = await ending(child);
    expect(code).toBe(130);
    expect(out).toMatch(/CANCELLED · 0 of 3 tasks/);
  });
});

test("doctor says what is missing, line by line, and ends with 6 when it is needed", async () => {
  const fine = await place.run(["doctor", "--json"]);
  expect(JSON.parse(fine.out)).toMatchObject({ problems: 0 });
  expect(fine.code).toBe(0);
  const broken = await place.run(["doctor", "--workspace", "missing"]);
  expect(broken.code).toBe(6);
  expect(broken.out).toMatch(/^1 problem/);
  expect(broken.out).toMatch(/FAIL/);
});

test("without words and with a pipe the program is a server and not a command", async () => {
  const child = place.start([]);
  child.stdin.write(
    `${JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "initialize",
      params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "test", version: "1" } },
    })}\n`,
  );
  child.stdout.once("data", () => child.stdin.end());
  const { out } = await ending(child);
  expect(JSON.parse(out)).toMatchObject({ id: 1, result: { serverInfo: { name: "parallelization" } } });
});
