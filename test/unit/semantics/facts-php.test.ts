import { describe, expect, test } from "vitest";
import { definitionLines, factsOf, importLines, referenceLines } from "../../rig/facts-rig.ts";

describe("what PHP declares", () => {
  test.each([
    [
      "<?php abstract class Q extends R implements S, \\T\\U { use Tr1, Tr2; const A = 1; private static ?int $p = 1; public $q, $r; function __construct(private readonly int $a, protected $b = null, int ...$c) {} abstract protected function m(array $x): void; private function n(&$a, $b = 1, $c) {} }",
      [
        "exported class Q : R, S, \\T\\U, Tr1, Tr2",
        "exported field Q.A",
        "field Q.p",
        "exported field Q.q",
        "exported field Q.r",
        "exported constructor Q.__construct(1,*)",
        "field Q.a",
        "exported field Q.b",
        "exported required method Q.m(1,1)",
        "method Q.n(3,3)",
      ],
    ],
    [
      "<?php interface S extends V, W { const X = 1; function m(int $a = 1); } trait Tr { abstract function ab(); function __call($n, $a) {} } enum Suit: string implements I { case H = 'H'; static function f() {} }",
      [
        "exported interface S : V, W",
        "exported field S.X",
        "exported required method S.m(0,1)",
        "exported open class Tr",
        "exported required method Tr.ab(0,0)",
        "exported method Tr.__call(2,2)",
        "exported enum Suit : I",
        "exported field Suit.H",
        "exported method Suit.f(0,0)",
      ],
    ],
    [
      "<?php function f(int $a, $b = 2, ...$c) { function inner() {} } if (!function_exists('g')) { function g() {} } const Y = 2;",
      ["exported function f(1,*)", "exported function g(0,0)", "exported variable Y"],
    ],
  ])("%s", async (text, expected) => {
    const facts = await factsOf("php", text);
    expect(facts).toMatchObject({ broken: false });
    expect(definitionLines(facts)).toEqual(expected);
  });
});

describe("what PHP imports", () => {
  test.each([
    [
      "<?php use C\\D; use E\\F as G; use H\\{I, J as K, function fn1}; use function L\\m; require_once __DIR__ . '/x.php'; require 'y.php'; include('z.php');",
      [
        "C {D}",
        "E {F > G}",
        "H {I}",
        "H {J > K}",
        "H {fn1}",
        "L {m}",
        "reexported ./x.php *",
        "reexported y.php *",
        "optional reexported z.php *",
      ],
    ],
  ])("%s", async (text, expected) => {
    const facts = await factsOf("php", text);
    expect(facts).toMatchObject({ broken: false });
    expect(importLines(facts)).toEqual(expected);
  });
});

describe("what PHP uses", () => {
  test.each([
    [
      "<?php function f(Ret $a): Typ { $l = new Cls(1, ...$b); $l->m($a)->n(); A\\B::stat(1); Cls::C; \\abs\\fn(2); g(...); $x?->y(a: 1); return CONSTANT; }",
      [
        "type Ret in f",
        "type Typ in f",
        "new Cls(?) in f",
        "call $l->m($a).n(0) in f",
        "call $l.m(1) in f",
        "call A\\B.stat(1) in f",
        "read A.B in f",
        "member Cls.C in f",
        "read Cls in f",
        "call abs.fn(1) in f",
        "call g(?) in f",
        "call $x.y(1) in f",
        "read CONSTANT in f",
      ],
    ],
  ])("%s", async (text, expected) => {
    const facts = await factsOf("php", text);
    expect(facts).toMatchObject({ broken: false });
    expect(referenceLines(facts)).toEqual(expected);
  });
});
