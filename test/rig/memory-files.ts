import type { Files } from "../../src/ports/files.ts";

/** A file system in memory for tests that are about something else; only what such tests need. */
export function memoryFiles(initial: Readonly<Record<string, string>> = {}): Files & {
  readonly contents: Map<string, string>;
} {
  const contents = new Map<string, string>(Object.entries(initial));
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  const text = (content: string | Uint8Array): string =>
    typeof content === "string" ? content : decoder.decode(content);
  const below = (path: string): string[] => [...contents.keys()].filter((name) => name.startsWith(`${path}/`));
  return {
    contents,
    status: (path) => {
      const content = contents.get(path);
      if (content !== undefined) {
        return Promise.resolve({ kind: "file", sizeBytes: content.length, mode: 0o644, modifiedMs: 0 });
      }
      const kind = below(path).length > 0 ? ("folder" as const) : undefined;
      return Promise.resolve(kind && { kind, sizeBytes: 0, mode: 0o755, modifiedMs: 0 });
    },
    realPath: (path) => Promise.resolve(path),
    readText: (path) => Promise.resolve(contents.get(path)),
    readBytes: (path) => Promise.resolve(contents.has(path) ? encoder.encode(contents.get(path)) : undefined),
    readLink: () => Promise.reject(new Error("no links here")),
    list: (path) =>
      Promise.resolve(
        [...new Set(below(path).map((name) => name.slice(path.length + 1).split("/")[0] ?? ""))].toSorted(),
      ),
    makeFolder: () => Promise.resolve(),
    writeAtomic: (path, content) => Promise.resolve(void contents.set(path, text(content))),
    writeLink: () => Promise.reject(new Error("no links here")),
    createExclusive: (path, content) => {
      if (contents.has(path)) return Promise.resolve(false);
      contents.set(path, content);
      return Promise.resolve(true);
    },
    copyFile: (from, to) => Promise.resolve(void contents.set(to, contents.get(from) ?? "")),
    move: (from, to) => {
      contents.set(to, contents.get(from) ?? "");
      contents.delete(from);
      return Promise.resolve();
    },
    removeFile: (path) => Promise.resolve(void contents.delete(path)),
    removeEmptyFolder: () => Promise.resolve(false),
    removeTree: (path) => {
      for (const name of below(path)) contents.delete(name);
      return Promise.resolve();
    },
    setMode: () => Promise.resolve(),
    openAppend: (path) =>
      Promise.resolve({
        append: (more) => Promise.resolve(void contents.set(path, (contents.get(path) ?? "") + text(more))),
        close: () => Promise.resolve(),
      }),
    freeBytes: () => Promise.resolve(1e12),
    allows: () => Promise.resolve(true),
  };
}
