import { describe, expect, test } from "vitest";
import { areDisjoint } from "../../../src/engines/semantics/rules/version-range.ts";
import { findingLines, meaningOf, type Edits } from "../../rig/meaning-rig.ts";

type Row = readonly [string, Readonly<Record<string, string>>, Edits, Edits, readonly string[]];

const manifest = (dependencies: Record<string, string>, devDependencies: Record<string, string> = {}): string =>
  `${JSON.stringify({ name: "a", version: "1.0.0", dependencies, scripts: { a: "1", b: "2" }, devDependencies }, undefined, 2)}\n`;
const packed = { "package.json": manifest({ left: "^1.0.0" }, { zod: "^3.0.0" }), "src/a.ts": "export {};\n" };
const lines = (...texts: readonly string[]): string => `${texts.join("\n")}\n`;
const env = lines("A=1", "B=2", "C=3", "D=4", "E=5");
const yaml = lines("server:", "  port: 1", "  host: a", "  path: b", "  name: c", "other:", "  port: 3");
const routes = lines(
  "import { app } from './app.js';",
  "",
  "const a = 1;",
  "const b = 2;",
  "const c = 3;",
  "const d = 4;",
);

describe("files beside the code", () => {
  test.each<Row>([
    [
      "a package is dropped that the other begins to import",
      packed,
      { "package.json": manifest({}, { zod: "^3.0.0" }) },
      { "src/a.ts": 'import pad from "left";\npad();\n' },
      ["conflict package-dropped src/a.ts:1 package.json:0"],
    ],
    [
      "a package is moved between sections",
      packed,
      { "package.json": manifest({ zod: "^3.0.0" }, { left: "^1.0.0" }) },
      { "src/a.ts": 'import pad from "left";\npad();\n' },
      [],
    ],
    [
      "a package that was never listed",
      packed,
      { "package.json": manifest({}, { zod: "^3.0.0" }) },
      { "src/a.ts": 'import fs from "node:fs";\nfs();\n' },
      [],
    ],
    [
      "two ranges without a common version",
      packed,
      { "package.json": manifest({ left: "^1.0.0", react: "^17.0.0" }, { zod: "^3.0.0" }) },
      { "package.json": manifest({ left: "^1.0.0" }, { zod: "^3.0.0", react: "^18.0.0" }) },
      ["conflict version-ranges package.json:6 package.json:13"],
    ],
    [
      "two ranges with a common version",
      packed,
      { "package.json": manifest({ left: "^1.0.0", react: "^17.0.0" }, { zod: "^3.0.0" }) },
      { "package.json": manifest({ left: "^1.0.0" }, { zod: "^3.0.0", react: ">=16" }) },
      [],
    ],
    [
      "two pins of one Python package",
      { "requirements.txt": lines("a==1", "b==1", "c==1", "d==1") },
      { "requirements.txt": lines("Req.uests==1.0", "a==1", "b==1", "c==1", "d==1") },
      { "requirements.txt": lines("a==1", "b==1", "c==1", "d==1", "req-uests>=2") },
      ["conflict version-ranges requirements.txt:1 requirements.txt:5"],
    ],
    [
      "two migrations of one number",
      { "db/migrations/0001_a.sql": "", "db/migrations/0002_b.sql": "" },
      { "db/migrations/0003_users.sql": "1" },
      { "db/migrations/0003_roles.sql": "2" },
      ["conflict migration-number db/migrations/0003_users.sql:0 db/migrations/0003_roles.sql:0"],
    ],
    [
      "two migrations of different numbers",
      { "db/migrations/0001_a.sql": "" },
      { "db/migrations/0003_users.sql": "1" },
      { "db/migrations/0004_roles.sql": "2" },
      [],
    ],
    [
      "a migration up and down by two",
      { "db/migrations/0001_a.up.sql": "" },
      { "db/migrations/0002_b.up.sql": "1" },
      { "db/migrations/0002_b.down.sql": "2" },
      [],
    ],
    [
      "numbered files that are no order",
      { "cases/01-a.ts": "", "cases/01-b.ts": "" },
      { "cases/02-a.ts": "1" },
      { "cases/02-b.ts": "2" },
      [],
    ],
    [
      "two revisions after one",
      { "alembic/versions/a1.py": "" },
      { "alembic/versions/b1.py": "revision = 'b1'\ndown_revision = 'a1'\n" },
      { "alembic/versions/c1.py": "revision = 'c1'\ndown_revision: str = 'a1'\n" },
      ["conflict migration-number alembic/versions/b1.py:0 alembic/versions/c1.py:0"],
    ],
    [
      "one key of an environment file, twice",
      { ".env": env },
      { ".env": `PORT=1\n${env}` },
      { ".env": `${env}PORT=2\n` },
      ["conflict key-clash .env:1 .env:6"],
    ],
    [
      "one key with one value, twice",
      { ".env": env },
      { ".env": `PORT=1\n${env}` },
      { ".env": `${env}PORT=1\n` },
      ["info key-clash .env:1 .env:6"],
    ],
    [
      "one name in two sections",
      { "a.yaml": yaml },
      { "a.yaml": yaml.replace("  port: 1", "  debug: true\n  port: 1") },
      { "a.yaml": yaml.replace("  port: 3", "  port: 3\n  debug: false") },
      [],
    ],
    [
      "one key of one section, twice",
      { "a.yaml": yaml },
      { "a.yaml": yaml.replace("  port: 1", "  debug: true\n  port: 1") },
      { "a.yaml": yaml.replace("  name: c", "  name: c\n  debug: false") },
      ["conflict key-clash a.yaml:2 a.yaml:6"],
    ],
    [
      "one key of one JSON object, twice",
      { "a.json": lines("{", '  "a": { "x": 1 },', '  "b": 1,', '  "c": 1,', '  "d": 1', "}") },
      { "a.json": lines("{", '  "x": 1,', '  "a": { "x": 1 },', '  "b": 1,', '  "c": 1,', '  "d": 1', "}") },
      { "a.json": lines("{", '  "a": { "x": 1 },', '  "b": 1,', '  "c": 1,', '  "x": 2,', '  "d": 1', "}") },
      ["conflict key-clash a.json:2 a.json:5"],
    ],
    [
      "one route in one file, twice",
      { "src/r.js": routes },
      { "src/r.js": routes.replace("const a", "app.get('/users', list);\nconst a") },
      { "src/r.js": `${routes}app.get('/users', all);\n` },
      ["conflict route-clash src/r.js:3 src/r.js:7"],
    ],
    [
      "two verbs of one route",
      { "src/r.js": routes },
      { "src/r.js": routes.replace("const a", "app.get('/users', list);\nconst a") },
      { "src/r.js": `${routes}app.post('/users', all);\n` },
      [],
    ],
  ])("%s", async (_sentence, files, left, right, expected) => {
    expect(findingLines(await meaningOf({ base: files, left, right }))).toEqual(expected);
  });
});

describe("version ranges", () => {
  test.each([
    ["^1.2.3", "^2.0.0", "npm", true],
    ["^1.2.3", "~1.9", "npm", false],
    ["~1.2.3", "1.3.0", "npm", true],
    ["1.x || 3.x", "^2", "npm", true],
    ["1 - 3", "2.5.0", "npm", false],
    ["^0.2.0", "^0.3.0", "npm", true],
    ["*", "1.0.0", "npm", false],
    [">=1 <2", ">= 2", "npm", true],
    ["workspace:*", "^1.0.0", "npm", false],
    ["latest", "1.0.0", "npm", false],
    ["==1.0", ">=2", "python", true],
    ["~=1.4", ">=1.9", "python", false],
    ["~=1.4.2", ">=1.5", "python", true],
    [">=1,<2", "==1.*", "python", false],
    ["<2", ">2", "python", true],
    ["<=2", ">=2", "python", false],
    ["", "==1", "python", false],
  ] as const)("%s and %s of %s have no release in common: %s", (left, right, dialect, disjoint) => {
    expect(areDisjoint(left, right, dialect)).toBe(disjoint);
    expect(areDisjoint(right, left, dialect)).toBe(disjoint);
  });
});
