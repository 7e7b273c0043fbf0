import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { GuardedInput, lineFault, longestLineBytes, type LineFault } from "../../../src/platform/guarded-input.ts";

const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}';

async function pass(
  chunks: readonly (string | Buffer)[],
  longestBytes?: number,
): Promise<{ lines: string[]; faults: LineFault[] }> {
  const faults: LineFault[] = [];
  const guard = new GuardedInput({
    onFault: (fault) => faults.push(fault),
    ...(longestBytes === undefined ? {} : { longestBytes }),
  });
  let text = "";
  guard.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
  for (const chunk of chunks) if (!guard.write(chunk)) await once(guard, "drain");
  guard.end();
  await once(guard, "end");
  return { lines: text.split("\n").filter((line) => line !== ""), faults };
}

describe("the guard of standard input", () => {
  test("lets messages through unchanged, however they are cut into pieces", async () => {
    const text = `${ping}\r\n\n${JSON.stringify({ jsonrpc: "2.0", id: "ü", method: "größe", params: { a: "→" } })}\n`;
    const bytes = Buffer.from(text);
    for (const size of [1, 2, 3, 7, bytes.length]) {
      const chunks: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
      const { lines, faults } = await pass(chunks);
      expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
        text
          .split("\n")
          .filter((line) => line.trim() !== "")
          .map((line) => JSON.parse(line) as unknown),
      );
      expect(faults).toEqual([]);
    }
  });

  test("keeps back what no message can be made of, and goes on with the next line", async () => {
    const { lines, faults } = await pass([`{"broken\n${ping}\n[]\n7\nnull\n"text"\n{}\n${ping}\n`]);
    expect(lines).toEqual([ping, ping]);
    expect(faults).toEqual(["not-json", ...Array.from({ length: 5 }, () => "not-a-message")]);
  });

  test("drops a line of 11 MiB while it streams in, holding none of it, and goes on", async () => {
    const piece = Buffer.alloc(64 * 1024, "x");
    const chunks = Array.from({ length: (11 * 1024 * 1024) / piece.length }, () => piece);
    const { lines, faults } = await pass([...chunks, `\n${ping}\n`]);
    expect(lines).toEqual([ping]);
    expect(faults).toEqual(["too-long"]);
  });

  test("takes a line of exactly the longest length and not one byte more", async () => {
    const longest = ping.length;
    expect(await pass([`${ping}\n`], longest)).toEqual({ lines: [ping], faults: [] });
    expect(await pass([`${ping} \n`], longest)).toEqual({ lines: [], faults: ["too-long"] });
    expect(longestLineBytes).toBe(10 * 1024 * 1024);
  });

  test("looks at a last line without an end as well", async () => {
    expect(await pass([ping])).toEqual({ lines: [ping], faults: [] });
    expect(await pass(['{"cut of'])).toEqual({ lines: [], faults: ["not-json"] });
  });

  test.each([
    ['{"jsonrpc":"2.0","id":1,"method":"a","params":{}}', undefined],
    ['{"jsonrpc":"2.0","method":"a"}', undefined],
    ['{"jsonrpc":"2.0","id":1,"result":{}}', undefined],
    ['{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"a"}}', undefined],
    ['{"jsonrpc":"1.0","id":1,"method":"a"}', "not-a-message"],
    ['{"jsonrpc":"2.0","id":1.5,"method":"a"}', "not-a-message"],
    ['{"jsonrpc":"2.0","id":1,"method":7}', "not-a-message"],
    ['{"jsonrpc":"2.0","id":1,"method":"a","params":[1]}', "not-a-message"],
    ['{"jsonrpc":"2.0","id":1}', "not-a-message"],
    ['{"__proto__":{"jsonrpc":"2.0","method":"a"}}', "not-a-message"],
    ["[".repeat(100_000), "not-json"],
  ])("%.60s is judged rightly", (line, fault) => {
    expect(lineFault(line)).toBe(fault);
  });
});
