import type { Files } from "../../../ports/files.ts";
import { sha256OfBytes } from "../../../util/sha256-of-bytes.ts";

/** What is, was or shall be at a path: nothing, these bytes with these permissions, or a link. */
export type FileState =
  | { readonly kind: "absent" }
  | { readonly kind: "file"; readonly mode: number; readonly hash: string }
  | { readonly kind: "link"; readonly target: string };

/** Looks what is at a path; `other` is a folder or something special. */
export async function readState(files: Files, path: string): Promise<FileState | { readonly kind: "other" }> {
  const status = await files.status(path);
  if (status === undefined) return { kind: "absent" };
  if (status.kind === "link") return { kind: "link", target: await files.readLink(path) };
  if (status.kind !== "file") return { kind: "other" };
  const bytes = await files.readBytes(path);
  if (bytes === undefined) return { kind: "absent" };
  return { kind: "file", mode: status.mode, hash: await sha256OfBytes(bytes) };
}

/** Whether two states are the same to the byte, permissions included. */
export function isSameState(left: FileState | { readonly kind: "other" }, right: FileState): boolean {
  if (left.kind === "file" && right.kind === "file") return left.hash === right.hash && left.mode === right.mode;
  if (left.kind === "link" && right.kind === "link") return left.target === right.target;
  return left.kind === "absent" && right.kind === "absent";
}
