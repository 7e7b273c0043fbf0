import { describe, expect, test } from "vitest";
import { definitionLines, factsOf, importLines, referenceLines } from "../../rig/facts-rig.ts";

describe("what Go declares", () => {
  test.each([
    [
      "package p\nconst A, b = 1, 2\nvar V int\ntype Al = q.X\nfunc f(a, b int, c ...string) {}\nfunc Noname(int, string) (n int, err error) { return }",
      [
        "exported variable A",
        "variable b",
        "exported variable V",
        "exported type Al",
        "function f(2,*)",
        "exported function Noname(2,2)",
      ],
    ],
    [
      "package p\ntype T[K any] struct { *Emb; q.Emb2; F, g int }\nfunc (t *T[K]) Meth(a int) {}\nfunc (T[K]) low() {}",
      [
        "exported class T : Emb, q.Emb2",
        "exported field T.F",
        "field T.g",
        "exported method T.Meth(1,1)",
        "method T.low(0,0)",
      ],
    ],
    [
      "package p\ntype I interface { Foo(a int, b ...string) error; Base; q.Other; ~int | string }",
      ["exported interface I : Base, q.Other", "exported required method I.Foo(1,*)"],
    ],
    ["package p\nfunc f() { type L struct { A int }; var x int; const Y = 1 }", ["function f(0,0)"]],
  ])("%s", async (text, expected) => {
    const facts = await factsOf("go", text);
    expect(facts).toMatchObject({ broken: false });
    expect(definitionLines(facts)).toEqual(expected);
  });
});

describe("what Go imports", () => {
  test.each([
    [
      'package p\nimport (\n "fmt"\n m "a/b"\n . "x/dot"\n _ "y/side"\n "gopkg.in/yaml.v3"\n "z/lib/v2"\n)\nimport "single"',
      ["fmt fmt", "a/b m", "x/dot *", "y/side", "gopkg.in/yaml.v3 yaml", "z/lib/v2 lib", "single single"],
    ],
  ])("%s", async (text, expected) => {
    const facts = await factsOf("go", text);
    expect(facts).toMatchObject({ broken: false });
    expect(importLines(facts)).toEqual(expected);
  });
});

describe("what Go uses", () => {
  test.each([
    [
      "package p\nfunc F(a q.T, g func(int)) { x, y := f(1, xs...); g(x); m.Call(a.b, y)(c); h(k()) }",
      [
        "type q.T in F",
        "type int in F",
        "call f(?) in F",
        "read xs in F",
        "hidden call g(1) in F",
        "hidden read x in F",
        "call m.Call(2) in F",
        "read m in F",
        "hidden member a.b in F",
        "hidden read a in F",
        "hidden read y in F",
        "read c in F",
        "call h(?) in F",
        "call k(0) in F",
      ],
    ],
    [
      "package p\nfunc F() { for i, v := range z { v(i) }; switch t := e.(type) { case *q.R: t() }; s := T{F: 1}; if n := 1; n > 0 { n() } }",
      [
        "read z in F",
        "hidden call v(1) in F",
        "hidden read i in F",
        "read e in F",
        "type q.R in F",
        "hidden call t(0) in F",
        "type T in F",
        "hidden read n in F",
        "hidden call n(0) in F",
      ],
    ],
  ])("%s", async (text, expected) => {
    const facts = await factsOf("go", text);
    expect(facts).toMatchObject({ broken: false });
    expect(referenceLines(facts)).toEqual(expected);
  });
});
