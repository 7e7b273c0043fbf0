import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ending, programPlace, type ProgramPlace } from "../rig/built-program.ts";

let place: ProgramPlace;
beforeAll(() => {
  place = programPlace();
  writeFileSync(join(place.folder, "one.yaml"), "- { id: a, description: Do it, simulate: { minutes: 1 } }\n");
});
afterAll(() => place.remove());

const task = (more: string, id = "a"): string => `- { id: ${id}, description: Do it, retries: 0, ${more} }\n`;
const writesSame = (id: string): string => task(`command: { shell: "echo ${id} > same.txt" }`, id);

describe("the exit code says what happened", () => {
  test.each([
    ["0: everything succeeded", ["run", "one.yaml"], "", 0],
    ["0: a plan is shown", ["run", "one.yaml", "--show-plan"], "", 0],
    ["0: help", ["run", "--help"], "", 0],
    ["0: the version", ["-V"], "", 0],
    ["0: no run yet is no problem", ["history", "--ids"], "", 0],
    ["1: a task failed", ["run", "-"], task("simulate: { fail: it broke }"), 1],
    ["1: a program failed", ["run", "-", "--apply", "none"], task("command: [sh, -c, exit 9]"), 1],
    ["2: an unknown command", ["fly"], "", 2],
    ["2: an unknown option", ["run", "one.yaml", "--fast"], "", 2],
    ["2: an option's value", ["run", "one.yaml", "--max-workers", "1000"], "", 2],
    ["2: a file that is not there", ["run", "missing.yaml"], "", 2],
    ["2: a file that is no list of tasks", ["analyze", "-"], "just: text\n", 2],
    ["2: a cycle", ["run", "-"], task("dependsOn: [b]") + task("dependsOn: [a]", "b"), 2],
    ["2: something that is to come", ["dashboard"], "", 2],
    ["2: an unknown run", ["report", "exec-1"], "", 2],
    [
      "3: a question and nobody to ask",
      ["run", "-", "--no-input"],
      task("simulate: { minutes: 1, question: { text: Which way?, options: [left, right] } }"),
      3,
    ],
    ["4: conflicts are held", ["run", "-", "--max-workers", "2"], writesSame("a") + writesSame("b"), 4],
    ["4: the merged work does not pass", ["run", "-", "--verify", "sh -c 'exit 1'"], writesSame("a"), 4],
    ["5: the run's time limit", ["run", "-", "--timeout", "1"], task("simulate: { minutes: 30 }"), 5],
    ["6: an executor that is not there", ["run", "one.yaml", "--executor", "claude-code"], "", 6],
    ["6: a folder that cannot be used", ["doctor", "--workspace", "missing"], "", 6],
  ])("%s", async (_meaning, argv, input, code) => {
    const end = await place.run(argv, input);
    expect(end, `${end.out}${end.errors}`).toMatchObject({ code });
  });

  test("130: interrupted", async () => {
    const child = place.start(["run", "-", "--watch", "--real-time", "1"]);
    child.stdin.end(task("simulate: { minutes: 5 }"));
    let said = "";
    let stopped = false;
    child.stderr.on("data", (text: string) => {
      said += text;
      if (stopped || !said.includes("[a]")) return;
      stopped = true;
      child.kill("SIGTERM");
    });
    expect(await ending(child)).toMatchObject({ code: 130 });
  });

  test("with --json a refusal and a result are one JSON object each on standard output", async () => {
    const refused = await place.run(["run", "missing.yaml", "--json"]);
    expect(JSON.parse(refused.out)).toMatchObject({ success: false, code: "FILE_NOT_READABLE", field: "FILE" });
    expect(refused.errors).toBe("");
    const done = await place.run(["run", "one.yaml", "--json"]);
    expect(JSON.parse(done.out)).toMatchObject({ success: true, status: "completed" });
    expect(done.errors).toBe("");
  });
});
