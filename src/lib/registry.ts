import type { Failure } from "./failure.ts";

/** An OCI registry by the distribution specification. `host` is as written in image names: `docker.io`, `quay.io` … */
export type Registry = {
  /** All tags, in the registry's order. `complete` is false when a page could not be read. */
  readonly tags: (
    host: string,
    repository: string,
  ) => Promise<{ readonly tags: readonly string[]; readonly complete: boolean } | Failure>;
  /** The digest a tag points at now (HEAD: costs no pull); a `not-found` failure when there is no such tag. */
  readonly digest: (host: string, repository: string, reference: string) => Promise<string | Failure>;
};
