/** What was built on another result is judged against it, in repositories and in runs. */
import { describe, expect, test } from "vitest";
import type { CodeReader } from "../../src/ports/code-reader.ts";
import { isOpen } from "../../src/schema/conflict.ts";
import type { ExecuteInput } from "../../src/schema/workflow.ts";
import type { Services } from "../../src/services.ts";
import { handleCall, type CallWorld } from "../../src/tools/handle-call.ts";
import { runBoth, servicesBeside, working } from "../rig/both-kinds.ts";
import { testCodeReader } from "../rig/code-reader-rig.ts";
import { makeRepository, type TestRepository } from "../rig/git-rig.ts";
import { openMergeRig } from "../rig/merge-rig.ts";
import { answerOf } from "../rig/tool-world.ts";

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
    expect(await repository.read("src/lib.ts")).toBe(renamed["src/lib.ts"]);
    expect(await repository.read("src/two.ts")).toBeUndefined();
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

/** Calls a tool as a client does, on real services. */
async function call(services: Services, args: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { runs } = services;
  const world: CallWorld<never> = {
    context: { ...services, origin: async () => ({}), startedRun: undefined, approvedCommands: [] },
    deliver: async ({ executionId }) => ({ kind: "view", view: await runs.view(executionId) }),
    log: () => undefined,
  };
  return answerOf(await handleCall({ name: "control_workflow", arguments: args }, world));
}

describe("a held task that is done again on top of the others", () => {
  const again = { action: "resolve", conflictId: "c1", option: "sequential-retry" };

  test.each(["simulated", "command"] as const)(
    "by %s agents is not merged where it repeats the break, and the user's files stay as they are to the byte (C20, C24)",
    async (kind) => {
      await using repository = await makeRepository(files);
      const services = servicesBeside(repository);
      const executionId = await clash(kind, repository, services, working(kind, "use", writes({ "src/two.ts": uses })));
      const contents = () => Promise.all(["src/lib.ts", "src/main.ts", "README.md", "src/two.ts"].map(repository.read));
      const before = await contents();
      expect(before).toEqual([renamed["src/lib.ts"], renamed["src/main.ts"], files["README.md"], undefined]);
      expect(await call(services, { executionId, ...again })).toMatchObject({
        done: false,
        did: "Nothing was changed: 'use' still cannot be merged: breaks against 'rename', which it was built on, over src/two.ts and src/lib.ts.",
      });
      expect(await contents()).toEqual(before);
      const view = await servicesBeside(repository).runs.view(executionId);
      expect(view.merge).toMatchObject({ merged: ["rename"], held: [{ taskId: "use" }] });
      expect(view.conflicts.filter(isOpen)).toHaveLength(1);
    },
  );

  test("is merged where it follows the rename (C20, C24)", async () => {
    await using repository = await makeRepository(files);
    const services = servicesBeside(repository);
    // What a look at the files tells it: the name that is there.
    const program =
      'const fs = require("fs"); const name = /function (\\w+)/.exec(fs.readFileSync("src/lib.ts", "utf8"))[1]; ' +
      `fs.writeFileSync("src/two.ts", ${JSON.stringify(uses)}.replaceAll("parse", name))`;
    const second = { id: "use", description: "use it", command: [process.execPath, "-e", program] };
    const executionId = await clash("command", repository, services, second);
    expect(await call(services, { executionId, ...again })).toMatchObject({ done: true });
    expect(await repository.read("src/two.ts")).toBe(uses.replaceAll("parse", "parseAll"));
    expect((await services.runs.view(executionId)).merge).toMatchObject({ merged: ["rename", "use"], held: [] });
  });

  test("is done again once more where it had been built on what it breaks against (C20, C24)", async () => {
    await using repository = await makeRepository(files);
    const services = servicesBeside(repository);
    // The first time it does as it was told; afterwards it looks.
    const program =
      `const fs = require("fs"); const seen = ${JSON.stringify(`${repository.scratch}/seen`)}; ` +
      `const text = ${JSON.stringify(uses)}; const again = fs.existsSync(seen); fs.writeFileSync(seen, ""); ` +
      'fs.writeFileSync("src/two.ts", again ? text.replaceAll("parse", "parseAll") : text)';
    const use = { id: "use", description: "use it", dependsOn: ["rename"], command: [process.execPath, "-e", program] };
    const executionId = await clash("command", repository, services, use);
    expect(await repository.read("src/lib.ts")).toBe(renamed["src/lib.ts"]);
    expect(await repository.read("src/two.ts")).toBeUndefined();
    expect(await call(services, { executionId, ...again })).toMatchObject({ done: true });
    expect(await repository.read("src/two.ts")).toBe(uses.replaceAll("parse", "parseAll"));
    expect(await services.runs.view(executionId)).toMatchObject({
      status: "completed",
      merge: { merged: ["rename", "use"], held: [] },
    });
  });

  test("is left out for good by taking the result it breaks against, and that result stays (C20)", async () => {
    await using repository = await makeRepository(files);
    const services = servicesBeside(repository);
    const use = working("command", "use", writes({ "src/two.ts": uses }), { dependsOn: ["rename"] });
    const executionId = await clash("command", repository, services, use);
    const choice = { action: "resolve", conflictId: "c1", option: "prefer-agent" };
    expect(await call(services, { executionId, ...choice, taskId: "use" })).toMatchObject({ done: false });
    expect(await call(services, { executionId, ...choice, taskId: "rename" })).toMatchObject({ done: true });
    const view = await services.runs.view(executionId);
    expect(view.merge).toMatchObject({ merged: ["rename"], held: [{ taskId: "use" }] });
    expect(view.conflicts.filter(isOpen)).toEqual([]);
    expect(await repository.read("src/lib.ts")).toBe(renamed["src/lib.ts"]);
  });

  test("is merged as it is where a person takes it over by hand (C20)", async () => {
    await using repository = await makeRepository(files);
    const services = servicesBeside(repository);
    const use = working("command", "use", writes({ "src/two.ts": uses }), { dependsOn: ["rename"] });
    const executionId = await clash("command", repository, services, use);
    const manual = { action: "resolve", conflictId: "c1", option: "manual" };
    expect(await call(services, { executionId, ...manual })).toMatchObject({ done: true });
    expect(await call(services, { executionId, ...manual, text: "continue" })).toMatchObject({ done: true });
    expect((await services.runs.view(executionId)).merge).toMatchObject({ merged: ["rename", "use"], held: [] });
    expect(await repository.read("src/two.ts")).toBe(uses);
  });
});
