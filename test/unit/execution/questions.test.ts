import { describe, expect, it } from "vitest";
import { QuestionDesk } from "../../../src/engines/execution/claude-code/questions.ts";

interface Asked {
  readonly questionId: string;
  readonly text: string;
  readonly options: readonly string[];
  readonly fallback: string;
}

function desk(): { readonly desk: QuestionDesk; readonly asked: Asked[]; readonly done: [string, unknown][] } {
  const asked: Asked[] = [];
  const done: [string, unknown][] = [];
  const links = {
    prefix: "a2-q",
    ask: ({ questionId, text, options, fallback }: Asked) => void asked.push({ questionId, text, options, fallback }),
    goOn: (requestId: string, input: unknown) => void done.push([requestId, input]),
  };
  return { desk: new QuestionDesk(links), asked, done };
}

function call(...questions: unknown[]): {
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
} {
  return { id: "t", name: "AskUserQuestion", input: { questions, other: 1 } };
}

const store = {
  question: "Which store?",
  options: [{ label: "Postgres", description: "a server" }, { label: "SQLite" }],
};
const name = { question: "Which name?", options: [] };

describe("an agent's questions", () => {
  it("are asked one after another, and answered together (C9)", () => {
    const { desk: at, asked, done } = desk();
    expect(at.open("r1", call(store, name))).toBe(true);
    expect(asked).toEqual([
      {
        questionId: "a2-q1",
        text: "Which store?\n- Postgres: a server",
        options: ["Postgres", "SQLite"],
        fallback: "Postgres",
      },
    ]);
    at.answer("a2-q1", "SQLite");
    expect(asked[1]).toEqual({
      questionId: "a2-q2",
      text: "Which name?",
      options: [],
      fallback: expect.stringContaining("Decide yourself"),
    });
    expect(done).toEqual([]);
    at.answer("a2-q2", "shop");
    expect(JSON.parse(JSON.stringify(done))).toEqual([
      ["r1", { questions: [store, name], other: 1, answers: { "Which store?": "SQLite", "Which name?": "shop" } }],
    ]);
    expect(at.waiting).toBe(false);
  });

  it("of a second call wait for the first, unless it is withdrawn", () => {
    const { desk: at, asked, done } = desk();
    at.open("r1", call(store));
    at.open("r2", call(name));
    at.open("r3", call(store));
    expect(asked).toHaveLength(1);
    at.withdraw("r3");
    at.withdraw("r1");
    expect(asked.map(({ text }) => text.slice(0, 11))).toEqual(["Which store", "Which name?"]);
    at.answer("a2-q1", "too late");
    expect(done).toEqual([]);
    at.answer("a2-q2", "x");
    expect(done.map(([requestId]) => requestId)).toEqual(["r2"]);
    at.answer("a2-q2", "again");
    expect(done).toHaveLength(1);
  });

  it("are none where the call holds none", () => {
    const { desk: at, asked } = desk();
    for (const bad of [call(), call(null, 1, {}, { question: "" }), { id: "t", name: "x", input: {} }])
      expect(at.open("r", bad)).toBe(false);
    expect(asked).toEqual([]);
    expect(at.waiting).toBe(false);
  });

  it("may have any text, and the same text only once", () => {
    const { desk: at, asked, done } = desk();
    at.open(
      "r1",
      call(
        { question: "__proto__" },
        { question: "7" },
        { question: "7" },
        { question: "constructor", options: [3, {}, { label: "" }] },
      ),
    );
    for (const index of [1, 2, 3]) at.answer(`a2-q${index}`, `answer ${index}`);
    expect(asked.map(({ text }) => text)).toEqual(["__proto__", "7", "constructor"]);
    expect(JSON.stringify(done)).toContain('"__proto__":"answer 1"');
  });
});
