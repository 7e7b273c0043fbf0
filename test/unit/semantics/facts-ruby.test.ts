import { describe, expect, test } from "vitest";
import { definitionLines, factsOf, importLines, referenceLines } from "../../rig/facts-rig.ts";

describe("what Ruby declares", () => {
  test.each([
    [
      "module M\n  class K < Base::X\n    include Mod\n    CONST = 1\n    attr_accessor :a\n    attr_reader :b\n    def initialize(a, b = 1, *c, d:, e: 2, **f, &g); end\n    def self.s(x) = x\n    class << self\n      def meta; end\n    end\n    def pub((a, b), c, d:, e: 1) end\n    private\n    def priv; end\n    public\n    private def inline; end\n    alias_method :z, :y\n    alias x y\n  end\nend",
      [
        "exported open module M",
        "exported open class M.K : Base::X, Mod",
        "exported open field M.K.CONST",
        "exported method M.K.a(0,0)",
        "exported method M.K.a=(1,1)",
        "exported method M.K.b(0,0)",
        "exported constructor M.K.initialize(2,*)",
        "exported method M.K.s(1,1)",
        "exported method M.K.meta(0,0)",
        "exported method M.K.pub(3,4)",
        "method M.K.priv(0,0)",
        "method M.K.inline(0,0)",
        "exported open method M.K.z",
        "exported open method M.K.x",
      ],
    ],
    [
      "class A::B; end\nS = Struct.new(:a)\ndef top(a, b = 1)\n  def inner; end\nend",
      ["exported open class A.B", "exported open variable S", "exported function top(1,2)"],
    ],
  ])("%s", async (text, expected) => {
    const facts = await factsOf("ruby", text);
    expect(facts).toMatchObject({ broken: false });
    expect(definitionLines(facts)).toEqual(expected);
  });
});

describe("what Ruby imports", () => {
  test.each([
    [
      "require 'a/b'\nrequire_relative 'c'\nrequire_relative '../d'\nautoload :E, 'e'\nbegin\n  require 'f'\nrescue LoadError\nend\nrequire name",
      [
        "reexported a/b *",
        "reexported ./c *",
        "reexported ../d *",
        "optional reexported e *",
        "optional reexported f *",
      ],
    ],
  ])("%s", async (text, expected) => {
    const facts = await factsOf("ruby", text);
    expect(facts).toMatchObject({ broken: false });
    expect(importLines(facts)).toEqual(expected);
  });
});

describe("what Ruby uses", () => {
  test.each([
    [
      "def m(a)\n  x, *y = foo(1, *a, k: 2) { |u| u }\n  obj.meth 1, 2\n  Foo::Bar.new(1)\n  foo\n  bar = ->(w) { w }\n  @iv.call(&blk)\n  a.b = 1\n  begin; rescue E => e; e.z; end\n  y.size\n  super\nend",
      [
        "call foo(?) in m",
        "hidden read a in m",
        "hidden read u in m",
        "call obj.meth(2) in m",
        "read obj in m",
        "new Foo.Bar(1) in m",
        "read foo in m",
        "hidden read w in m",
        "call @iv.call(0) in m",
        "read blk in m",
        "hidden read a in m",
        "read E in m",
        "hidden call e.z(0) in m",
        "hidden read e in m",
        "hidden call y.size(0) in m",
        "hidden read y in m",
      ],
    ],
  ])("%s", async (text, expected) => {
    const facts = await factsOf("ruby", text);
    expect(facts).toMatchObject({ broken: false });
    expect(referenceLines(facts)).toEqual(expected);
  });
});
