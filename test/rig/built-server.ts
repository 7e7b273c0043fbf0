import { builtProgram, programPlace } from "./built-program.ts";

/** How a client starts the built server, in a place of its own. */
export interface BuiltServer {
  readonly command: string;
  readonly args: string[];
  readonly env: Record<string, string>;
  readonly cwd: string;
  /** Removes the place. */
  dispose(): void;
}

/** Prepares a place for the built server. */
export function builtServer(): BuiltServer {
  const { environment, folder, remove } = programPlace();
  return { command: process.execPath, args: [builtProgram], env: { ...environment }, cwd: folder, dispose: remove };
}

/** Five tasks in three batches: two, two, and one that needs them all. */
export const fiveTasks = [
  { id: "schema", description: "Design the database schema in db/schema.sql", estimatedMinutes: 10 },
  { id: "config", description: "Write the configuration loader in src/config.ts", estimatedMinutes: 10 },
  {
    id: "api",
    description: "Write the endpoints in src/api.ts",
    estimatedMinutes: 20,
    dependsOn: ["schema", "config"],
  },
  {
    id: "pages",
    description: "Write the pages in src/pages.ts",
    estimatedMinutes: 20,
    dependsOn: ["schema", "config"],
  },
  {
    id: "release",
    description: "Write the release notes in NOTES.md",
    estimatedMinutes: 5,
    dependsOn: ["api", "pages"],
  },
];
