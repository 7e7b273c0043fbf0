import * as z from "zod";

const file = z
  .string()
  .min(1, { error: "must not be empty" })
  .max(500, { error: "must have at most 500 characters" })
  // A path that leaves the workspace could name a file that no result is about.
  .refine((path) => !path.startsWith("/") && !path.includes("\\") && !path.split("/").includes(".."), {
    error: "must be a path from the workspace's root, / separated and without '..'; * and ** stand for any names",
  });

const word = z.string().max(4_096, { error: "must have at most 4096 characters" });

/** Files that a command makes from others, such as a lockfile from its manifest. */
export const regenerationSchema = z.strictObject({
  files: z.array(file).min(1, { error: "must name at least one file" }).max(100),
  command: z
    .array(word, { error: 'must be a list of words, such as ["npm", "install", "--package-lock-only"]' })
    .min(1, { error: "must name a program" })
    .max(100),
});

/** Files that a command makes from others, and the command: a program and its words, without a shell. */
export type Regeneration = z.infer<typeof regenerationSchema>;
