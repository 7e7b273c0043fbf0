import { describe, expect, test } from "vitest";
import { definitionLines, factsOf, importLines, referenceLines } from "../../rig/facts-rig.ts";

describe("what Java declares", () => {
  test.each([
    [
      "@Data public abstract class K<T> extends a.B<T> implements I, J<K> { private int a = 1, b; public K(int a, final String... r) {} protected abstract void m(int a); @Override public <R> R g(R r) { return r; } void l() {} }",
      [
        "exported open class K : a.B, I, J",
        "field K.a",
        "field K.b",
        "exported constructor K.K(1,*)",
        "exported required method K.m(1,1)",
        "exported method K.g(1,1)",
        "exported method K.l(0,0)",
      ],
    ],
    [
      "interface I extends A, B<C> { int X = 1; void m(); default void d() {} static void s() {} private void p() {} }",
      [
        "exported interface I : A, B",
        "exported field I.X",
        "exported required method I.m(0,0)",
        "exported method I.d(0,0)",
        "exported method I.s(0,0)",
        "method I.p(0,0)",
      ],
    ],
    [
      "enum E implements I { ONE(1), TWO { void q() {} }; E(int i) {} abstract void q(); int f; }",
      [
        "exported enum E : I",
        "exported field E.ONE",
        "exported field E.TWO",
        "exported constructor E.E(1,1)",
        "exported required method E.q(0,0)",
        "exported field E.f",
      ],
    ],
    [
      "record R(int a, String b) { R { } static int z; }",
      [
        "exported class R",
        "exported constructor R.R(2,2)",
        "exported field R.a",
        "exported method R.a(0,0)",
        "exported field R.b",
        "exported method R.b(0,0)",
        "exported field R.z",
      ],
    ],
    [
      "class A { static class B { void m() { class L { int x; } new C() { int y; void n() {} }; } } }",
      ["exported class A", "exported class A.B", "exported method A.B.m(0,0)"],
    ],
    [
      '@interface An { String value() default ""; int q(); }',
      ["exported interface An", "exported field An.value", "exported required field An.q"],
    ],
  ])("%s", async (text, expected) => {
    const facts = await factsOf("java", text);
    expect(facts).toMatchObject({ broken: false });
    expect(definitionLines(facts)).toEqual(expected);
  });
});

describe("what Java imports", () => {
  test.each([
    [
      "import java.util.List; import java.util.*; import static a.B.f; import static a.B.*;",
      ["java.util {List}", "java.util *", "a.B {f}", "a.B *"],
    ],
  ])("%s", async (text, expected) => {
    const facts = await factsOf("java", text);
    expect(facts).toMatchObject({ broken: false });
    expect(importLines(facts)).toEqual(expected);
  });
});

describe("what Java uses", () => {
  test.each([
    [
      "class K { void l(int p) { f(p, 1); a.b.C.d(1).e(); new Outer.Inner<>(1); this.<T>gen(1); Foo loc = K::new; loc.x = 2; } }",
      [
        "call f(2) in K.l",
        "hidden read p in K.l",
        "call a.b.C.d(1).e(0) in K.l",
        "call a.b.C.d(1) in K.l",
        "member a.b.C in K.l",
        "member a.b in K.l",
        "read a in K.l",
        "new Outer.Inner(1) in K.l",
        "call this.gen(1) in K.l",
        "type T in K.l",
        "type Foo in K.l",
        "read K in K.l",
        "hidden member loc.x in K.l",
        "hidden read loc in K.l",
      ],
    ],
    [
      "class K extends B { K() { super(1, 2); } void m() { x -> x.f(); for (S s : l) s.g(); try (R r = new R()) {} catch (A | B e) { e.h(); } if (o instanceof P q) q.i(); } }",
      [
        "type B in K",
        "call super(2) in K.K",
        "hidden call x.f(0) in K.m",
        "hidden read x in K.m",
        "type S in K.m",
        "read l in K.m",
        "hidden call s.g(0) in K.m",
        "hidden read s in K.m",
        "type R in K.m",
        "new R(0) in K.m",
        "type A in K.m",
        "type B in K.m",
        "hidden call e.h(0) in K.m",
        "hidden read e in K.m",
        "read o in K.m",
        "type P in K.m",
        "hidden call q.i(0) in K.m",
        "hidden read q in K.m",
      ],
    ],
    [
      "enum E { ONE(1), TWO; } class S { void m() { switch (a) { case FOO -> b(); case Point(int x, var y) -> c(x, y); default -> {} } } }",
      [
        "new E(1) in E",
        "new E(0) in E",
        "read a in S.m",
        "call b(0) in S.m",
        "type Point in S.m",
        "type var in S.m",
        "call c(2) in S.m",
        "hidden read x in S.m",
        "hidden read y in S.m",
      ],
    ],
  ])("%s", async (text, expected) => {
    const facts = await factsOf("java", text);
    expect(facts).toMatchObject({ broken: false });
    expect(referenceLines(facts)).toEqual(expected);
  });
});
