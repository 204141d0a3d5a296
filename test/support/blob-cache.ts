import type { BlobCache } from "../../src/lib/trees/github.ts";

/** Keeps no text of any file. */
export const NO_BLOBS: BlobCache = { get: async () => undefined, put: async () => undefined };
