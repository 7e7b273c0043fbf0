import { describe, expect, test } from "vitest";
import { definitionLines, factsOf, importLines, referenceLines } from "../../rig/facts-rig.ts";

describe("what TypeScript and JavaScript declare", () => {
  test.each([
    [
      "optional, default, rest and destructured parameters count as a call sees them",
      "export function f<T>(a: T, { b, c = 1 }: X = {}, d?: string, ...e: T[]) {}",
      ["exported function f(1,*)"],
    ],
    ["`this` is no parameter", "function f(this: Window, a: string) {}", ["function f(1,1)"]],
    ["an argument of type void may be left out", "function f(a: string, b: void) {}", ["function f(1,2)"]],
    [
      "functions in constants are functions, unless a type says what may be passed",
      "const a = (x, y = 1) => x, b = function (...z) {}, c: Handler = (x) => x, d = x => x; let e = () => 1;",
      ["function a(1,2)", "function b(0,*)", "open function c", "function d(1,1)", "variable e"],
    ],
    [
      "every overload is told",
      "export function f(a: 1): void; export function f(a: 1, b: 2): void; export function f(...a: any[]) {}",
      ["exported function f(1,1)", "exported function f(2,2)", "exported function f(0,*)"],
    ],
    [
      "members of a class, private ones not exported, abstract ones required",
      `abstract class A<T> extends lib.B<T> implements C, D<T> {
         static x = 1; #y; protected z: string;
         constructor(private readonly p: string, q = 1) { super(p); }
         abstract m(a: string): void; get g() { return 1; } n = (a, b) => a; private o() {}
       }`,
      [
        "class A : lib.B, C, D",
        "exported field A.x",
        "field A.#y",
        "exported field A.z",
        "exported constructor A.constructor(1,2)",
        "field A.p",
        "exported required method A.m(1,1)",
        "exported field A.g",
        "exported field A.n(2,2)",
        "method A.o(0,0)",
      ],
    ],
    [
      "members of an interface are required unless they are optional",
      "export interface I extends J.K<L> { a: string; b?: number; c(x: 1): void; d?(): void; (x: 1): 2; [k: string]: 1 }",
      [
        "exported interface I : J.K",
        "exported required field I.a",
        "exported field I.b",
        "exported required method I.c(1,1)",
        "exported method I.d(0,0)",
      ],
    ],
    [
      "a class with members that are computed, decorated or mixed in may have more",
      "class A { [key]() {} } @Dec() class B {} class C extends mix(D) {} class E { @Dec() m(a) {} }",
      ["open class A", "open class B", "open class C : mix(D)", "class E", "exported open method E.m"],
    ],
    [
      "types, enums and namespaces",
      "export type T = 1; export enum E { A, B = 2 } namespace N { export function f() {} } export declare const c: 1;",
      [
        "exported type T",
        "exported enum E",
        "exported field E.A",
        "exported field E.B",
        "module N",
        "exported function N.f(0,0)",
        "exported variable c",
      ],
    ],
    [
      "exports are known under every name that other files see",
      "export default function f() {} const a = 1; class B {} export { a as b, a, B as default };",
      ["exported function f(0,0) as default", "exported variable a as b,a", "exported class B as default"],
    ],
    ["a default export needs no name", "export default (a, b) => a;", ["exported function default(2,2)"]],
    [
      "what is declared in functions and blocks is nobody else's",
      "function f() { class A {} } if (x) { function g() {} }",
      ["function f(0,0)"],
    ],
    [
      "destructured exports",
      "export const { a, b: c, ...d } = x, [e] = y;",
      ["d", "c", "a", "e"].map((name) => `exported variable ${name}`),
    ],
    ["what is added to the world belongs to no file", "declare global { interface Window { a: 1 } }", []],
  ])("%s", async (_sentence, text, expected) => {
    const facts = await factsOf("typescript", text);
    expect(facts).toMatchObject({ broken: false });
    expect(definitionLines(facts)).toEqual(expected);
  });

  test.each([
    [
      "functions and values",
      "exports.f = function (a) {}; exports.C = class { m() {} }; module.exports.v = 1;",
      ["exported function f(1,1)", "exported class C", "exported method C.m(0,0)", "exported open variable v"],
      undefined,
    ],
    [
      "an object",
      "function a(x) {} module.exports = { a, b: a, c(x, y) {}, d: () => 1, e: 2 };",
      [
        "exported function a(1,1) as a,b",
        "exported function c(2,2)",
        "exported function d(0,0)",
        "exported open variable e",
      ],
      undefined,
    ],
    [
      "one thing, which may have properties",
      "class A {} module.exports = A;",
      ["exported class A as module.exports"],
      true,
    ],
    ["an object with what another file has", "module.exports = { ...require('./a') };", [], true],
    ["names that are computed", "exports[name] = 1;", [], true],
    ["names that a function sets later", "function f() { exports.a = 1; }", ["function f(0,0)"], true],
    [
      "what a compiler writes",
      'exports.a = void 0; Object.defineProperty(exports, "__esModule", { value: true }); exports.a = 1;',
      ["exported open variable a"],
      undefined,
    ],
    ["what a compiler writes for `export *`", '__exportStar(require("./a"), exports);', [], true],
  ])("CommonJS hands out %s", async (_what, text, expected, open) => {
    const facts = await factsOf("javascript", text);
    expect(definitionLines(facts)).toEqual(expected);
    expect(facts.open).toBe(open);
  });

  test("a JavaScript function that reads `arguments` takes any number", async () => {
    const text = "function f(a) { return () => arguments; } function g(a) { return function () { arguments; }; }";
    expect(definitionLines(await factsOf("javascript", text))).toEqual(["function f(1,*)", "function g(1,1)"]);
  });
});

describe("what TypeScript and JavaScript import", () => {
  test.each([
    [
      'import a, { b, type c as d } from "m"; import * as e from "n"; import "o";',
      ["m {default > a, b, c > d}", "n e", "o"],
    ],
    ['import f = require("p"); import type { g } from "./q.js";', ["p f", "./q.js {g}"]],
    [
      'export * from "a"; export * as b from "c"; export { d, e as default } from "f";',
      ["reexported a *", "reexported c b", "reexported f {d, e > default}"],
    ],
    [
      'import { a } from "m"; import * as n from "o"; export { a as b, n };',
      ["m {a}", "o n", "reexported m {a > b}", "reexported o n"],
    ],
    [
      'const a = require("a"), { b, c: d } = require("b"), e = require("c").f; require("g"); use(require("h"));',
      ["a a", "b {c > d, b}", "c {f > e}", "g", "h"],
    ],
    [
      'try { x = require("a") } catch {} if (y) { require("b") } const { z } = await import("c");',
      ["optional a", "optional b", "optional c {z}"],
    ],
    ["require(name); import(`./${name}`);", []],
  ])("%s", async (text, expected) => {
    expect(importLines(await factsOf("typescript", text))).toEqual(expected);
  });
});

describe("what TypeScript and JavaScript use", () => {
  test.each([
    [
      "f(1, 2); a.b.c(x); new D(); new e.F(1); g(...h); t`x`;",
      [
        "call f(2)",
        "call a.b.c(1)",
        "member a.b",
        "read a",
        "read x",
        "new D(0)",
        "new e.F(1)",
        "read e",
        "call g(?)",
        "read h",
        "call t(?)",
      ],
    ],
    [
      "let a: B<C>; const d = { e, f: g }; h.i = j;",
      ["type B in a", "type C in a", "read e in d", "read g in d", "member h.i", "read h", "read j"],
    ],
    [
      "class A extends B { m() { super.m(1); this.n(); } constructor() { super(2); } }",
      ["read B in A", "call super.m(1) in A.m", "call this.n(0) in A.m", "call super(1) in A.constructor"],
    ],
    [
      "function f(g) { g(1); const h = 1; h(); i(); }",
      ["hidden call g(1) in f", "hidden call h(0) in f", "call i(0) in f"],
    ],
    ["{ const a = 1; a(); } a();", ["hidden call a(0)", "call a(0)"]],
    [
      "for (const a of b) a(); try {} catch (e) { e(); } const f = (c) => c();",
      ["read b", "hidden call a(0)", "hidden call e(0)", "hidden call c(0) in f"],
    ],
    [
      "type M<T> = { [K in keyof T]: K }; function f<U>(a: U): V {}",
      ["hidden type T in M", "hidden type K in M", "hidden type U in f", "type V in f"],
    ],
    ['import { a } from "x"; import { a } from "y"; a();', ["hidden call a(0)"]],
    [
      'function f() { const a = require("x"); a.b(); } function g() { a(); }',
      ["call a.b(0) in f", "read a in f", "hidden call a(0) in g"],
    ],
    [
      "const f = function g() { g(); }; const h = class k { m() { k(); } };",
      ["hidden call g(0) in f", "hidden call k(0) in h.m"],
    ],
  ])("%s", async (text, expected) => {
    expect(referenceLines(await factsOf("typescript", text))).toEqual(expected);
  });

  test("tags of JSX are uses, elements of the page are not", async () => {
    const facts = await factsOf("tsx", "const a = <A.B c={d}><E /><div>text</div></A.B>;");
    expect(referenceLines(facts)).toEqual(["member A.B in a", "read A in a", "read d in a", "read E in a"]);
  });
});

test("bodies that differ in white space and comments only are equal", async () => {
  const [first, second, third] = await Promise.all(
    ["function f(a) { return a; }", "function f( a )\n{\n  // why\n  return a\n;}", "function f(a) { return 1; }"].map(
      async (text) => (await factsOf("javascript", text)).definitions[0],
    ),
  );
  expect(second?.bodyHash).toBe(first?.bodyHash);
  expect(third?.bodyHash).not.toBe(first?.bodyHash);
  expect(second).toMatchObject({ startLine: 1, endLine: 5 });
});

test("white space in a text counts", async () => {
  const texts = ["const a = `x ${b} y`;", "const a = `x ${b}  y`;"];
  const [first, second] = await Promise.all(texts.map((text) => factsOf("javascript", text)));
  expect(first?.definitions[0]?.bodyHash).not.toBe(second?.definitions[0]?.bodyHash);
});

test("a file that the parser does not understand is broken", async () => {
  expect(await factsOf("typescript", "function f( {")).toMatchObject({ broken: true });
});
