import { defineConfig } from "vitest/config";

/** Tests that take minutes: `npm run test:long`. They are no part of `npm test`. */
export default defineConfig({
  test: {
    watch: false,
    name: "long",
    include: ["test/long/**/*.test.ts"],
    pool: "forks",
    // They wait for what takes its time, and look at whole trees of agents: one file at a time.
    maxWorkers: 1,
    testTimeout: 900_000,
    hookTimeout: 900_000,
    restoreMocks: true,
  },
});
