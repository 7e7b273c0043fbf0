import * as z from "zod";
import { regenerationSchema, type Regeneration } from "./regeneration.ts";
import { taskLimits } from "./task.ts";

/** How much the server says about itself, from nothing to everything. */
export const logLevels = ["silent", "error", "warn", "info", "debug"] as const;

/** How much the server says about itself. */
export type LogLevel = (typeof logLevels)[number];

const executor = z
  .string()
  .regex(/^(simulated|claude-code|command|acp:[\w.-]{1,100})$/, {
    error: "must be simulated, claude-code, command or acp:<agent>",
  })
  .optional()
  .describe("Executor of calls that name none");

const maxAgents = z
  .int({ error: `must be a whole number from 1 to ${taskLimits.agents}` })
  .min(1, { error: `must be at least 1` })
  .max(taskLimits.agents, { error: `must be at most ${taskLimits.agents}` })
  .optional()
  .describe("Most agents at once in one run");

const pattern = z
  .string()
  .max(1_000, { error: "must have at most 1000 characters" })
  .refine((text) => text.trim() !== "", { error: "must not be empty" });

/** The user's own configuration file, and what environment variables can say. */
export const userConfigSchema = z.strictObject({
  executor,
  maxAgents,
  allowCommands: z.array(pattern).max(1_000).optional().describe("Globs of the commands that calls may run"),
  regenerate: z
    .array(regenerationSchema)
    .max(100)
    .optional()
    .describe("Files that commands make anew where results cannot be merged otherwise"),
  claude: z
    .string()
    .min(1)
    .max(4_096)
    // A path that starts nowhere would mean another program in every folder.
    .refine((path) => !/[\\/]/.test(path) || /^([\\/]|[A-Za-z]:[\\/])/.test(path), {
      error: "must be an absolute path, or a name that is found on PATH",
    })
    .optional()
    .describe("Claude Code's program"),
  log: z
    .enum(logLevels, { error: `must be one of ${logLevels.join(", ")}` })
    .optional()
    .describe("How much the server writes to standard error"),
});

/** The user's own configuration. */
export type UserConfig = z.infer<typeof userConfigSchema>;

/**
 * A workspace's own `.parallelization/config.yaml`. Whoever can write to the workspace wrote it, agents included:
 * nothing in it can name a program or allow one.
 */
export const workspaceConfigSchema = z.strictObject({ executor, maxAgents });

/** Where a setting comes from. */
export interface SettingOrigin {
  readonly source: "default" | "user" | "workspace" | "environment";
  /** `file:line:column`, the name of the variable, or `default`. */
  readonly name: string;
}

/** A setting that remembers who made it. */
export interface Setting<Value> {
  readonly value: Value;
  readonly origin: SettingOrigin;
}

/** All settings of a server, each from the strongest source that has it. */
export interface Configuration {
  readonly executor: Setting<string>;
  readonly maxAgents: Setting<number>;
  /** Path or name of Claude Code's program. */
  readonly claude: Setting<string>;
  readonly log: Setting<LogLevel>;
  /** Globs of the commands that may run; those of the user's file and those of the environment together. */
  readonly allowCommands: readonly Setting<string>[];
  /** Files that are made anew by a command where results cannot be merged otherwise; only the user's own file names any. */
  readonly regenerate: Setting<readonly Regeneration[]>;
  /** Where the user's own configuration file lies, or would lie. */
  readonly userFile: string;
}
