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
