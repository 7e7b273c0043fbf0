import * as z from "zod";

const stateSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("absent") }),
  z.object({ kind: z.literal("file"), mode: z.number(), hash: z.string() }),
  z.object({ kind: z.literal("link"), target: z.string() }),
]);

const folderSchema = z.object({ path: z.string(), mode: z.number() });

/** Everything that one apply to the user's files changes, written down before it begins. */
export const applyManifestSchema = z.object({
  version: z.literal(1),
  executionId: z.string(),
  /** What the files are led to. */
  commit: z.string().optional(),
  /** Folder that the paths are relative to. */
  workTree: z.string(),
  /** Shadow repository of the workspace, beside which its lock lies. */
  gitDir: z.string(),
  entries: z.array(z.object({ path: z.string(), old: stateSchema, new: stateSchema })),
  /** Folders that have to be made, outer ones first. */
  madeFolders: z.array(folderSchema),
  /** Folders that may become empty, inner ones first. */
  emptiedFolders: z.array(folderSchema),
});

/** Everything that one apply to the user's files changes. */
export type ApplyManifest = z.infer<typeof applyManifestSchema>;
