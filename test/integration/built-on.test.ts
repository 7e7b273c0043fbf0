/** What was built on another result is judged against it, in repositories and in runs. */
import { describe, expect, test } from "vitest";
import type { CodeReader } from "../../src/ports/code-reader.ts";
import type { ExecuteInput } from "../../src/schema/workflow.ts";
import type { Services } from "../../src/services.ts";
import { isOpen } from "../../src/schema/conflict.ts";
import { runBoth, servicesBeside, working } from "../rig/both-kinds.ts";
import { testCodeReader } from "../rig/code-reader-rig.ts";
import { makeRepository, type TestRepository } from "../rig/git-rig.ts";
import { openMergeRig } from "../rig/merge-rig.ts";

const lib = "export function parse(text: string): string {\n  return text.trim();\n}\n\nexport const zero = 0;\n";
const main = 'import { parse } from "./lib.ts";\n\nexport const one = parse("1");\n';
const files = { "src/lib.ts": lib, "src/main.ts": main, "README.md": "# A\n" };
const renamed = {
  "src/lib.ts": lib.replace("parse", "parseAll"),
  "src/main.ts": main.replaceAll("parse", "parseAll"),
};
const uses = 'import { parse } from "./lib.ts";\n\nexport const two = parse("2");\n';

describe("results that were built on others", () => {
  test("a dependent that uses the old name is held with both places, and its ancestor is merged (C24)", async () => {
    await using rig = await openMergeRig(files, { code: testCodeReader() });
    const rename = await rig.task("rename", renamed);
    const use = await rig.task("use", { "src/two.ts": uses }, { start: rename.commit, needs: ["rename"] });
    const later = await rig.task("later", { "README.md": "# B\n" }, { start: use.commit, needs: ["use"] });
    const outcome = await rig.merge([rename, use, later]);
    expect(outcome.merged).toEqual(["rename"]);
    expect(outcome.held).toEqual([
      {
        taskId: "use",
        conflictIds: ["c1"],
        reason: "breaks against 'rename', which it was built on, over src/two.ts and src/lib.ts",
      },
      { taskId: "later", conflictIds: [], reason: "builds on 'use', which is held" },
    ]);
    expect(outcome.conflicts).toMatchObject([
      {
        type: "semantic",
        severity: "high",
        tasks: ["rename", "use"],
        detectionMethod: "meaning: name-gone",
        description:
          "'use' begins to use 'parse' of src/lib.ts in src/two.ts, and 'rename' removed or renamed it. 'use' was built on 'rename', and breaks all the same.",
        locations: [
          { file: "src/two.ts", startLine: 1, agentId: "agent-2", symbol: "parse" },
          { file: "src/lib.ts", startLine: 1, agentId: "agent-1", symbol: "parse" },
        ],
      },
    ]);
    expect(outcome.conflicts[0]?.resolutionOptions).toMatchObject([
      { strategy: "prefer-agent", taskId: "rename" },
      { strategy: "sequential-retry", taskId: "use" },
      { strategy: "manual" },
      { strategy: "rollback" },
    ]);
  });

  test("of three in a chain only the last one is held, which breaks against the first (C24)", async () => {
    await using rig = await openMergeRig(files, { code: testCodeReader() });
    const first = await rig.task("first", renamed);
    const second = await rig.task("second", { "README.md": "# B\n" }, { start: first.commit, needs: ["first"] });
    const third = await rig.task("third", { "src/two.ts": uses }, { start: second.commit, needs: ["second"] });
    const outcome = await rig.merge([first, second, third]);
    expect(outcome).toMatchObject({
      merged: ["first", "second"],
      held: [{ taskId: "third", conflictIds: ["c1"] }],
      conflicts: [{ tasks: ["first", "third"] }],
    });
  });

  test("what another result mends is merged, and what was there before all of them is nobody's fault", async () => {
    await using rig = await openMergeRig(files, { code: testCodeReader() });
    const rename = await rig.task("rename", { "src/lib.ts": lib.replace("function parse", "function parseAll") });
    const use = await rig.task("use", { "src/two.ts": uses }, { start: rename.commit, needs: ["rename"] });
    const mend = await rig.task(
      "mend",
      { "src/lib.ts": `${lib.replace("function parse", "function parseAll")}\nexport const parse = parseAll;\n` },
      { start: rename.commit, needs: ["rename"] },
    );
    expect(await rig.merge([rename, use, mend])).toMatchObject({ merged: ["rename", "use", "mend"], held: [] });
  });

  test("a result without a change of its own is not blamed for those of others", async () => {
    await using rig = await openMergeRig(files, { code: testCodeReader() });
    const rename = await rig.task("rename", renamed);
    const none = await rig.task("none", {}, { start: rename.commit, needs: ["rename"] });
    const use = await rig.task("use", { "src/two.ts": uses }, { start: none.commit, needs: ["none"] });
    expect(await rig.merge([rename, none, use])).toMatchObject({
      merged: ["rename", "none"],
      conflicts: [{ tasks: ["rename", "use"] }],
    });
  });

  test("no more code is read than without it where nobody uses what an ancestor took away", async () => {
    const texts: number[] = [];
    const reader = testCodeReader();
    const counting: CodeReader = {
      read: (asked) => {
        texts.push(asked.length);
        return reader.read(asked);
      },
    };
    const read = async (needs: readonly string[]): Promise<number> => {
      texts.length = 0;
      await using rig = await openMergeRig(files, { code: counting });
      const rename = await rig.task("rename", renamed);
      const own = { "src/two.ts": "export const two = 2;\n" };
      const other = await rig.task("own", own, needs.length > 0 ? { start: rename.commit, needs } : {});
      expect(await rig.merge([rename, other])).toMatchObject({ merged: ["rename", "own"], conflicts: [] });
      return texts.reduce((sum, each) => sum + each, 0);
    };
    const apart = await read([]);
    expect(apart).toBeGreaterThan(0);
    expect(await read(["rename"])).toBe(apart);
  });
});

const writes = (written: Readonly<Record<string, string>>) =>
  Object.entries(written).map(([file, content]) => ({ file, content }));

/** Starts a run of two agents one of which breaks the other's work; gives the run. */
async function clash(
  kind: "simulated" | "command",
  repository: TestRepository,
  services: Services,
  second: NonNullable<ExecuteInput["tasks"]>[number],
): Promise<string> {
  const { view, id } = await runBoth(
    kind,
    repository,
    { tasks: [working(kind, "rename", writes(renamed)), second] },
    services,
  );
  expect(view.merge).toMatchObject({ merged: ["rename"], held: [{ taskId: "use" }] });
  return id;
}

describe.each(["simulated", "command"] as const)("%s agents", (kind) => {
  test("a dependent that uses the old name is held; what it depends on is applied (C24)", async () => {
    await using repository = await makeRepository(files);
    const tasks = [
      working(kind, "rename", writes(renamed)),
      working(kind, "use", writes({ "src/two.ts": uses }), { dependsOn: ["rename"] }),
    ];
    const { view } = await runBoth(kind, repository, { tasks });
    expect(view.merge).toMatchObject({ merged: ["rename"], held: [{ taskId: "use", conflictIds: ["c1"] }] });
    expect(view.conflicts).toMatchObject([
      { type: "semantic", severity: "high", locations: [{ file: "src/two.ts" }, { file: "src/lib.ts" }] },
    ]);
  });

  test("a dependent that uses the new name is merged (C24)", async () => {
    await using repository = await makeRepository(files);
    const tasks = [
      working(kind, "rename", writes(renamed)),
      working(kind, "use", writes({ "src/two.ts": uses.replaceAll("parse", "parseAll") }), { dependsOn: ["rename"] }),
    ];
    const { view } = await runBoth(kind, repository, { tasks });
    expect(view).toMatchObject({ status: "completed", merge: { held: [] }, conflicts: [] });
  });

  test("the next holder of a declared file that repeats the old name is held (C24)", async () => {
    await using repository = await makeRepository(files);
    const holds = { exclusive: ["file:README.md"] };
    const tasks = [
      working(kind, "rename", writes(renamed), { ...holds, priority: 2 }),
      working(kind, "use", writes({ "src/two.ts": uses }), { ...holds, priority: 1 }),
    ];
    const { view } = await runBoth(kind, repository, { tasks });
    expect(view.tasks.get("use")?.builtOn).toEqual(["rename"]);
    expect(view.merge).toMatchObject({ merged: ["rename"], held: [{ taskId: "use", conflictIds: ["c1"] }] });
  });
});

describe("a held task that is done again on top of the others", () => {
  const retry = { conflictId: "c1", option: "sequential-retry" };

  test("is not merged where it repeats the break, and the user's files stay as they are to the byte (C20, C24)", async () => {
    await using repository = await makeRepository(files);
    const services = servicesBeside(repository);
    const second = working("command", "use", writes({ "src/two.ts": uses }));
    const id = await clash("command", repository, services, second);
    const before = await repository.read("src/lib.ts");
    expect(before).toContain("parseAll");
    const decided = await services.runs.resolve(id, retry, 60_000);
    expect(decided).toMatchObject({
      done: false,
      did: "Nothing was changed: 'use' still cannot be merged: breaks against 'rename', which it was built on, over src/two.ts and src/lib.ts.",
    });
    expect(await repository.read("src/lib.ts")).toBe(before);
    expect(await repository.read("src/main.ts")).toBe(renamed["src/main.ts"]);
    expect(await repository.read("src/two.ts")).toBeUndefined();
    const view = await services.runs.view(id);
    expect(view.merge).toMatchObject({ merged: ["rename"], held: [{ taskId: "use" }] });
    expect(view.conflicts.filter(isOpen)).toHaveLength(1);
  });

  test("is merged where it follows the rename (C20, C24)", async () => {
    await using repository = await makeRepository(files);
    const services = servicesBeside(repository);
    // What a look at the files tells it: the name that is there.
    const program =
      'const fs = require("fs"); const name = /function (\\w+)/.exec(fs.readFileSync("src/lib.ts", "utf8"))[1]; ' +
      `fs.writeFileSync("src/two.ts", ${JSON.stringify(uses)}.replaceAll("parse", name))`;
    const second = { id: "use", description: "use it", command: [process.execPath, "-e", program] };
    const id = await clash("command", repository, services, second);
    expect(await services.runs.resolve(id, retry, 60_000)).toMatchObject({ done: true });
    expect(await repository.read("src/two.ts")).toBe(uses.replaceAll("parse", "parseAll"));
    expect((await services.runs.view(id)).merge).toMatchObject({ merged: ["rename", "use"], held: [] });
  });
});
