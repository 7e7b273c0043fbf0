import { describe, expect, test } from "vitest";
import { definitionLines, factsOf, importLines, referenceLines } from "../../rig/facts-rig.ts";

const lines = (...texts: readonly string[]): string => `${texts.join("\n")}\n`;

describe("what Python declares", () => {
  test.each([
    [
      "defaults, splats and keyword-only parameters",
      "def f(a, b: int = 2, /, c=3, *d, e, g: str = 'x', **h): pass",
      ["exported function f(2,*)"],
    ],
    ["keyword-only parameters count as arguments", "async def f(a, *, b, c=1): pass", ["exported function f(2,3)"]],
    [
      "`self` and `cls` are not counted",
      lines(
        "class A(B, c.D[T], metaclass=ABCMeta):",
        "  x: int = 1",
        "  def __init__(self, a, *, b=1): pass",
        "  @staticmethod",
        "  def s(a): pass",
        "  @classmethod",
        "  def c(cls, a): pass",
        "  @abstractmethod",
        "  def m(self): ...",
        "  def v(*args): pass",
        "  @property",
        "  def p(self): pass",
        "  @p.setter",
        "  def p(self, v): pass",
        "  def __q(self): pass",
      ),
      [
        "exported class A : B, c.D",
        "exported field A.x",
        "exported constructor A.__init__(1,2)",
        "exported method A.s(1,1)",
        "exported method A.c(1,1)",
        "exported required method A.m(0,0)",
        "exported method A.v(0,*)",
        "exported field A.p",
        "method A.__q(0,0)",
      ],
    ],
    [
      "a decorator may change what is passed",
      lines("@click.command()", "def f(a): pass", "@functools.lru_cache(maxsize=1)", "def g(a): pass"),
      ["exported open function f", "exported function g(1,1)"],
    ],
    [
      "classes that may have more",
      lines(
        "@dataclass",
        "class A: pass",
        "class B(metaclass=M): pass",
        "class C(make()): pass",
        "class D:",
        "  def __getattr__(self, n): pass",
      ),
      [
        "exported open class A",
        "exported open class B",
        "exported open class C : make()",
        "exported open class D",
        "exported method D.__getattr__(1,1)",
      ],
    ],
    [
      "protocols and enums",
      lines("class P(Protocol):", "  def m(self): ...", "class E(enum.Enum):", "  A = 1"),
      [
        "exported interface P : Protocol",
        "exported method P.m(0,0)",
        "exported enum E : enum.Enum",
        "exported field E.A",
      ],
    ],
    [
      "variables, wherever they are set",
      lines(
        "a = b = 1",
        "c, (d, *e) = x",
        "a = 2",
        "for i in y: pass",
        "with z() as w: pass",
        "if (q := 1): r = 2",
        "def f():",
        "  global s",
        "  t = 1",
      ),
      ["a", "b", "c", "d", "e", "i", "w", "q", "r"]
        .map((name) => `exported variable ${name}`)
        .concat("exported function f(0,0)", "exported variable s"),
    ],
    [
      "both sides of a condition",
      lines("try:", "  def f(a): pass", "except E:", "  def f(a, b): pass"),
      ["exported function f(1,1)", "exported function f(2,2)"],
    ],
  ])("%s", async (_sentence, text, expected) => {
    const facts = await factsOf("python", text);
    expect(facts).toMatchObject({ broken: false });
    expect(definitionLines(facts)).toEqual(expected);
  });

  test.each([["def __getattr__(name): pass"], ["globals()[n] = 1"], ["del a"], ["exec(x)"]])(
    "names may exist that are not seen: %s",
    async (text) => {
      expect(await factsOf("python", text)).toMatchObject({ open: true });
    },
  );
});

describe("what Python imports", () => {
  test.each([
    ["import a.b, c as d", ["a.b a.b", "c d"]],
    ["from . import a, b as c", ["reexported . {a, b > c}"]],
    ["from ..p.m import (x, y as z)", ["reexported ..p.m {x, y > z}"]],
    ["from m import *", ["reexported m *"]],
    ["try:\n  import a\nexcept ImportError:\n  a = None", ["optional a a"]],
    ["def f():\n  from a import b", ["a {b}"]],
    ["from __future__ import annotations", []],
  ])("%s", async (text, expected) => {
    expect(importLines(await factsOf("python", text))).toEqual(expected);
  });
});

describe("what Python uses", () => {
  test.each([
    [
      "f(1, k=2); a.b.c(*d); g(x for x in y); @h\ndef i(): pass".replace("; @", "\n@"),
      [
        "call f(2)",
        "call a.b.c(?)",
        "member a.b",
        "read a",
        "read d",
        "call g(1)",
        "hidden read x",
        "read y",
        "read h",
      ],
    ],
    [
      "def f(a: B, c=D) -> m.E: return a.g(c)",
      [
        "type B in f",
        "read D in f",
        "type m.E in f",
        "read m in f",
        "hidden call a.g(1) in f",
        "hidden read a in f",
        "hidden read c in f",
      ],
    ],
    ["class A(B, c.D): pass", ["type B in A", "member c.D in A", "read c in A"]],
    ['__all__ = ["a"]', ["read a"]],
    ["B.__init__(self, 1)", ["call B.__init__(?)", "read B", "read self"]],
    [
      "class A:\n  x = 1\n  y = x\n  def m(self): return x, y()",
      ["hidden read x in A", "read x in A.m", "call y(0) in A.m"],
    ],
    ["def f():\n  from a import b\n  b()\ndef g():\n  b()", ["call b(0) in f", "hidden call b(0) in g"]],
    ["try:\n  from a import b\nexcept E:\n  b = 1\nb()", ["read E", "hidden call b(0)"]],
    ["match v:\n  case K(x=y) | [z]: y(z)", ["read v", "read K", "call y(1)", "read z"]],
    [
      "def f():\n  for i in a: i()\n  with b() as c: c()\n  lambda d: d\n  def g(): pass\n  g()",
      [
        "read a in f",
        "hidden call i(0) in f",
        "call b(0) in f",
        "hidden call c(0) in f",
        "hidden read d in f",
        "hidden call g(0) in f",
      ],
    ],
  ])("%s", async (text, expected) => {
    expect(referenceLines(await factsOf("python", text))).toEqual(expected);
  });
});

test("a statement moved out of a block by its indentation is another body", async () => {
  const texts = [
    "def f():\n  if a:\n    b\n    c\n",
    "def f():\n  if a:\n    b\n  c\n",
    "def f():\n  if a:\n      b # x\n\n      c\n",
  ];
  const [first, moved, spaced] = await Promise.all(texts.map((text) => factsOf("python", text)));
  expect(moved?.definitions[0]?.bodyHash).not.toBe(first?.definitions[0]?.bodyHash);
  expect(spaced?.definitions[0]?.bodyHash).toBe(first?.definitions[0]?.bodyHash);
});
