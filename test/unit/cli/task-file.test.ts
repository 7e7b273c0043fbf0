import { describe, expect, test } from "vitest";
import { parseTaskFile } from "../../../src/cli/task-file.ts";
import { ProblemError, type Problem } from "../../../src/schema/problem.ts";

function refusalOf(text: string): Problem {
  try {
    parseTaskFile(text, "tasks.yaml");
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
  throw new Error("the file was accepted");
}

describe("a file of tasks", () => {
  test.each([
    ["a list in YAML", "- id: api\n  description: Write it\n- {id: ui, description: Draw it, dependsOn: [api]}\n"],
    [
      "a list in JSON",
      '[{"id":"api","description":"Write it"},{"id":"ui","description":"Draw it","dependsOn":["api"]}]',
    ],
    [
      "an object with tasks",
      "title: Login\ntasks:\n  - {id: api, description: Write it}\n  - {id: ui, description: Draw it, dependsOn: [api]}\n",
    ],
  ])("may be %s", (_name, text) => {
    const { tasks, source } = parseTaskFile(text, "tasks.yaml");
    expect(tasks).toEqual([
      { id: "api", description: "Write it" },
      { id: "ui", description: "Draw it", dependsOn: ["api"] },
    ]);
    expect(source).toEqual({ tasks });
  });

  test("may be the result of an analysis, which is executed as it is (C5)", () => {
    const analysis = {
      summary: "…",
      suggestedBatches: [
        { id: "batch-1", tasks: [{ id: "api", description: "Write it" }] },
        { id: "batch-2", tasks: [{ id: "ui", description: "Draw it" }] },
      ],
      dependencyGraph: { nodes: {}, edges: [{ from: "api", to: "ui", type: "explicit" }] },
    };
    const { tasks, source } = parseTaskFile(JSON.stringify(analysis), "-");
    expect(source).toEqual({ analysisResult: analysis });
    expect(tasks[1]).toEqual({ id: "ui", description: "Draw it", dependsOn: ["api"] });
  });

  test.each([
    ["broken YAML", "- id: api\n  description: [oops\n", "tasks.yaml:3:1: this is neither YAML nor JSON"],
    ["text", "just words", "tasks.yaml:1:1: a list of tasks is expected"],
    ["a task that is no object", "- id: a\n  description: b\n- 7\n", "tasks.yaml:3:3: a task is an object"],
    [
      "a wrong type",
      "tasks:\n  - id: a\n    description: b\n    dependsOn: api\n",
      "tasks.yaml:4:16: tasks[0].dependsOn",
    ],
    ["a missing description", "tasks:\n  - id: a\n", "tasks.yaml:2:5: tasks[0].description"],
    [
      "a misspelt member",
      "- id: a\n  description: b\n  depends_on: [c]\n",
      'tasks.yaml:3:3: a task has no "depends_on". Is "dependsOn" meant?',
    ],
    ["an unknown member", "title: x\ntask: []\n", 'tasks.yaml:2:1: "task" means nothing here'],
    ["no tasks", "title: x\n", 'tasks.yaml:1:1: "tasks" is missing'],
  ])("%s is refused with file, line and column (C6)", (_name, text, error) => {
    expect(refusalOf(text).error).toContain(error);
  });

  test("a workflow file is refused by name", () => {
    expect(refusalOf("title: x\nsteps: []\n")).toMatchObject({ code: "NOT_SUPPORTED_YET", field: "steps" });
  });

  test("an alias bomb is refused", () => {
    const lines = ["a: &a [x,x,x,x,x,x,x,x,x]"];
    for (let index = 1; index < 9; index++) {
      const former = String.fromCharCode(96 + index);
      const name = String.fromCharCode(97 + index);
      lines.push(`${name}: &${name} [${Array(9).fill(`*${former}`).join(",")}]`);
    }
    expect(refusalOf(lines.join("\n")).code).toBe("INVALID_ARGUMENT");
  });
});

test.each([
  [
    "phases:\n  - [api, 5]\n",
    "tasks.yaml:2:11: phases[0][1]: a task, or the id or role of one, is expected",
    "phases[0][1]",
  ],
  [
    "phases:\n  - 7\n",
    "tasks.yaml:2:5: phases[0]: a phase is a list of tasks, or an object with tasks and a name",
    "phases[0]",
  ],
  ["phases:\n  - {name: one, agents: [api]}\n", "phases[0].tasks: Invalid input: expected array", "phases[0].tasks"],
])("a phase that cannot be understood is named at its deepest place: %j", (text, error, field) => {
  const problem = refusalOf(text);
  expect(problem.error).toContain(error);
  expect(problem.field).toBe(field);
});
