import { expect, test } from "vitest";
import { indexOf } from "../../rig/repository-index.ts";
import { handleCall } from "../../../src/tools/handle-call.ts";
import { answerOf, refusalOf, toolWorld } from "../../rig/tool-world.ts";

const tasks = [
  { id: "a", description: "Refresh the session token in session-token.ts" },
  { id: "b", description: "Renew the expiry in session-token.ts" },
];
const filler = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`src/part${n}.ts`, `part${n}`]));
const index = indexOf({ ...filler, "src/session-token.ts": "refresh session token expiry renew" });

async function call(
  name: string,
  args: Record<string, unknown>,
): Promise<{ answer: Record<string, unknown>; asked: string[] }> {
  const { world } = toolWorld();
  const asked: string[] = [];
  const survey = async (workspace: string): Promise<typeof index> => {
    asked.push(workspace);
    return { ...index, limits: ["Of 9 files 3 were looked at."] };
  };
  const reply = await handleCall({ name, arguments: args }, { ...world, context: { ...world.context, survey } });
  return { answer: answerOf(reply), asked };
}

test("with a workspace the analysis looks at its files, and says what it left out", async () => {
  const { answer, asked } = await call("analyze_task_parallelizability", {
    taskDescription: "Sessions",
    subtasks: tasks,
    workspace: "/home/me/shop",
  });
  expect(asked).toEqual(["/home/me/shop"]);
  expect(answer["predictedConflicts"]).toMatchObject([{ tasks: ["a", "b"], resource: "src/session-token.ts" }]);
  expect(answer["repository"]).toMatchObject({ files: 31, limits: ["Of 9 files 3 were looked at."] });
  expect(answer["summary"]).toContain("Of 9 files 3 were looked at.");
});

test("without one no file is looked at", async () => {
  const { asked } = await call("analyze_task_parallelizability", { taskDescription: "Sessions", subtasks: tasks });
  expect(asked).toEqual([]);
  expect((await call("create_dependency_graph", { tasks })).asked).toEqual([]);
});

test("the graph finds the file that a short path means in the workspace", async () => {
  const given = [
    { id: "write", description: "Rework it", writes: ["src/session-token.ts"] },
    { id: "use", description: "Add a page using session-token.ts" },
  ];
  const { answer } = await call("create_dependency_graph", { tasks: given, workspace: "/home/me/shop" });
  expect(answer["implicitDependencies"]).toMatchObject([{ from: "write", to: "use", applied: true }]);
});

test("a workspace that is not there is refused by name", async () => {
  const { call: ask } = toolWorld();
  const reply = await ask("analyze_task_parallelizability", {
    taskDescription: "x",
    subtasks: tasks,
    workspace: "/nowhere",
  });
  expect(refusalOf(reply)).toMatchObject({ code: "WORKSPACE_NOT_FOUND", field: "workspace" });
});
