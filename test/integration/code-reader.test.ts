import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, expect, test } from "vitest";
import { createCachedCodeReader } from "../../src/platform/cached-code-reader.ts";
import { createCodeReader, type CodeReaderOptions, type ThreadedCodeReader } from "../../src/platform/code-reader.ts";
import { nodeFiles } from "../../src/platform/node-files.ts";
import type { CodeText } from "../../src/ports/code-reader.ts";
import type { CodeFacts } from "../../src/schema/code-facts.ts";

const open: ThreadedCodeReader[] = [];
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((reader) => reader.close()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

function reader(options?: CodeReaderOptions): ThreadedCodeReader {
  const made = createCodeReader(options);
  open.push(made);
  return made;
}

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "facts-"));
  folders.push(folder);
  return folder;
}

const typescript = (text: string): CodeText => ({ language: "typescript", text });
const python = (text: string): CodeText => ({ language: "python", text });
const names = (facts: CodeFacts | undefined): readonly string[] | undefined =>
  facts?.definitions.map((each) => each.name);

test("a thread reads texts of several languages and answers in their order", async () => {
  const answers = await reader().read([
    typescript("function a() {}"),
    python("def b(): pass"),
    typescript("class C {}"),
  ]);
  expect(answers.map(names)).toEqual([["a"], ["b"], ["C"]]);
});

test("a text that is too large or no text is not read", async () => {
  const texts = [typescript("a;".repeat(500_001)), typescript("function a() {}\0"), typescript("function b() {}")];
  expect((await reader().read(texts)).map(names)).toEqual([undefined, undefined, ["b"]]);
});

test("a text that takes too long to parse is given up, and the next one is read", async () => {
  const patient = reader({ parseLimitMs: 0 });
  expect(await patient.read([typescript("f(a, b, c);".repeat(50_000))])).toEqual([undefined]);
});

/** A reader whose thread is a program of the test. */
async function readerWith(program: string, options?: CodeReaderOptions): Promise<ThreadedCodeReader> {
  const path = join(await scratch(), "thread.mjs");
  writeFileSync(path, `import { parentPort } from "node:worker_threads";\n${program}`);
  return reader({ ...options, location: () => pathToFileURL(path) });
}

const answering = `
  parentPort.postMessage({ ready: true });
  parentPort.on("message", ({ text }) => {
    if (text === "die") process.exit(1);
    if (text === "throw") throw new Error("no");
    if (text !== "wait") parentPort.postMessage({ facts: text });
  });
`;

test("a thread that dies or throws costs one answer and is replaced", async () => {
  const failures: string[] = [];
  const onFailure = (sentence: string): void => void failures.push(sentence);
  const fragile = await readerWith(answering, { onFailure });
  const texts = ["a", "die", "b", "throw", "c", "die", "die", "die", "e"];
  const answers = await fragile.read(texts.map(typescript));
  expect(answers).toEqual(["a", undefined, "b", undefined, "c", undefined, undefined, undefined, "e"]);
  expect(failures).toEqual(["the thread that reads code failed: no"]);
});

test("a thread that falls silent is ended", async () => {
  const failures: string[] = [];
  const onFailure = (sentence: string): void => void failures.push(sentence);
  const silent = await readerWith(answering, { silenceLimitMs: 1, onFailure });
  expect(await silent.read([typescript("wait")])).toEqual([undefined]);
  expect(failures).toEqual(["a text of 4 characters was not read in time"]);
});

test("a thread that cannot start is not tried for ever", async () => {
  const failures: string[] = [];
  const hopeless = await readerWith("throw new Error('no grammar');", {
    onFailure: (sentence) => void failures.push(sentence),
  });
  expect(await hopeless.read(["a", "b", "c", "d"].map(typescript))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(failures).toHaveLength(2);
});

test("closing answers what is open", async () => {
  const silent = await readerWith("parentPort.on('message', () => {});");
  const answers = silent.read(["a", "b"].map(typescript));
  await silent.close();
  expect(await answers).toEqual([undefined, undefined]);
  expect(await silent.read([typescript("c")])).toEqual([undefined]);
});

/** A reader that counts what it is asked. */
function counting(): { readonly asked: string[]; readonly read: ThreadedCodeReader["read"] } {
  const asked: string[] = [];
  const facts = (name: string): CodeFacts => ({
    language: "typescript",
    package: name,
    definitions: [],
    references: [],
    imports: [],
    broken: false,
  });
  return {
    asked,
    read: async (texts) => {
      asked.push(...texts.map(({ text }) => text));
      return texts.map(({ text }) => (text === "unreadable" ? undefined : facts(text)));
    },
  };
}

test("facts are kept in memory and on disk, by text, language and version", async () => {
  const [source, folder, files] = [counting(), await scratch(), nodeFiles()];
  const cached = (version: number) => createCachedCodeReader({ reader: source, files, folder, version });
  const first = cached(1);
  const answers = await first.read(["a", "b", "unreadable"].map(typescript));
  expect(await first.read(["b", "a"].map(typescript))).toEqual([answers[1], answers[0]]);
  expect(await cached(1).read(["a", "b"].map(typescript))).toEqual([answers[0], answers[1]]);
  expect(source.asked).toEqual(["a", "b", "unreadable"]);
  await cached(1).read([python("a")]);
  await cached(2).read([typescript("a")]);
  await first.read([typescript("unreadable")]);
  expect(source.asked.slice(3)).toEqual(["a", "a", "unreadable"]);
});

test("a damaged file of the cache is read anew and replaced", async () => {
  const [source, folder, files] = [counting(), await scratch(), nodeFiles()];
  const fresh = () => createCachedCodeReader({ reader: source, files, folder, version: 1 });
  const answers = await fresh().read([typescript("a")]);
  const path = readdirSync(folder, { recursive: true, encoding: "utf8" }).find((name) => name.endsWith(".json"));
  const whole = readFileSync(join(folder, path!), "utf8");
  for (const damage of ["", "{}", whole.slice(0, -3), whole.replace("a", "b")]) {
    writeFileSync(join(folder, path!), damage);
    expect(await fresh().read([typescript("a")])).toEqual(answers);
    expect(readFileSync(join(folder, path!), "utf8")).toBe(whole);
  }
  expect(source.asked).toHaveLength(5);
});

test("a file of the cache that cannot be read costs time only", async () => {
  const [source, folder, files] = [counting(), await scratch(), nodeFiles()];
  const fresh = () => createCachedCodeReader({ reader: source, files, folder, version: 1 });
  const answers = await fresh().read([typescript("a")]);
  const path = readdirSync(folder, { recursive: true, encoding: "utf8" }).find((name) => name.endsWith(".json"));
  rmSync(join(folder, path!));
  mkdirSync(join(folder, path!));
  expect(await fresh().read([typescript("a")])).toEqual(answers);
});

test("a cache folder that cannot be written costs time only", async () => {
  const [source, folder] = [counting(), await scratch()];
  writeFileSync(join(folder, "file"), "");
  const cached = createCachedCodeReader({
    reader: source,
    files: nodeFiles(),
    folder: join(folder, "file"),
    version: 1,
  });
  expect((await cached.read([typescript("a")])).map((facts) => facts?.package)).toEqual(["a"]);
});
