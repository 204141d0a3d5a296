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
      { test: { name: "architecture", include: architecture } },
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [...heavy, ...architecture],
          pool: "threads",
          isolate: false,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "integration",
          include: heavy,
          pool: "forks",
          isolate: false,
          execArgv: ["--liftoff-only"], // as whoever starts the program: the embedded store is WebAssembly
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
