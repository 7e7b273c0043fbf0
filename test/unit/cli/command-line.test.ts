import { describe, expect, test } from "vitest";
import { exitCodeOfRun } from "../../../src/cli/exit-codes.ts";
import { outputStyle } from "../../../src/cli/style.ts";
import type { CommandHost } from "../../../src/cli/command-host.ts";
import type { EventBody } from "../../../src/schema/event.ts";
import { failedTask, runStory, started, succeeded } from "../../rig/run-story.ts";
import { typeCommand } from "../../rig/typed-command.ts";

const twoTasks =
  "- {id: api, description: Write the interface, estimatedMinutes: 20}\n- {id: text, description: Proofread the manual, estimatedMinutes: 20}\n";

describe("the command line", () => {
  test("without words it prints help, with all commands and exit codes", async () => {
    const { code, out } = await typeCommand([]);
    expect(code).toBe(0);
    for (const name of [
      ...["serve", "analyze", "plan", "run", "simulate", "demo", "status", "history", "report", "conflicts"],
      ...["answer", "cancel", "apply", "undo", "doctor", "completion"],
    ])
      expect(out).toContain(`\n  ${name} `);
    for (const text of ["4    conflicts are held", "130  interrupted", "PARALLELIZATION_ALLOW_COMMANDS", "NO_COLOR"])
      expect(out).toContain(text);
  });

  test.each([
    [["--version"], 0, "1.2.3\n"],
    [["-V"], 0, "1.2.3\n"],
    [["help"], 0, "Exit codes:"],
    [["help", "run"], 0, "--max-workers <number>"],
    [["conflicts", "--help"], 0, "conflicts main feature-a feature-b"],
    [["run", "--help"], 0, "--max-workers <number>"],
    [["report", "--help"], 0, "parallelization-mcp report ID --format json"],
  ])("%j prints what is asked for", async (argv, code, text) => {
    const typed = await typeCommand(argv);
    expect(typed).toMatchObject({ code, notes: "" });
    expect(typed.out).toContain(text);
  });

  test.each([
    [["fly"], "unknown command 'fly'"],
    [["runn", "x"], "Did you mean run?"],
    [["run"], "missing required argument 'file'"],
    [["run", "x", "--fast"], "unknown option '--fast'"],
    [["run", "x", "--max-worker", "3"], "Did you mean --max-workers?"],
    [["run", "x", "--timeout", "0"], "'0' is no number of minutes above 0."],
    [["run", "x", "--retries", "11"], "'11' is not from 0 to 10."],
    [["history", "--limit", "0"], "'0' is not from 1 to 1000."],
    [["completion", "cmd"], "Allowed choices are bash, zsh, fish."],
    [["report", "exec-1", "--format", "html"], "Reports as html are not there yet."],
    [["report", "exec-1", "--format", "trace"], "Reports as trace are not there yet."],
    [["run", "x", "--mode", "wild"], "Allowed choices are dependency, batch"],
    [["run", "x", "--max-workers", "many"], "'many' is no whole number"],
    [["analyze", "missing.yaml"], "The file 'missing.yaml' does not exist."],
    [["run", "full-stack"], "The template 'full-stack' needs to be told what it is for."],
    [["plan", "full-stak", "A shop"], "did you mean 'full-stack'?"],
    [["worker"], "The command 'worker' is not there yet."],
    [["dashboard", "--port", "1"], "The command 'dashboard' is not there yet."],
    [["serve", "--http"], "Serving over HTTP is not there yet."],
    [["simulate", "unheard-of"], "There is no scenario 'unheard-of'."],
  ])("%j is refused with exit code 2 and a sentence that helps (C6)", async (argv, text) => {
    const { code, out, notes } = await typeCommand(argv);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(notes.replaceAll(/\n +/g, " ")).toContain(text);
    expect(notes).not.toMatch(/\n +at /);
  });

  test("with --json a refusal is a JSON object on standard output", async () => {
    const { code, out, notes } = await typeCommand(["analyze", "-", "--json"], {
      input: "- {id: a, description: b, dependsOn: [a]}\n",
    });
    expect({ code, notes }).toEqual({ code: 2, notes: "" });
    expect(JSON.parse(out)).toMatchObject({ success: false, code: "SELF_DEPENDENCY" });
  });

  test("a bug is told without a stack", async () => {
    const services = () => Promise.reject(new Error("the disk is on fire"));
    const { code, notes } = await typeCommand(["status"], { services });
    expect(code).toBe(6);
    expect(notes).toContain("the disk is on fire");
    expect(notes).not.toMatch(/\n +at /);
  });
});

describe("analyze and plan", () => {
  test("analyze says first whether it is worth it, and reads standard input", async () => {
    const { code, out } = await typeCommand(["analyze", "-"], { input: twoTasks });
    expect(code).toBe(0);
    expect(out.split("\n")[0]).toMatch(/^WORTH RUNNING IN PARALLEL · 2\.0x faster · 2 agents · sure to \d+ %$/);
  });

  test("plan shows who works when under the goal given, and says that nothing has run", async () => {
    const { code, out } = await typeCommand(["plan", "tasks.yaml", "Ship it"], {
      texts: { "/w/tasks.yaml": twoTasks },
    });
    expect(code).toBe(0);
    expect(out).toMatch(/^PLAN · 2 tasks in 1 batch · up to 2 at once · Ship it\n/);
    expect(out).toMatch(/api +at 0s +~20m00 +agent \d/);
    expect(out).toContain("nothing has run\nrun it: parallelization-mcp run tasks.yaml");
  });

  test("plan shows the longest chain and the tasks that hold it up", async () => {
    const steps = [
      "model",
      ...["api", "store", "pages"].map((id) => `${id}, dependsOn: [model]`),
      "check, dependsOn: [api, store, pages]",
    ];
    const input = steps.map((step) => `- {description: Work, estimatedMinutes: 10, id: ${step}}\n`).join("");
    const { out } = await typeCommand(["plan", "-", "--max-workers", "3"], { input });
    expect(out).toContain("◆ LONGEST CHAIN\n  model > api > check");
    expect(out).toContain("▲ BOTTLENECKS (1)\n  ▲ model");
    expect(out).toContain("4 of 4 other tasks wait");
  });

  test("run --show-plan shows the plan and starts nothing", async () => {
    const { code, out } = await typeCommand(["run", "-", "--show-plan", "--max-workers", "1"], { input: twoTasks });
    expect(code).toBe(0);
    expect(out).toContain("up to 1 at once");
  });

  test("a cycle is shown and ends with exit code 2", async () => {
    const input = "- {id: a, description: One, dependsOn: [b]}\n- {id: b, description: Two, dependsOn: [a]}\n";
    const { code, out } = await typeCommand(["analyze", "-"], { input });
    expect(code).toBe(2);
    expect(out).toMatch(/^CANNOT RUN/);
    expect(out).toMatch(/a → b → a|b → a → b/);
  });

  test("with --json the whole analysis is printed and nothing else", async () => {
    const { out } = await typeCommand(["analyze", "-", "--json"], { input: twoTasks });
    expect(JSON.parse(out)).toMatchObject({
      parallelizable: true,
      recommendedAgents: 2,
      suggestedBatches: [{ id: "batch-1" }],
    });
  });
});

describe("the exit code of a run", () => {
  const finish = (status: "completed" | "partial" | "failed" | "cancelled"): EventBody => ({
    type: "run.finished",
    status,
  });
  const two = () => runStory([{ id: "a" }, { id: "b" }]).at(0, started("a", "1"), started("b", "2"));
  const done = (id: string) => succeeded(id, "1", { durationMs: 1 });
  test.each([
    ["0 when everything succeeded", two().at(1, done("a"), done("b"), finish("completed")), 0],
    ["1 when a task failed", two().at(1, done("a"), failedTask("b", "2", 1), finish("partial")), 1],
    ["4 when only conflicts are held", two().at(1, done("a"), done("b"), finish("partial")), 4],
    ["5 when the run's time limit stopped it", two().at(1, done("a"), { type: "run.timed-out" }, finish("failed")), 5],
    ["130 when it was cancelled", two().at(1, { type: "run.cancel-requested", reason: "x" }, finish("cancelled")), 130],
  ])("is %s", (_name, story, code) => {
    expect(exitCodeOfRun(story.view())).toBe(code);
  });
});

test.each([
  ["a terminal", {}, true, true],
  ["a pipe", {}, false, false],
  ["NO_COLOR", { NO_COLOR: "1" }, true, false],
  ["FORCE_COLOR on a pipe", { FORCE_COLOR: "1", NO_COLOR: "1" }, false, true],
  ["FORCE_COLOR=0", { FORCE_COLOR: "0" }, true, false],
  ["a dumb terminal", { TERM: "dumb" }, true, false],
])("colour with %s: %j", (_name, environment, output, coloured) => {
  const host = { environment, terminals: { input: false, output, errors: false } } as unknown as CommandHost;
  expect(outputStyle(host).good("x") !== "x").toBe(coloured);
});
