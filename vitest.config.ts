import { defineConfig } from "vitest/config";

/** Folders of tests, from quick to slow; the limits only end what hangs. A group starts when the one before it has ended. */
export const folders = [
  { name: "unit", include: ["test/*.test.ts", "test/unit/**/*.test.ts"], timeoutMs: 30_000, group: 0 },
  { name: "property", include: ["test/property/**/*.test.ts"], timeoutMs: 30_000, group: 0 },
  { name: "simulation", include: ["test/simulation/**/*.test.ts"], timeoutMs: 30_000, group: 0 },
  { name: "integration", include: ["test/integration/**/*.test.ts"], timeoutMs: 90_000, group: 1 },
  { name: "e2e", include: ["test/e2e/**/*.test.ts"], timeoutMs: 120_000, group: 2 },
];

export default defineConfig({
  test: {
    watch: false,
    coverage: { provider: "v8", include: ["src/**/*.ts"], reporter: ["text-summary", "html"] },
    projects: folders.map(({ name, include, timeoutMs, group }) => ({
      test: {
        name,
        include,
        pool: "forks",
        testTimeout: timeoutMs,
        hookTimeout: timeoutMs,
        restoreMocks: true,
        // End-to-end tests start whole trees of agents and look for what is left of them: one file at a time.
        maxWorkers: name === "e2e" ? 1 : 2,
        sequence: { groupOrder: group },
      },
    })),
  },
});
