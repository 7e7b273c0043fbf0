/**
 * The rooms of src and what each may import: itself, the rooms named here, and nothing else. The table below is the
 * project's architecture, and the tests after it hold the code to it.
 */
import { existsSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { importCycles, parseSource, readSources, type Import, type SourceFile } from "./rig/imports.ts";

/** One room: a folder of src, or a single file. */
interface Room {
  /** Rooms, or single files of rooms, that it may import. */
  readonly rooms: readonly string[];
  /** Of these it may import types, never code. */
  readonly types?: readonly string[];
  /** Packages that it may import. */
  readonly packages?: readonly string[];
  /** Whether it may import Node's own modules. */
  readonly node?: boolean;
}

/** The files through which tools, the command line and serving use the engines. */
const frontDoors = [
  "engines/analysis/analyze.ts",
  "engines/analysis/create-graph.ts",
  "engines/planning/arrange-phases.ts",
  "engines/planning/distribute.ts",
  "engines/planning/templates/use-template.ts",
  "engines/planning/templates/with-template-tasks.ts",
  "engines/conflicts/detect.ts",
  "engines/progress/aggregate.ts",
  "engines/progress/run-view.ts",
] as const;

const foundation = ["schema", "util"];
const pureEngine = { rooms: foundation };
const engineOnAnalysis = { rooms: [...foundation, "engines/analysis"] };
const driver = { rooms: [...foundation, "ports"] };
const outside = { rooms: [...foundation, "report", "engines/coordination", ...frontDoors], types: ["services.ts"] };

/** What each room may import. */
const roomTable: Readonly<Record<string, Room>> = {
  // The foundation: words, shapes, and what the world looks like from inside.
  util: { rooms: [] },
  schema: { rooms: ["util"], packages: ["zod"] },
  ports: { rooms: foundation },

  // The only room that touches the world: files, processes, clocks, chance.
  "platform/read-configuration.ts": { rooms: foundation, packages: ["yaml"], node: true },
  platform: { rooms: [...foundation, "ports"], packages: ["proper-lockfile", "web-tree-sitter"], node: true },

  // Pure engines: the same input always gives the same answer.
  "engines/analysis": { ...pureEngine, packages: ["graphlib"] },
  "engines/semantics": { ...pureEngine, types: ["ports/syntax-cursor.ts"] },
  "engines/conflicts": { ...pureEngine, packages: ["diff"] },
  "engines/planning": engineOnAnalysis,
  "engines/scheduling": engineOnAnalysis,
  "engines/progress": engineOnAnalysis,

  // Drivers reach the world through ports, and never know of one another.
  "engines/survey": driver,
  "engines/journal": driver,
  "engines/limits": driver,
  "engines/isolation": driver,
  "engines/tracking": driver,
  "engines/execution": driver,
  "engines/merging": driver,

  // The one engine that knows the others.
  "engines/coordination": { rooms: [...foundation, "ports", "engines"] },

  // What people and programs see. None of them touches the platform.
  report: { rooms: [...foundation, "engines/progress"] },
  tools: { ...outside, packages: ["zod"] },
  cli: { ...outside, packages: ["commander", "yaml"] },
  serving: { ...outside, rooms: [...outside.rooms, "tools"], packages: ["@modelcontextprotocol/server", "zod"] },

  // The joints: services.ts puts platform and engines together, the others start from it.
  "services.ts": { rooms: [...foundation, "ports", "platform", "engines", "report"] },
  "server.ts": {
    rooms: [...foundation, "report", "engines", "tools", "serving", "services.ts"],
    packages: ["@modelcontextprotocol/server"],
  },
  library: {
    rooms: [...foundation, "ports", "platform/system-clock.ts", "report", "engines", "tools", "services.ts"],
    packages: ["zod"],
  },
  "facts-worker.ts": { rooms: ["engines/semantics", "platform"] },
  "planner-worker.ts": { rooms: ["engines/analysis", "platform"] },
  "index.ts": { rooms: [...foundation, "report", "engines", "library"] },
  "main.ts": { rooms: [...foundation, "platform", "engines", "cli", "serving", "tools", "server.ts", "services.ts"] },
};

const LONGEST_FILE_LINES = 300;

const root = fileURLToPath(new URL("..", import.meta.url));
const sources = readSources(root, "src");

/** Everything in a file's imports that the table does not allow, one line each. */
function breaches({ path, imports }: SourceFile): readonly string[] {
  const room = roomOf(path.slice("src/".length));
  if (room === undefined) return [`${path} lies in no room`];
  return imports.filter((each) => !isAllowed(room, each)).map(({ target }) => `${path} must not import ${target}`);
}

function isAllowed(room: string, { target, typesOnly }: Import): boolean {
  const { rooms, types = [], packages = [], node = false } = roomTable[room] ?? { rooms: [] };
  if (isBuiltin(target)) return node;
  if (!target.startsWith("src/")) return isCovered(target, packages);
  const file = target.slice("src/".length);
  return roomOf(file) === room || isCovered(file, rooms) || (typesOnly && isCovered(file, types));
}

/** The room that a file lies in, named relative to src; undefined for a file that has no place in the table. */
function roomOf(file: string): string | undefined {
  return Object.keys(roomTable).find((room) => file === room || file.startsWith(`${room}/`));
}

/** Whether a file, relative to src, is covered by a list of rooms and single files. */
function isCovered(file: string, names: readonly string[]): boolean {
  return names.some((name) => file === name || file.startsWith(`${name}/`));
}

describe("every source file keeps to its room", () => {
  test.each(sources.map((source) => [source.path, source] as const))("%s", (_path, source) => {
    expect(breaches(source)).toEqual([]);
    expect(source.lines, `${source.path} is longer than ${LONGEST_FILE_LINES} lines`).toBeLessThanOrEqual(
      LONGEST_FILE_LINES,
    );
  });
});

test("no file imports itself through others, types included", () => {
  expect(importCycles(sources)).toEqual([]);
});

test("no file is a dumping ground", () => {
  const names = /\/(utils|helpers|types|common|misc)\.ts$/;
  expect(sources.map(({ path }) => path).filter((path) => names.test(path))).toEqual([]);
});

test("every front door exists", () => {
  expect(frontDoors.filter((file) => !existsSync(join(root, "src", file)))).toEqual([]);
});

describe("a breach is found however it is written", () => {
  test.each([
    ["src/util/a.ts", 'import { z } from "../schema/task.ts";', "src/schema/task.ts"],
    ["src/schema/a.ts", 'import { readFile } from "node:fs/promises";', "node:fs/promises"],
    ["src/schema/a.ts", 'import { readFile } from "fs";', "fs"],
    ["src/engines/analysis/a.ts", 'export * from "../merging/fold.ts";', "src/engines/merging/fold.ts"],
    ["src/engines/journal/a.ts", 'import type { A } from "../tracking/a.ts";', "src/engines/tracking/a.ts"],
    ["src/engines/merging/a.ts", 'type A = import("../conflicts/a.ts").A;', "src/engines/conflicts/a.ts"],
    ["src/tools/a.ts", 'const a = await import("../platform/files.ts");', "src/platform/files.ts"],
    ["src/tools/a.ts", 'import { createServices } from "../services.ts";', "src/services.ts"],
    [
      "src/tools/a.ts",
      'import { levels } from "../engines/analysis/graph/levels.ts";',
      "src/engines/analysis/graph/levels.ts",
    ],
    ["src/cli/a.ts", 'import { tools } from "../tools/registry.ts";', "src/tools/registry.ts"],
    ["src/tools/a.ts", 'import { Server } from "@modelcontextprotocol/server";', "@modelcontextprotocol/server"],
    ["src/main.ts", 'import { Command } from "commander";', "commander"],
    ["src/engines/merging/a.ts", 'import lockfile from "proper-lockfile";', "proper-lockfile"],
    ["src/engines/analysis/a.ts", "const a = await import(name);", "(computed)"],
  ])("%s: %s", (path, text, target) => {
    expect(breaches(parseSource(path, text))).toEqual([`${path} must not import ${target}`]);
  });

  test.each([
    ["src/tools/a.ts", 'import type { Services } from "../services.ts";'],
    ["src/serving/a.ts", 'import { registry } from "../tools/registry.ts";'],
    ["src/engines/coordination/a.ts", 'import { foldTrees } from "../merging/fold.ts";'],
    ["src/platform/a.ts", 'import { spawn } from "node:child_process"; import { lock } from "proper-lockfile";'],
  ])("while %s may: %s", (path, text) => {
    expect(breaches(parseSource(path, text))).toEqual([]);
  });

  test("a new folder has to be given a room first", () => {
    expect(breaches(parseSource("src/dashboard/page.ts", ""))).toEqual(["src/dashboard/page.ts lies in no room"]);
  });

  test("a cycle through types is a cycle", () => {
    const cycle = [
      parseSource("src/util/a.ts", 'import { b } from "./b.ts";'),
      parseSource("src/util/b.ts", 'import type { C } from "./c.ts";'),
      parseSource("src/util/c.ts", 'export type { A } from "./a.ts";'),
      parseSource("src/util/d.ts", 'import { a } from "./a.ts";'),
    ];
    expect(importCycles(cycle)).toEqual([["src/util/a.ts", "src/util/b.ts", "src/util/c.ts"]]);
  });
});
