import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CodeLanguage } from "../../src/schema/code-facts.ts";
import { factsOf } from "../rig/facts-rig.ts";

const soups: Readonly<Record<CodeLanguage, string>> = {
  typescript:
    "class interface extends implements function ( ) { } [ ] => = : ; , . ... ? x y T < > export default import from * as 'm' const let async get static abstract @ ` ${ require exports module new this super if try catch for of in enum namespace declare type",
  tsx: "< > / </ x y { } = ( ) => return const export default import from 'm' Foo.Bar ; , function class",
  javascript:
    "class extends function ( ) { } [ ] => = : ; , . ... ? x y export default import from * as 'm' const let var async get static require exports module . new this super if try catch for of in `",
  python:
    "def class ( ) [ ] { } : = , . * ** -> x self cls @ import from as lambda if else try except with for in global async await match case \n \n  \n\t 'a' f' __all__ + del yield type",
  go: 'package import func type struct interface ( ) { } [ ] := = , . ... * & x Y "m" var const range for if switch case select chan <- return go defer map ~ | \n',
  java: "package import static class interface enum record extends implements ( ) { } < > [ ] ; , . ... @ x T int void public private abstract default new this super -> :: switch case = instanceof throws",
  rust: "mod use pub crate super self :: { } ( ) < > [ ] ; , . * as fn struct enum trait impl for type const static let match if => | -> & mut x T ! # 'a where extern macro_rules",
  csharp:
    "namespace using static class interface struct record enum : ( ) { } < > [ ] ; , . ? x T int void public private abstract partial => new this base params out ref = where operator delegate event get set foreach in is",
  php: "<?php ?> namespace use function const class interface trait enum extends implements ( ) { } [ ] ; , -> :: \\ $x x => ... & = fn new static abstract private require 'm' match as insteadof",
  ruby: "def end class module < self . :: ( ) { } [ ] | , = x X @x :x * ** & do if begin rescue => -> require 'm' private attr_reader alias undef case in << include new \n super yield",
  cpp: '#include "m" <v> \n #define #ifdef #endif namespace class struct union enum template < > ( ) { } [ ] ; , :: -> . ... & * = x T int void static const virtual public private : new using typedef operator ~ auto friend',
};
const languages = Object.keys(soups) as CodeLanguage[];

test.each(languages)(
  "whatever the words of %s stand beside one another, facts are read and never thrown",
  async (language) => {
    const words = fc.array(fc.constantFrom(...soups[language].split(" ")), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(words, async (chosen) => {
        const facts = await factsOf(language, chosen.join(" "));
        for (const { startLine, endLine } of facts.definitions) expect(endLine).toBeGreaterThanOrEqual(startLine);
        const ranges = facts.definitions.flatMap(({ params }) => params ?? []);
        for (const { min, max } of ranges) expect(max ?? min).toBeGreaterThanOrEqual(min);
      }),
      { numRuns: 150 },
    );
  },
);

const DEPTH = 10_000;
const nest = (before: string, open: string, inside: string, close: string, after = ""): string =>
  before + open.repeat(DEPTH) + inside + close.repeat(DEPTH) + after;

describe("code that is nested 10,000 deep is read like any other", () => {
  test.each<[CodeLanguage, string, string]>([
    ["typescript", "brackets", nest("const a = ", "[", "b", "]", ";")],
    ["typescript", "calls", nest("", "f(", "b", ")", ";")],
    ["typescript", "functions", nest("", "function f(a) {", "b()", "}")],
    ["typescript", "classes", nest("", "class A { m() { ", "b()", "} }")],
    ["javascript", "members", `a${".b()".repeat(DEPTH)};`],
    ["tsx", "tags", nest("const a = ", "<A>", "b", "</A>", ";")],
    ["python", "brackets", nest("a = ", "(", "b", ")")],
    ["go", "blocks", nest("package p\nfunc f() ", "{", "b()", "}")],
    ["java", "blocks", nest("class A { void m() ", "{", "b();", "}", "}")],
    ["rust", "blocks", nest("fn f() ", "{", "b()", "}")],
    ["csharp", "blocks", nest("class A { void M() ", "{", "b();", "}", "}")],
    ["php", "brackets", nest("<?php $a = ", "[", "b()", "]", ";")],
    ["ruby", "brackets", nest("a = ", "[", "b()", "]")],
    ["cpp", "blocks", nest("int f() ", "{", "b();", "}")],
  ])("%s: %s", async (language, _what, text) => {
    const facts = await factsOf(language, text);
    expect(facts.language).toBe(language);
  });
});
