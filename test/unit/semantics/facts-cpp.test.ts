import { describe, expect, test } from "vitest";
import { definitionLines, factsOf, importLines, referenceLines } from "../../rig/facts-rig.ts";

describe("what C++ declares", () => {
  test.each([
    [
      "namespace N::M { class K : public Base<T>, private B2 { int z; public: K(int a, int b = 1); virtual void m(int) = 0; virtual ~K() = default; static int s(const char* f, ...); int fld, *ptr; template<class Q> void t(Q q) {} enum E { A, B = 2 }; private: int x; protected: void p() override {} }; }\nint N::M::K::s(const char* f, ...) { return 0; }",
      [
        "exported open module N.M",
        "exported class N.M.K : Base, B2",
        "field N.M.K.z",
        "exported constructor N.M.K.K(1,2)",
        "exported required method N.M.K.m(1,1)",
        "exported method N.M.K.~K(0,0)",
        "exported method N.M.K.s(1,*)",
        "exported field N.M.K.fld",
        "exported field N.M.K.ptr",
        "exported method N.M.K.t(1,1)",
        "exported enum N.M.K.E",
        "exported field N.M.K.E.A",
        "exported field N.M.K.E.B",
        "field N.M.K.x",
        "exported method N.M.K.p(0,0)",
        "exported method N.M.K.s(1,*)",
      ],
    ],
    [
      'void f(int a, std::string b = "x", void (*cb)(int) = nullptr); static int hidden(void) { return 1; } namespace { int anon() { return 1; } } extern "C" { int cfun(int); } template <typename... T> void pack(T... t) {}',
      [
        "exported function f(1,3)",
        "function hidden(0,0)",
        "function anon(0,0)",
        "exported function cfun(1,1)",
        "exported function pack(0,*)",
      ],
    ],
    [
      "template <typename T> struct S { T v; }; enum class EC { X }; typedef struct { int a; } TS; using Al = int; int gv = 1, *gp; class Fwd;\n#define MAC(x) x\n",
      [
        "exported class S",
        "exported field S.v",
        "exported enum EC",
        "exported field EC.X",
        "exported type TS",
        "exported type Al",
        "exported variable gv",
        "exported variable gp",
        "exported open variable MAC",
      ],
    ],
  ])("%s", async (text, expected) => {
    const facts = await factsOf("cpp", text);
    expect(facts).toMatchObject({ broken: false });
    expect(definitionLines(facts)).toEqual(expected);
  });
});

describe("what C++ imports", () => {
  test.each([
    [
      '#include <vector>\n#include "my/a.h"\n#ifdef WIN\n#include "win.h"\n#else\n#include "nix.h"\n#endif\n',
      ["reexported <vector> *", "reexported my/a.h *", "optional reexported win.h *", "optional reexported nix.h *"],
    ],
  ])("%s", async (text, expected) => {
    const facts = await factsOf("cpp", text);
    expect(facts).toMatchObject({ broken: false });
    expect(importLines(facts)).toEqual(expected);
  });
});

describe("what C++ uses", () => {
  test.each([
    [
      'int main(K q) { K k(1); auto p = new N::K(1, 2); k.m(3); p->s("x"); N::f(1, q); g<int>(2); for (auto& e : v) e(); try {} catch (E& ex) { ex(); } auto [aa, bb] = pr; aa(1); auto l = [&](int z) { return z; }; A::B::c; h(xs...); }',
      [
        "type K in main",
        "type K in main",
        "new N.K(2) in main",
        "hidden call k.m(1) in main",
        "hidden read k in main",
        "hidden call p.s(1) in main",
        "hidden read p in main",
        "call N.f(2) in main",
        "hidden read q in main",
        "call g(1) in main",
        "read v in main",
        "hidden call e(0) in main",
        "type E in main",
        "hidden call ex(0) in main",
        "read pr in main",
        "hidden call aa(1) in main",
        "hidden read z in main",
        "member B.c in main",
        "call h(?) in main",
        "read xs in main",
      ],
    ],
  ])("%s", async (text, expected) => {
    const facts = await factsOf("cpp", text);
    expect(facts).toMatchObject({ broken: false });
    expect(referenceLines(facts)).toEqual(expected);
  });
});
