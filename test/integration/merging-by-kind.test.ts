import { describe, expect, test } from "vitest";
import { openMergeRig, type MergeRig } from "../rig/merge-rig.ts";

const manifest = (content: object): string =>
  `${JSON.stringify({ name: "x", version: "1.0.0", ...content }, undefined, 2)}\n`;

async function mergeAll(rig: MergeRig, file: string, versions: readonly string[]) {
  const results = [];
  for (const [index, text] of versions.entries()) results.push(await rig.task(`t${index + 1}`, { [file]: text }));
  return rig.merge(results);
}

describe("files with a rule of their kind (C20)", () => {
  test("what three agents put at the top of a changelog stands there, one after the other", async () => {
    const text = (added: string): string => `# Changes\n\n${added}- first\n`;
    await using rig = await openMergeRig({ "docs/CHANGELOG.md": text("") });
    const versions = ["- one\n", "- two\n  in detail\n", "- three\n"].map(text);
    const outcome = await mergeAll(rig, "docs/CHANGELOG.md", versions);
    expect(outcome).toMatchObject({ merged: ["t1", "t2", "t3"], held: [] });
    expect(outcome.conflicts).toMatchObject([
      {
        severity: "low",
        detectionMethod: "git merge, then insertions one after the other",
        resolutionOptions: [{ strategy: "merge", automatic: true }, {}],
      },
    ]);
    expect(`${await rig.show(outcome.commit, "docs/CHANGELOG.md")}\n`).toBe(
      text("- one\n- two\n  in detail\n- three\n"),
    );
  });

  test("a file beside it whose name goes on behind a tab stays as it is", async () => {
    await using rig = await openMergeRig({ CHANGELOG: "- first\n", "CHANGELOG\told": "kept\n" });
    const outcome = await mergeAll(rig, "CHANGELOG", ["- one\n- first\n", "- two\n- first\n"]);
    expect(outcome).toMatchObject({ merged: ["t1", "t2"], held: [] });
    expect(await rig.show(outcome.commit, "CHANGELOG\told")).toBe("kept");
  });

  test("a changelog in which a line is rewritten by two is a conflict", async () => {
    await using rig = await openMergeRig({ "CHANGELOG.md": "- first\n" });
    const outcome = await mergeAll(rig, "CHANGELOG.md", ["- one\n", "- two\n"]);
    expect(outcome).toMatchObject({ merged: ["t1"], conflicts: [{ severity: "medium" }] });
  });

  test("imports that two agents add at one place are both kept, unless a name would come in twice", async () => {
    const text = (added: string): string => `import { a } from "./a.ts";\n${added}\nexport const b = a;\n`;
    await using rig = await openMergeRig({ "src/b.ts": text("") });
    const one = text('import { c, d as e } from "./c.ts";\n');
    const both = await mergeAll(rig, "src/b.ts", [one, text('import type { D } from "./d.ts";\n')]);
    expect(both).toMatchObject({ merged: ["t1", "t2"], conflicts: [{ severity: "low" }] });
    expect(`${await rig.show(both.commit, "src/b.ts")}\n`).toBe(
      text('import { c, d as e } from "./c.ts";\nimport type { D } from "./d.ts";\n'),
    );
    for (const added of ['import { e } from "./d.ts";\n', "const e = 1;\n"]) {
      const clash = await mergeAll(rig, "src/b.ts", [one, text(added)]);
      expect(clash.merged).toEqual(["t1"]);
    }
  });

  test("dependencies that several agents add to one package.json are all there, in its order and form", async () => {
    await using rig = await openMergeRig({ "package.json": manifest({ dependencies: { b: "1", x: "1" } }) });
    const outcome = await mergeAll(rig, "package.json", [
      manifest({ dependencies: { b: "1", c: "2", x: "1" } }),
      manifest({ dependencies: { b: "1", d: "3", x: "1" } }),
      manifest({ dependencies: { b: "1", c: "2", x: "1" }, scripts: { test: "vitest" } }),
    ]);
    expect(outcome).toMatchObject({ merged: ["t1", "t2", "t3"], held: [] });
    expect(outcome.conflicts).toMatchObject([{ severity: "low", detectionMethod: "git merge, then JSON by key" }]);
    expect(`${await rig.show(outcome.commit, "package.json")}\n`).toBe(
      manifest({ dependencies: { b: "1", c: "2", d: "3", x: "1" }, scripts: { test: "vitest" } }),
    );
  });

  test("one dependency with two ranges is a conflict, and so is a package.json written by hand", async () => {
    await using rig = await openMergeRig({ "package.json": manifest({ dependencies: { b: "1" } }) });
    const ranges = [manifest({ dependencies: { b: "2" } }), manifest({ dependencies: { b: "3" } })];
    expect(await mergeAll(rig, "package.json", ranges)).toMatchObject({ merged: ["t1"] });
    const byHand = ['{"name": "x", "one": 1}\n', '{"name": "x", "two": 2}\n'];
    expect(await mergeAll(rig, "package.json", byHand)).toMatchObject({ merged: ["t1"] });
  });

  test("a lockfile that two agents changed is held, with the command that makes it anew", async () => {
    const lock = (version: string): string => `{\n  "name": "x",\n  "version": "${version}"\n}\n`;
    await using rig = await openMergeRig({ "package-lock.json": lock("1") });
    const outcome = await mergeAll(rig, "package-lock.json", [lock("2"), lock("3")]);
    expect(outcome.merged).toEqual(["t1"]);
    expect(outcome.conflicts[0]?.description).toContain("make it anew with: npm install --package-lock-only");
  });

  test("a task that builds on two whose imports meet starts from both", async () => {
    await using rig = await openMergeRig({ "CHANGELOG.md": "# Changes\n\n- first\n" });
    const t1 = await rig.task("t1", { "CHANGELOG.md": "# Changes\n\n- one\n- first\n" });
    const t2 = await rig.task("t2", { "CHANGELOG.md": "# Changes\n\n- two\n- first\n" });
    const { combineCommits } = await import("../../src/engines/merging/combine-starts.ts");
    const { git, files, shadow, base } = rig;
    const commits = [t1.commit, t2.commit];
    const start = await combineCommits({ git, files, shadow, base, commits, ref: "refs/runs/run-1/starts/t3" });
    if (!start.ok) throw new Error(start.error.reason);
    const t3 = await rig.task("t3", { c: "c\n" }, { start: start.value, needs: ["t1", "t2"] });
    const outcome = await rig.merge([t1, t2, t3]);
    expect(outcome.merged).toEqual(["t1", "t2", "t3"]);
    expect(`${await rig.show(outcome.commit, "CHANGELOG.md")}\n`).toBe("# Changes\n\n- one\n- two\n- first\n");
  });
});
