import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runConflicts } from "../../src/engines/coordination/runs/run-conflicts.ts";
import type { RunView } from "../../src/engines/progress/run-view.ts";
import { createServices } from "../../src/services.ts";
import { makeRepository, type TestRepository } from "../rig/git-rig.ts";

const math = "export function add(a, b) {\n  return a + b;\n}\n";
const manifest = (dependencies: object): string =>
  `${JSON.stringify({ name: "app", version: "1.0.0", dependencies }, undefined, 2)}\n`;
const files = {
  "src/math.js": math,
  "src/main.js": 'import { add } from "./math.js";\n\nadd(1, 2);\n',
  "package.json": manifest({ "left-pad": "^1.0.0" }),
};

/** Lets agents of one kind write files, and gives what came of it. */
async function runAgents(
  kind: "command" | "simulated",
  repository: TestRepository,
  agents: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<RunView> {
  const { runs } = createServices({ stateFolder: join(repository.scratch, "state") });
  const tasks = Object.entries(agents).map(([id, written]) => ({
    id,
    description: `write ${Object.keys(written).join(" and ")}`,
    ...(kind === "command" ? { command: programWriting(written) } : { simulate: { edits: editsWriting(written) } }),
  }));
  const id = await runs.start(
    {
      workspace: repository.root,
      executor: kind,
      executionStrategy: "aggressive",
      maxParallelAgents: 3,
      ...(kind === "simulated" && { simulation: { failureRate: 0 } }),
      tasks,
    },
    {},
    { commandsApproved: true },
  );
  return runs.wait(id, { waitMs: 60_000 });
}

function programWriting(written: Readonly<Record<string, string>>): string[] {
  const text = JSON.stringify(written);
  return [
    process.execPath,
    "-e",
    `for (const [file, text] of Object.entries(${text})) require("fs").writeFileSync(file, text)`,
  ];
}

function editsWriting(written: Readonly<Record<string, string>>) {
  return Object.entries(written).map(([file, content]) => ({
    file,
    type: file in files ? ("modify" as const) : ("create" as const),
    content,
  }));
}

const renames = {
  "src/math.js": math.replace("add(", "sum("),
  "src/main.js": files["src/main.js"].replaceAll("add", "sum"),
};

describe.each(["command", "simulated"] as const)("%s agents that change related code", (kind) => {
  test("one renames a function, another begins to call it: the second is held (C24)", async () => {
    await using repository = await makeRepository(files);
    const uses = 'import { add } from "./math.js";\n\nexport const three = add(1, 2);\n';
    const view = await runAgents(kind, repository, { rename: renames, use: { "src/three.js": uses } });
    const found = runConflicts(view);
    expect(found).toMatchObject({
      ok: true,
      value: {
        hasConflicts: true,
        conflicts: [
          {
            type: "semantic",
            severity: "high",
            tasks: ["rename", "use"],
            locations: [
              { file: "src/three.js", startLine: 1 },
              { file: "src/math.js", startLine: 1 },
            ],
          },
        ],
      },
    });
    expect(view.merge?.merged).toEqual(["rename"]);
    expect(view.merge?.held).toMatchObject([{ taskId: "use", conflictIds: ["c1"] }]);
    if (kind === "simulated") return;
    expect(await repository.read("src/math.js")).toContain("sum(");
    expect(await repository.read("src/three.js")).toBeUndefined();
  });

  test("one drops a package, another begins to import it: a conflict of dependencies (C24)", async () => {
    await using repository = await makeRepository(files);
    const view = await runAgents(kind, repository, {
      drop: { "package.json": manifest({}) },
      use: { "src/pad.js": 'import pad from "left-pad";\n\npad("a", 2);\n' },
    });
    expect(view.conflicts).toMatchObject([
      {
        type: "dependency",
        severity: "high",
        tasks: ["drop", "use"],
        affectedResources: ["src/pad.js", "package.json"],
      },
    ]);
    expect(view.merge?.merged).toEqual(["drop"]);
  });

  test("three that do not touch what the others use give nothing (C24)", async () => {
    await using repository = await makeRepository(files);
    const view = await runAgents(kind, repository, {
      rename: renames,
      own: { "src/own.js": "function add(a, b) {\n  return a - b;\n}\n\nexport const one = add(2, 1);\n" },
      text: { "README.md": "# add\n" },
    });
    expect(view.conflicts).toEqual([]);
    expect(view.merge?.merged).toEqual(["rename", "own", "text"]);
  });
});
