import { expect, test } from "vitest";
import { analyze } from "../../../src/engines/analysis/analyze.ts";
import type { Analysis } from "../../../src/schema/plan.ts";
import type { TaskInput } from "../../../src/schema/task.ts";

const analyzed = (subtasks: readonly TaskInput[]): Analysis => {
  const result = analyze({ taskDescription: "All of it", subtasks, planningBudgetMs: 0 });
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};
const many = (count: number, text: (number: number) => string, id: string): TaskInput[] =>
  Array.from({ length: count }, (_, n) => ({ id: `${id}${n}`, description: text(n), estimatedMinutes: 10 }));
const told = ({ risks }: Analysis): string => risks.map(({ description }) => description).join("\n");
const modulesAndPages = (modules: number, pages: number): TaskInput[] => [
  ...many(modules, (n) => `Write the n${n} module`, "m"),
  ...many(pages, (n) => `Publish page ${n} after all modules`, "p"),
];

test("two hundred tasks that each wait for two hundred others wait for every one of them", () => {
  const found = analyzed(modulesAndPages(200, 200));
  expect(found.implicitDependencies.filter(({ applied }) => applied)).toHaveLength(40_000);
  expect(found.suggestedBatches).toHaveLength(2);
  expect(told(found)).not.toContain("more dependencies than are looked at");
});

test("where stated order is left out for its number, a risk says so and the verdict is less sure", () => {
  const few = analyzed(modulesAndPages(20, 20));
  const found = analyzed(modulesAndPages(450, 450));
  expect(told(found)).toContain("more dependencies than are looked at");
  expect(found.confidence).toBeLessThan(few.confidence);
});

test("nine tasks that each come after everything else are told as unclear order", () => {
  const writers = many(3, (n) => `Write the n${n} module`, "m");
  const last = (count: number): TaskInput[] =>
    many(count, (n) => `Publish page ${n} after everything else is done`, "p");
  expect(analyzed([...writers, ...last(8)]).implicitDependencies.filter(({ applied }) => applied)).toHaveLength(24);
  const found = analyzed([...writers, ...last(9)]);
  expect(found.implicitDependencies.filter(({ applied }) => applied)).toHaveLength(0);
  expect(told(found)).toContain("The texts state 27 dependencies that the plan does not keep");
});

test("more unclear dependencies are counted than are listed", () => {
  const parsers = ["SQL", "CSV", "XML", "JSON"].map((kind) => ({ id: kind, description: `Write the ${kind} parser` }));
  const found = analyzed([...parsers, ...many(100, (n) => `Draw chart ${n} once the parser is done`, "c")]);
  expect(found.implicitDependencies.filter(({ applied }) => !applied)).toHaveLength(200);
  expect(told(found)).toContain("The texts state 400 dependencies that the plan does not keep");
});
