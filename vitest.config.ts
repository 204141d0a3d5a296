import { defineConfig } from "vitest/config";
import { LongFirst } from "./test/long-first.ts";

/** Tests that own a database, a child process or a browser share processes. Everything else shares fast threads. */
const heavy = [
  "test/db/**/*.test.ts",
  "test/queue/**/*.test.ts",
  "test/flow/**/*.test.ts",
  "test/cli/**/*.test.ts",
  "test/demo/**/*.test.ts",
  "test/web/**/*.test.ts",
  "test/chaos/**/*.test.ts",
  "test/browser/**/*.test.ts",
  "test/service.test.ts",
  "test/service/**/*.test.ts",
  "test/docs/image-coverage.test.ts",
  "test/security/app-key.test.ts",
  "test/security/canary.test.ts",
  "test/security/dashboard.test.ts",
];

/**
 * Bounds for what hangs, and for nothing else: a machine may be many times slower than ours, and what is waited for comes
 * when it comes. How fast something is, benches say.
 */
const patience = {
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 120_000, interval: 50 } },
} as const;

/** What every run draws alike. */
const setupFiles = ["./test/same-draws.ts"];

/** What only reads our own sources. */
const architecture = ["test/architecture.test.ts", "test/architecture/**/*.test.ts"];

export default defineConfig({
  test: {
    // two cores are common where tests run; a third worker has what mostly waits: a storm, silent servers, leases
    maxWorkers: 3,
    sequence: { sequencer: LongFirst },
    globalSetup: ["./test/fast-folder.ts"],
    reporters: ["default", "./test/closing-line-reporter.ts"],
    projects: [
      { test: { ...patience, name: "architecture", include: architecture } },
      {
        test: {
          ...patience,
          setupFiles,
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [...heavy, ...architecture],
          pool: "threads",
          isolate: false,
        },
      },
      {
        test: {
          ...patience,
          setupFiles,
          name: "integration",
          include: heavy,
          pool: "forks",
          isolate: false,
          execArgv: ["--liftoff-only"], // as whoever starts the program: the embedded store is WebAssembly
        },
      },
    ],
  },
});
