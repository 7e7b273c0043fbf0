import * as z from "zod";

/** One scripted change of a file in the task's workspace. */
export const simulatedEditSchema = z.object({
  file: z.string().describe("Path relative to the workspace, / separated"),
  type: z.enum(["create", "modify", "delete"]),
  find: z.string().optional().describe("Text to replace (modify)"),
  replace: z.string().optional().describe("Text to put in its place (modify)"),
  content: z.string().optional().describe("Whole new content (create, or modify without find)"),
  atPercent: z.number().min(0).max(100).optional().describe("When in the task's life, default 100"),
});

/** What the simulated executor does for one task. */
export const simulationScriptSchema = z.object({
  minutes: z.number().positive().optional(),
  fail: z.union([z.literal(true), z.string(), z.object({ attempts: z.number().int().positive() })]).optional(),
  hang: z.boolean().optional(),
  question: z.object({ text: z.string(), options: z.array(z.string()).min(1) }).optional(),
  memoryMB: z.number().positive().optional(),
  cpuPercent: z.number().positive().optional(),
  apiCalls: z.number().int().nonnegative().optional(),
  tokens: z.number().int().nonnegative().optional(),
  progress: z.array(z.string()).optional(),
  edits: z.array(simulatedEditSchema).optional(),
});

/** One scripted change of a file. */
export type SimulatedEdit = z.infer<typeof simulatedEditSchema>;

/** Settings of a simulated run as a whole. */
export const simulationSettingsSchema = z.object({
  seed: z.number().int().optional().describe("Same seed and plan, same events; default 1"),
  failureRate: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe("Chance that an unscripted attempt fails; default 0.05 conservative, 0.10 aggressive"),
  durationSigma: z.number().min(0).max(3).optional().describe("Log-normal spread of unscripted durations, default 0"),
  realTime: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe("Wall seconds per simulated second; 0 (default) does not wait at all"),
});

/** Settings of a simulated run as a whole. */
export type SimulationSettings = z.infer<typeof simulationSettingsSchema>;
