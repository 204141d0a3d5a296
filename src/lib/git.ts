import type { Failure } from "./failure.ts";

/** Reads refs of any git host by protocol v2 over HTTPS, without a clone and without a credential. */
export type GitRemote = {
  /** Refs below `prefix` (for example `refs/tags/`), with the commit they stand for (annotated tags peeled). */
  readonly listRefs: (
    url: string,
    prefix: string,
  ) => Promise<readonly { readonly name: string; readonly commit: string; readonly tagObject?: string }[] | Failure>;
};
