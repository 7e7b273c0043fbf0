import { describe, expect, test } from "vitest";
import { analyze } from "../../../src/engines/analysis/analyze.ts";
import { createDependencyGraph } from "../../../src/engines/analysis/create-graph.ts";
import { likelyFiles } from "../../../src/engines/analysis/evidence/likely-files.ts";
import { narrowedIndex } from "../../../src/engines/analysis/evidence/narrowed-index.ts";
import { likelyMeetings } from "../../../src/engines/analysis/evidence/shared-files.ts";
import type { RepositoryIndex } from "../../../src/schema/repository-index.ts";
import type { TaskInput } from "../../../src/schema/task.ts";
import { indexOf } from "../../rig/repository-index.ts";
import { valueOf } from "../../rig/task-rig.ts";

const filler = Object.fromEntries(
  Array.from({ length: 60 }, (_, n) => [`src/other/part${n}.ts`, `export function part${n}() { return ${n}; }`]),
);
const repository = indexOf(
  {
    ...filler,
    "src/login/session-token.ts":
      "export function refreshSession(token) { return renewToken(token.expiry, token.session) }",
    "src/login/password.ts": "export function hashPassword(password, salt) { return derive(password, salt) }",
    "src/billing/invoice.ts": "export function renderInvoice(invoice) { return totals(invoice.lines) }",
    "docs/billing.md": "How invoices are rendered",
  },
  { "src/billing/invoice.ts": 4 },
);
const tasksOf = (...texts: readonly string[]): TaskInput[] =>
  texts.map((description, number) => ({ id: `t${number + 1}`, description }));
const first = (text: string): string | undefined =>
  repository.paths[likelyFiles(tasksOf(text), repository)[0]?.[0]?.file ?? -1];

describe("files are ranked for a task by its words", () => {
  test.each([
    ["Expired session tokens must be refreshed", "src/login/session-token.ts"],
    ["Use a longer salt when a password is hashed", "src/login/password.ts"],
    ["Invoice totals are rounded wrongly", "src/billing/invoice.ts"],
    ["Tidy up part17.ts", "src/other/part17.ts"],
  ])("%s: %s", (text, path) => {
    expect(first(text)).toBe(path);
  });

  test("nothing is ranked for words that stand nowhere, nor for those that stand everywhere", () => {
    expect(likelyFiles(tasksOf("Zzz qqq", "export function"), repository)).toEqual([[], []]);
  });
});

describe("tasks that speak of the same files are predicted to meet", () => {
  const meeting = tasksOf(
    "Refresh the session token before its expiry in src/login/session-token.ts",
    "Renew session tokens with the new expiry in session-token.ts",
    "Render invoice lines with totals",
  );

  test("with the file where they meet, and never with an order", () => {
    expect(likelyMeetings(meeting, repository)).toMatchObject([{ tasks: [0, 1], path: "src/login/session-token.ts" }]);
    const analysis = valueOf(analyze({ taskDescription: "Sessions", subtasks: meeting, repository }));
    expect(analysis.predictedConflicts).toMatchObject([
      { tasks: ["t1", "t2"], resource: "src/login/session-token.ts", exclusive: "file:src/login/session-token.ts" },
    ]);
    expect(analysis.implicitDependencies.filter((each) => each.applied)).toEqual([]);
    expect(analysis.repository).toEqual({ files: 64, commits: 10, limits: [] });
  });

  test("unless the tasks have an order, or say themselves what they write", () => {
    const ordered = meeting.map((task, number) => (number === 1 ? { ...task, dependsOn: ["t1"] } : task));
    expect(valueOf(analyze({ taskDescription: "x", subtasks: ordered, repository })).predictedConflicts).toEqual([]);
    const declared = meeting.map((task) => ({ ...task, writes: [`src/${task.id}.ts`] }));
    expect(likelyMeetings(declared, repository)).toEqual([]);
  });

  test("and without a repository the analysis says nothing of one", () => {
    expect(valueOf(analyze({ taskDescription: "x", subtasks: meeting }))).not.toHaveProperty("repository");
  });
});

test("a short path means the one path of the repository that ends so", () => {
  const tasks: TaskInput[] = [
    { id: "write", description: "Rework the hashing", writes: ["src/login/password.ts"] },
    { id: "use", description: "Add a form using password.ts" },
  ];
  const edges = (given: Partial<Parameters<typeof createDependencyGraph>[0]>): unknown =>
    valueOf(createDependencyGraph({ tasks, ...given })).implicitDependencies;
  expect(edges({})).toEqual([]);
  expect(edges({ repository })).toMatchObject([{ from: "write", to: "use", applied: true }]);
});

test("a name that stands in a file which another task writes is reported and not applied", () => {
  const tasks: TaskInput[] = [
    { id: "write", description: "Rework the hashing", writes: ["src/login/password.ts"] },
    { id: "use", description: "Call hashPassword when an account is made" },
  ];
  const found = valueOf(createDependencyGraph({ tasks, repository })).implicitDependencies;
  expect(found).toMatchObject([{ from: "write", to: "use", applied: false, evidence: "hashPassword" }]);
});

test("of an index only the words of the tasks are needed, and others get their turn while they are picked out", async () => {
  const tasks: TaskInput[] = [
    { id: "write", description: "Rework the hashing", writes: ["src/login/password.ts"] },
    { id: "use", description: "Call hashPassword for the session token and read user_store" },
    { id: "other", description: "Renew the session token when it expires" },
  ];
  const filler = Object.fromEntries(
    Array.from({ length: 40 }, (_, n) => [`src/part${n}.ts`, `part${n} and other words`]),
  );
  const whole = indexOf({
    ...filler,
    "src/login/password.ts": "hashPassword session words of all kinds",
    "src/session-token.ts": "session token renew session user_store",
  });
  const paths = [...whole.paths, "src/wide.ts"];
  const wide = new Uint32Array(600_000).map((_, n) => n);
  const index: RepositoryIndex = {
    ...whole,
    paths,
    words: Uint32Array.from([...whole.words, ...wide]),
    counts: Uint8Array.from([...whole.counts, ...wide.map(() => 1)]),
    wordStart: Uint32Array.from([...whole.wordStart, whole.words.length + wide.length]),
    changes: Uint16Array.from([...whole.changes, 0]),
  };
  let turns = 0;
  const turn = async (): Promise<void> => void (turns += 1);
  const narrowed = await narrowedIndex(index, { tasks, turn });
  expect(turns).toBe(1);
  expect(narrowed.words.length).toBeLessThan(100);
  const ask = (repository: RepositoryIndex): unknown =>
    valueOf(analyze({ taskDescription: "Sessions", subtasks: tasks, repository }));
  expect(likelyFiles(tasks, narrowed)).toEqual(likelyFiles(tasks, index));
  expect(ask(narrowed)).toEqual(ask(index));
});
