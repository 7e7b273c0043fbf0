import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** How to start the built server, with a home, a state folder and a working folder of its own. */
export interface BuiltServer {
  readonly command: string;
  readonly args: string[];
  readonly env: Record<string, string>;
  readonly cwd: string;
  /** Removes its folders. */
  dispose(): void;
}

/** Prepares folders for the built server. */
export function builtServer(): BuiltServer {
  if (!existsSync(program)) throw new Error(`${program} is not there; run: npm run build`);
  const folder = mkdtempSync(join(tmpdir(), "parallelization-e2e-"));
  return {
    command: process.execPath,
    args: [program],
    env: { PATH: process.env["PATH"] ?? "", HOME: folder, PARALLELIZATION_STATE_DIR: join(folder, "state") },
    cwd: folder,
    dispose: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
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
