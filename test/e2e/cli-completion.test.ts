import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { builtProgram, programPlace, type ProgramPlace } from "../rig/built-program.ts";

let place: ProgramPlace;
let script: string;
beforeAll(async () => {
  place = programPlace();
  script = (await place.run(["completion", "bash"])).out;
  mkdirSync(join(place.folder, "bin"));
  symlinkSync(builtProgram, join(place.folder, "bin", "parallelization-mcp"));
  chmodSync(builtProgram, 0o755);
  writeFileSync(join(place.folder, "completion.bash"), script);
});
afterAll(() => place.remove());

/** What bash offers for the last of these words. */
function complete(...words: string[]): string[] {
  const program = `source completion.bash
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _parallelization_mcp; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { ...place.environment, PATH: `${join(place.folder, "bin")}:${place.environment["PATH"]}` };
  const argv = ["--norc", "-c", program, "bash", "parallelization-mcp", ...words];
  const { stdout, stderr } = spawnSync("bash", argv, { cwd: place.folder, env, encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => line !== "");
}

describe("completion in bash offers", () => {
  test("commands", () => {
    expect(complete("re")).toEqual(["report", "resume", "retry", "resolve"]);
    expect(complete("")).toEqual(expect.arrayContaining(["analyze", "run", "simulate", "undo", "--help"]));
    expect(complete("")).not.toContain("dashboard");
  });

  test("a command's options, and the values of an option", () => {
    expect(complete("run", "--s")).toEqual(["--strategy", "--setup", "--seed", "--show-plan"]);
    expect(complete("run", "x.yaml", "--mode", "s")).toEqual(["sequential"]);
    expect(complete("report", "x", "--format", "")).toEqual(["md", "json", "html", "trace"]);
    expect(complete("doctor", "--workspace", "bi")).toEqual(["bin"]);
  });

  test("scenarios and shells", () => {
    expect(complete("simulate", "c27-5")).toEqual(["c27-50-10"]);
    expect(complete("completion", "")).toEqual(["bash", "zsh", "fish"]);
  });

  test("the ids of runs", async () => {
    await place.run(["run", "-"], "- { id: a, description: Do it, simulate: { minutes: 1 } }\n");
    const ids = (await place.run(["history", "--ids"])).out.trim().split("\n");
    expect(ids).toHaveLength(1);
    expect(complete("report", "ex")).toEqual(ids);
    expect(complete("report", "--format", "md", "ex")).toEqual(ids);
  });

  test("nothing for a task or a text after a run, and every scenario of several", () => {
    expect(complete("skip", "run_1", "")).toEqual([]);
    expect(complete("steer", "run_1", "task", "")).toEqual([]);
    expect(complete("simulate", "c27-50-10", "c27-5")).toEqual(["c27-50-10"]);
  });
});

test.each([
  [
    "zsh",
    "#compdef parallelization-mcp",
    "--mode) compadd -- dependency batch parallel sequential pipeline; return ;;",
  ],
  ["fish", "complete -c parallelization-mcp -f", "-l mode -r -a 'dependency batch parallel sequential pipeline'"],
])("the script for %s knows the same", async (shell, ...texts) => {
  const { code, out } = await place.run(["completion", shell]);
  expect(code).toBe(0);
  for (const text of [...texts, "history --ids", "c27-50-10"]) expect(out).toContain(text);
  expect(out).not.toContain("dashboard");
});
