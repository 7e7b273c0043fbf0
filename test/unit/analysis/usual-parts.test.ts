import { describe, expect, test } from "vitest";
import { areaOfTitle, placeOfArea } from "../../../src/engines/analysis/evidence/area-words.ts";
import { readStep } from "../../../src/engines/analysis/evidence/step-reading.ts";
import { implicitDependencies } from "../../../src/engines/analysis/implicit-dependencies.ts";
import { graphOf } from "../../rig/task-rig.ts";

const area = (title: string): string | undefined => readStep(title).area;
const hints = (...texts: readonly string[]): string[] =>
  implicitDependencies(graphOf(texts.map((description, n) => ({ id: `t${n + 1}`, description }))))
    .filter((each) => !each.applied)
    .map((each) => `${each.from}>${each.to}`);

describe("the part of software that a task is about is told by its verb and the head of its thing", () => {
  test.each([
    ["Set up the repository", "foundation"],
    ["Scaffold the monorepo", "foundation"],
    ["Environment configuration", "foundation"],
    ["Define the shared types", "types"],
    ["Write the interfaces of the payment module", "types"],
    ["Write the type checker", undefined],
    ["Design the database schema", "data"],
    ["Write the users migration", "data"],
    ["Create the user model class", "model"],
    ["Seed data for the shop", "model"],
    ["Create the user repository", "core"],
    ["Implement the order service", "core"],
    ["Expose the orders endpoint", "interface"],
    ["Build the checkout page", "surface"],
    ["Write the API client", "surface"],
    ["Test the API endpoints", "test"],
    ["Write tests for the user service", "test"],
    ["User service tests", "test"],
    ["API documentation", "document"],
    ["Document the schema", "document"],
    ["Build the Docker image", "build"],
    ["Deploy the API to production", "release"],
    ["Monitor the API", "operate"],
    ["Greet somebody", undefined],
  ])("%s: %s", (title, expected) => {
    expect(area(title)).toBe(expected);
  });
});

test("what stores comes before what reads, what is made before what tries, describes, builds and ships it", () => {
  const titles = [
    "Set up the repository",
    "Define the order types",
    "Write the order migration",
    "Create the order model",
    "Create the order repository",
    "Expose the order endpoint",
    "Build the order page",
    "Write tests for orders",
    "Build the Docker image",
    "Deploy the orders",
  ];
  const places = titles.map((title) => placeOfArea(areaOfTitle(title.toLowerCase().split(" ")) ?? "operate"));
  expect(places).toEqual(places.toSorted((left, right) => left - right));
  expect(new Set(places).size).toBe(titles.length);
  expect(placeOfArea("test")).toBe(placeOfArea("document"));
});

test("the migration of a table comes before the models and repositories that use it", () => {
  const found = hints("Create the user repository class for accounts", "Write the user migration for accounts");
  expect(found).toEqual(["t2>t1"]);
  expect(hints("Create the user model for accounts", "Write the user schema for accounts")).toEqual(["t2>t1"]);
});
