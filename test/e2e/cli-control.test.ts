import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ending, programPlace, type ProgramEnd, type ProgramPlace } from "../rig/built-program.ts";

let place: ProgramPlace;
beforeAll(() => {
  place = programPlace();
});
afterAll(() => place.remove());

/** Starts a run whose clock is real; resolves when it has said what is waited for. */
async function startRun(input: string, awaited: RegExp): Promise<{ id: string; end: Promise<ProgramEnd> }> {
  const child = place.start(["run", "-", "--watch", "--real-time", "1"]);
  child.stdin.end(input);
  const end = ending(child);
  let said = "";
  await new Promise<void>((resolve, reject) => {
    child.stderr.on("data", (text: string) => {
      said += text;
      if (awaited.test(said) && said.includes("has started")) resolve();
    });
    void end.then(() => reject(new Error(`it ended: ${said}`)));
  });
  return { id: /run (exec-\S+) has started/.exec(said)?.[1] ?? "", end };
}

describe("a run is controlled from any terminal", () => {
  test("cancel stops it, and says how it ended", async () => {
    const { id, end } = await startRun("- { id: a, description: Work, simulate: { minutes: 60 } }\n", /\[a\] +start/);
    const cancelled = await place.run(["cancel", id]);
    expect(cancelled).toMatchObject({ code: 0, errors: "" });
    expect(cancelled.out).toMatch(/^The run was stopped; what is done is kept\./);
    expect(await end).toMatchObject({ code: 130 });
    const again = await place.run(["cancel", id]);
    expect(again.code).toBe(2);
    expect(again.errors).toContain("has ended (cancelled)");
    expect(again.errors).toContain("parallelization-mcp status ID");
  });

  test("answer shows the question, takes an answer, and the agent goes on", async () => {
    const script = "{ minutes: 0.01, question: { text: Which way?, options: [left, right] } }";
    const { id, end } = await startRun(`- { id: a, description: Work, simulate: ${script} }\n`, /answer it: /);
    const shown = await place.run(["answer", id]);
    expect(shown.code).toBe(3);
    expect(shown.errors).toContain("a asks: Which way? [left | right]");
    const status = await place.run(["status", id]);
    expect(status.out.replaceAll(/ \\\n +/g, " ")).toContain(`parallelization-mcp answer ${id} --task=a left`);
    const answered = await place.run(["answer", id, "2"]);
    expect(answered).toMatchObject({ code: 0, errors: "" });
    expect(answered.out).toMatch(/^a was answered: right/);
    expect(await end).toMatchObject({ code: 0 });
  });
});

describe("a task of a run is controlled from any terminal", () => {
  test("one that has failed is retried, one at work is told something and then skipped (C12)", async () => {
    const tasks = [
      "- { id: api, description: Write it, simulate: { minutes: 0.005, fail: { attempts: 1 } } }",
      "- { id: form, description: Use it, dependsOn: [api], simulate: { minutes: 0.005 } }",
      "- { id: slow, description: Work, simulate: { minutes: 60 } }",
    ].join("\n");
    const { id, end } = await startRun(`${tasks}\n`, /\[form\] +skipped/);
    const status = await place.run(["status", id]);
    expect(status.out.replaceAll(/ \\\n +/g, " ")).toContain(`parallelization-mcp retry ${id} api`);
    const told = await place.run(["steer", id, "slow", "Keep the old route."]);
    expect(told).toMatchObject({ code: 0, errors: "" });
    expect(told.out).toMatch(/^The message was handed to the agent of 'slow'/);
    const retried = await place.run(["retry", id]);
    expect(retried).toMatchObject({ code: 0, errors: "" });
    expect(retried.out.replaceAll("\n", " ")).toMatch(
      /^'api' is done again, with its attempts allowed anew\. +Waiting again with it: form\./,
    );
    const unknown = await place.run(["skip", id, "slwo", "--json"]);
    expect(unknown.code).toBe(2);
    expect(JSON.parse(unknown.out || unknown.errors)).toMatchObject({ code: "UNKNOWN_TASK", field: "TASK" });
    await expect.poll(async () => (await place.run(["status", id])).out, { timeout: 20_000 }).toContain("DONE (2)");
    const skipped = await place.run(["skip", id, "slow"]);
    expect(skipped).toMatchObject({ code: 0, errors: "" });
    expect(skipped.out).toMatch(/^'slow' is skipped\./);
    expect(await end).toMatchObject({ code: 1 });
    const late = await place.run(["retry", id, "slow"]);
    expect(late.code).toBe(2);
    expect(late.errors.replaceAll(/\s+/g, " ")).toContain("Execute 'slow' in a new run");
  });
});

describe("what a run has written", () => {
  test("is told by report, taken back by undo, and written again by apply", async () => {
    const input = '- { id: a, description: Write, command: { shell: "echo new > made.txt" } }\n';
    const run = await place.run(["run", "-"], input);
    expect(run).toMatchObject({ code: 0 });
    const id = /run (exec-\S+) ·/.exec(run.out)?.[1] ?? "";
    expect(run.out).toContain(`undo:\n  parallelization-mcp undo ${id}`);
    expect(run.out).not.toContain("control_workflow");
    const made = join(place.folder, "made.txt");
    expect(readFileSync(made, "utf8")).toBe("new\n");

    const report = await place.run(["report", id]);
    expect(report.out).toContain("## Executive summary");
    expect(report.out).toContain(`\`parallelization-mcp undo ${id}\``);

    expect(await place.run(["undo", id])).toMatchObject({ code: 0 });
    expect(existsSync(made)).toBe(false);
    const applied = await place.run(["apply", id, "--json"]);
    expect(applied.code).toBe(0);
    expect(JSON.parse(applied.out)).toMatchObject({ action: "apply", merge: { applied: true } });
    expect(readFileSync(made, "utf8")).toBe("new\n");
    const twice = await place.run(["apply", id]);
    expect(twice.code).toBe(2);
    expect(twice.errors).toContain("is applied already");
    const ids = await place.run(["history", "--ids", "--limit", "1"]);
    expect(ids.out).toBe(`${id}\n`);
  });

  test("that contradicts itself is shown by conflicts, with exit code 4", async () => {
    const write = (id: string): string =>
      `- { id: ${id}, description: Write, command: { shell: "echo ${id} > same.txt" } }\n`;
    const run = await place.run(["run", "-", "--max-workers", "2"], write("a") + write("b"));
    expect(run.code).toBe(4);
    const id = /run (exec-\S+) ·/.exec(run.out)?.[1] ?? "";
    expect(run.out).toContain(`parallelization-mcp conflicts ${id}`);
    const conflicts = await place.run(["conflicts", id]);
    expect(conflicts.code).toBe(4);
    expect(conflicts.out).toMatch(/^CONFLICT · 1 conflict to decide/);
    expect(conflicts.out).toContain("same.txt");
  });
});

test("run says what decides how long it takes", async () => {
  const steps = ["model", "api, dependsOn: [model]", "pages, dependsOn: [model]", "check, dependsOn: [api, pages]"];
  const input = steps.map((step) => `- { description: Work, simulate: { minutes: 1 }, id: ${step} }\n`).join("");
  const { errors } = await place.run(["run", "-"], input);
  expect(errors).toContain("longest chain: model > api > check");
  expect(errors).toContain("bottleneck: model: 3 of 3 other tasks wait for it");
});
