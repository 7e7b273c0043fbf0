import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { readSources } from "../rig/imports.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

const manifest = readJson(
  "package.json",
  z.object({
    name: z.string(),
    license: z.string(),
    type: z.string(),
    engines: z.object({ node: z.string() }),
    bin: z.record(z.string(), z.string()),
    files: z.array(z.string()),
    scripts: z.record(z.string(), z.string()),
    dependencies: z.record(z.string(), z.string()),
    devDependencies: z.record(z.string(), z.string()),
  }),
);

function readJson<Shape extends z.ZodType>(path: string, shape: Shape): z.infer<Shape> {
  return shape.parse(JSON.parse(readFileSync(`${root}${path}`, "utf8")));
}

test("the package, its binary and the Node versions are the promised ones (P5)", () => {
  expect(manifest).toMatchObject({
    name: "parallelization-mcp",
    license: "MIT",
    type: "module",
    engines: { node: ">=20.19" },
    bin: { "parallelization-mcp": "dist/main.js" },
  });
});

test("every promised file and folder is at the top level (P5)", () => {
  const promised = ["src", "src/tools", "src/engines", "test", "package.json", "tsconfig.json"];
  const all = [...promised, "mcp.json.example", "README.md", "ARCHITECTURE.md", "CHANGELOG.md", "LICENSE", ".ci/run"];
  all.push("CONTRIBUTING.md", "REVIEW.md", "docs/tools.md");
  expect(all.filter((path) => !existsSync(`${root}${path}`))).toEqual([]);
});

test("what is published explains itself: configuration example, README, changes, licence", () => {
  expect(manifest.files).toEqual(
    expect.arrayContaining(["dist", "mcp.json.example", "README.md", "CHANGELOG.md", "LICENSE"]),
  );
});

test("mcp.json.example adds the built server to Claude Code (P6)", () => {
  const example = readJson(
    "mcp.json.example",
    z.strictObject({
      mcpServers: z.strictObject({
        parallelization: z.strictObject({
          type: z.literal("stdio"),
          command: z.literal("node"),
          args: z.tuple([z.string()]),
          timeout: z.number(),
        }),
      }),
    }),
  );
  const { args, timeout } = example.mcpServers.parallelization;
  expect(args[0].endsWith(`/parallelization-mcp/${manifest.bin["parallelization-mcp"]}`)).toBe(true);
  // A run may take as long as a task may: 1,440 minutes.
  expect(timeout).toBe(1_440 * 60_000);
});

describe("the promised packages are used, not only listed (P4)", () => {
  const imported = new Set(readSources(root, "src").flatMap(({ imports }) => imports.map(({ target }) => target)));
  test.each(["@modelcontextprotocol/server", "zod", "graphlib", "diff", "proper-lockfile"])("%s (P4)", (name) => {
    expect(manifest.dependencies).toHaveProperty([name]);
    expect([...imported].filter((target) => target === name || target.startsWith(`${name}/`))).not.toEqual([]);
  });

  test("the tests run on vitest, which nobody who installs the server needs (P4)", () => {
    expect(manifest.devDependencies).toHaveProperty("vitest");
    expect(manifest.dependencies).not.toHaveProperty("vitest");
  });
});

test("the lockfiles name no registry, so that they work with any", () => {
  const lockfiles = ["package-lock.json", "test/agents/package-lock.json"];
  const named = lockfiles.filter((path) => readFileSync(`${root}${path}`, "utf8").includes('"resolved"'));
  expect(named).toEqual([]);
});
