import { expect, test } from "vitest";
import { parseTaskFile } from "../../../src/cli/task-file.ts";
import { ProblemError } from "../../../src/schema/problem.ts";

const tasks = Array.from({ length: 100_000 }, (_, n) => ({
  id: `t${n}`,
  description: `Write module number ${n}`,
  ...(n > 0 && { dependsOn: [`t${n - 1}`] }),
}));

test("a JSON file of 100,000 tasks is read, and what is wrong in it is named by its field", () => {
  expect(parseTaskFile(JSON.stringify({ title: "All", tasks }), "all.json").tasks).toEqual(tasks);
  const broken = tasks.map((task, n) => (n === 77_000 ? { ...task, minutes: 4 } : task));
  let refusal: unknown;
  try {
    parseTaskFile(JSON.stringify(broken), "all.json");
  } catch (error) {
    refusal = error instanceof ProblemError ? error.problem : error;
  }
  expect(refusal).toMatchObject({ field: "[77000].minutes", error: expect.stringContaining("all.json:") });
});

test("a large file that is no JSON is refused before it costs minutes", () => {
  expect(() => parseTaskFile(`# a list\n${"- {id: a, description: b}\n".repeat(700_000)}`, "all.yaml")).toThrow(
    "larger than 16 MiB and no JSON",
  );
});
