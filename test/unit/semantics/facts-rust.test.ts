import { describe, expect, test } from "vitest";
import { definitionLines, factsOf, importLines, referenceLines } from "../../rig/facts-rig.ts";

describe("what Rust declares", () => {
  test.each([
    [
      "pub struct S<T> { pub a: T, b: i32 } struct Tup(pub i32); pub enum E { A, B(i32) } pub union U { a: u8 } pub type Al = Vec<u8>; pub const C: u8 = 1; static G: u8 = 2;",
      [
        "exported class S",
        "exported field S.a",
        "field S.b",
        "class Tup",
        "exported enum E",
        "exported field E.A",
        "exported field E.B",
        "exported class U",
        "field U.a",
        "exported type Al",
        "exported variable C",
        "variable G",
      ],
    ],
    [
      "pub trait Tr<T>: Super + Other<T> { const K: u8; const D: u8 = 1; type Out; fn req(&self, a: i32); fn prov(self: Box<Self>) {} fn st(a: u8) -> Self; }",
      [
        "exported interface Tr : Super, Other",
        "exported required variable Tr.K",
        "exported variable Tr.D",
        "exported required type Tr.Out",
        "exported required method Tr.req(1,2)",
        "exported method Tr.prov(0,1)",
        "exported required method Tr.st(1,1)",
      ],
    ],
    [
      "impl<T> Tr<T> for S<T> { type Out = u8; fn req(&self, a: i32) {} } impl S<u8> { pub fn new(a: u8, b: u8) -> Self {} fn low(&mut self) {} pub(crate) const Z: u8 = 1; }",
      [
        "exported class impl Tr<T> for S<T> : Tr",
        "exported type impl Tr<T> for S<T>.Out",
        "exported method impl Tr<T> for S<T>.req(1,2)",
        "exported method S.new(2,2)",
        "method S.low(0,1)",
        "exported variable S.Z",
      ],
    ],
    [
      '#[cfg(unix)]\npub fn f() {}\n#[inline]\npub fn g(_: u8, (a, b): (u8, u8)) {}\nextern "C" { pub fn ext(a: u8, ...); }\npub mod y { pub fn z() {} fn w() { fn inner() {} } }',
      [
        "exported open function f(0,0)",
        "exported function g(2,2)",
        "exported function ext(1,*)",
        "exported module y",
        "exported function y.z(0,0)",
        "function y.w(0,0)",
      ],
    ],
  ])("%s", async (text, expected) => {
    const facts = await factsOf("rust", text);
    expect(facts).toMatchObject({ broken: false });
    expect(definitionLines(facts)).toEqual(expected);
  });
});

describe("what Rust imports", () => {
  test.each([
    [
      "use a::b::{self, c as d, e::*, f::{g, h}}; pub use crate::q::R; pub(crate) use super::s; extern crate foo as bar; use single; mod x; pub mod y;",
      [
        "a {b}",
        "a::b {c > d}",
        "a::b::e *",
        "a::b::f {g}",
        "a::b::f {h}",
        "reexported crate::q {R}",
        "reexported super {s}",
        "foo bar",
        "single single",
        "x x",
        "reexported y y",
      ],
    ],
  ])("%s", async (text, expected) => {
    const facts = await factsOf("rust", text);
    expect(facts).toMatchObject({ broken: false });
    expect(importLines(facts)).toEqual(expected);
  });
});

describe("what Rust uses", () => {
  test.each([
    [
      "fn f<T: Foo>(a: T, g: G) { Self::st(1); a.foo::<u8>(2)?; p::q::call(1)(2); path::S2 { f1: 1 }; S { a }; mac!(u, v); T::new(); x.y; }",
      [
        "type Foo in f",
        "hidden type T in f",
        "type G in f",
        "call Self.st(1) in f",
        "read Self in f",
        "hidden call a.foo(1) in f",
        "hidden read a in f",
        "call p::q.call(1) in f",
        "member p.q in f",
        "read p in f",
        "new path.S2(?) in f",
        "read path in f",
        "new S(?) in f",
        "hidden read a in f",
        "hidden call T.new(0) in f",
        "hidden read T in f",
        "member x.y in f",
        "read x in f",
      ],
    ],
    [
      "fn f() { let e = 1; e(); let Some(g) = h else { return }; match k { A::B(x) if y => x, N => z, n @ 1 => n } |p, q: u8| p(q); for i in j { i() } if let Some(ref l) = m { l() } }",
      [
        "hidden call e(0) in f",
        "read Some in f",
        "read h in f",
        "read k in f",
        "member A.B in f",
        "read A in f",
        "read y in f",
        "hidden read x in f",
        "read N in f",
        "read z in f",
        "hidden read n in f",
        "hidden call p(1) in f",
        "hidden read q in f",
        "read j in f",
        "hidden call i(0) in f",
        "read Some in f",
        "read m in f",
        "hidden call l(0) in f",
      ],
    ],
  ])("%s", async (text, expected) => {
    const facts = await factsOf("rust", text);
    expect(facts).toMatchObject({ broken: false });
    expect(referenceLines(facts)).toEqual(expected);
  });
});
