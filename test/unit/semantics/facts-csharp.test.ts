import { describe, expect, test } from "vitest";
import { definitionLines, factsOf, importLines, referenceLines } from "../../rig/facts-rig.ts";

describe("what C# declares", () => {
  test.each([
    [
      'public partial class K<T> : Base<T>, N.I where T : class { private const int A = 1; public int F, g; int h; public string P { get; set; } public K(int a, string b = "x", params int[] c) {} internal abstract void M(ref int a); public static R Ext<R>(this K k, R r) => r; void I.Impl() {} class Nested {} }',
      [
        "exported open class K : Base, N.I",
        "field K.A",
        "exported field K.F",
        "exported field K.g",
        "field K.h",
        "exported field K.P",
        "exported constructor K.K(1,*)",
        "exported required method K.M(1,1)",
        "exported method K.Ext(1,2)",
        "exported method K.Impl(0,0)",
        "class K.Nested",
      ],
    ],
    [
      "public interface I : J { void M(int a); int P { get; } int Q => 1; void D() {} static void S() {} }",
      [
        "exported interface I : J",
        "exported required method I.M(1,1)",
        "exported required field I.P",
        "exported field I.Q",
        "exported method I.D(0,0)",
        "exported method I.S(0,0)",
      ],
    ],
    [
      'public enum E { A = 1, B } public record R(int A, string B = "x") : Base(A); public struct S { } file class L {} delegate void D(int a); class P(int x) {}',
      [
        "exported enum E",
        "exported field E.A",
        "exported field E.B",
        "exported class R : Base",
        "exported constructor R.R(1,2)",
        "exported field R.A",
        "exported field R.B",
        "exported class S",
        "class L",
        "exported type D",
        "exported class P",
        "exported constructor P.P(1,1)",
      ],
    ],
    [
      "namespace A.B { class C {} } namespace D { class E {} }",
      ["exported class C", "exported open module D", "exported class D.E"],
    ],
  ])("%s", async (text, expected) => {
    const facts = await factsOf("csharp", text);
    expect(facts).toMatchObject({ broken: false });
    expect(definitionLines(facts)).toEqual(expected);
  });
});

describe("what C# imports", () => {
  test.each([
    [
      "using System; using static A.B; using X = A.B.C; global using G;",
      ["System *", "A.B *", "A.B {C > X}", "reexported G *"],
    ],
  ])("%s", async (text, expected) => {
    const facts = await factsOf("csharp", text);
    expect(facts).toMatchObject({ broken: false });
    expect(importLines(facts)).toEqual(expected);
  });
});

describe("what C# uses", () => {
  test.each([
    [
      "class Q { void L(int p) { var x = f(p, name: 2); a.b.C<int>(x); new Foo(1) { A = 2 }; a?.Bar(2); List<Foo> l; A.B.C d; base.M(); new N.T(); } }",
      [
        "call f(2) in Q.L",
        "hidden read p in Q.L",
        "call a.b.C(1) in Q.L",
        "member a.b in Q.L",
        "read a in Q.L",
        "hidden read x in Q.L",
        "new Foo(1) in Q.L",
        "call a.Bar(1) in Q.L",
        "read a in Q.L",
        "type List in Q.L",
        "type Foo in Q.L",
        "type A.B.C in Q.L",
        "type A.B in Q.L",
        "read A in Q.L",
        "call base.M(0) in Q.L",
        "new N.T(0) in Q.L",
        "read N in Q.L",
      ],
    ],
    [
      "class Q : B { Q() : base(1, 2) {} void M(C c) { foreach (var z in w) z.G(); try {} catch (Ex e) { e.H(); } if (o is Foo q) q.I(); int Local(int h) => h; f(out var ov); ov.J(); g(x => x.K); } }",
      [
        "type B in Q",
        "call base(2) in Q.Q",
        "type C in Q.M",
        "read w in Q.M",
        "hidden call z.G(0) in Q.M",
        "hidden read z in Q.M",
        "type Ex in Q.M",
        "hidden call e.H(0) in Q.M",
        "hidden read e in Q.M",
        "read o in Q.M",
        "type Foo in Q.M",
        "hidden call q.I(0) in Q.M",
        "hidden read q in Q.M",
        "hidden read h in Q.M",
        "call f(1) in Q.M",
        "hidden call ov.J(0) in Q.M",
        "hidden read ov in Q.M",
        "call g(1) in Q.M",
        "hidden member x.K in Q.M",
        "hidden read x in Q.M",
      ],
    ],
  ])("%s", async (text, expected) => {
    const facts = await factsOf("csharp", text);
    expect(facts).toMatchObject({ broken: false });
    expect(referenceLines(facts)).toEqual(expected);
  });
});
