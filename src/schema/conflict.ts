import * as z from "zod";

/** How bad something is. */
const severitySchema = z.enum(["low", "medium", "high", "critical"]);

/** The kinds of ways out of a conflict. */
export const resolutionStrategies = ["merge", "prefer-agent", "rollback", "sequential-retry", "manual"] as const;

/** A kind of way out of a conflict. */
export type ResolutionStrategy = (typeof resolutionStrategies)[number];

/** A way out of a conflict. */
export const resolutionOptionSchema = z.object({
  strategy: z.enum(resolutionStrategies),
  description: z.string(),
  /** Needs nobody's decision. */
  automatic: z.boolean(),
  risk: z.enum(["low", "medium", "high"]),
  agentId: z.string().optional(),
  /** The task whose result is meant; an agent may have done several. */
  taskId: z.string().optional(),
  preview: z.string().optional(),
});

/** A way out of a conflict. */
export type ResolutionOption = z.infer<typeof resolutionOptionSchema>;

/** A place in one agent's version of a file; lines are 1-based and inclusive. */
const conflictLocationSchema = z.object({
  file: z.string(),
  startLine: z.number().int().nonnegative(),
  endLine: z.number().int().nonnegative(),
  agentId: z.string(),
  symbol: z.string().optional(),
});

/** Two or more agents' results that do not simply add up. */
export const conflictSchema = z.object({
  /** `c1`, `c2`, … in the order found. */
  id: z.string(),
  type: z.enum(["file-level", "semantic", "dependency", "resource", "ordering"]),
  severity: severitySchema,
  agents: z.array(z.string()),
  tasks: z.array(z.string()),
  description: z.string(),
  affectedResources: z.array(z.string()),
  detectionMethod: z.string(),
  locations: z.array(conflictLocationSchema),
  /** 0-1. */
  confidence: z.number().min(0).max(1),
  resolutionOptions: z.array(resolutionOptionSchema),
  /** What was decided; absent while nobody has. */
  resolution: z
    .object({
      strategy: z.enum(resolutionStrategies),
      taskId: z.string().optional(),
      /** The conflict whose decision settled this one along with it. */
      through: z.string().optional(),
      /** Folder in which a person edits the files; then the conflict is still open. */
      folder: z.string().optional(),
    })
    .optional(),
});

/** Two or more agents' results that do not simply add up. */
export type Conflict = z.infer<typeof conflictSchema>;

/** Whether somebody still has to decide: conflicts of low severity merge by themselves. */
export function isOpen({ severity, resolution }: Conflict): boolean {
  return severity !== "low" && (resolution === undefined || resolution.folder !== undefined);
}

/** What detect_conflicts finds. */
export interface ConflictReport {
  /** At least one conflict of medium severity or above. */
  readonly hasConflicts: boolean;
  /** All of them, those of low severity included. */
  readonly conflicts: readonly Conflict[];
  /** auto: every conflict merges by itself; rollback: a batch failed its verification; else manual. */
  readonly resolutionStrategy: "auto" | "manual" | "rollback";
  /** Everything merged, where that needs nobody's decision. */
  readonly mergedResult?: {
    readonly files: readonly { readonly file: string; readonly content?: string; readonly ref?: string }[];
    readonly ref?: string;
  };
}
