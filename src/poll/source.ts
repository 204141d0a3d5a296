import type { Instant } from "../domain/instant.ts";
import type { ObservedRelease, Ref } from "../domain/release.ts";
import type { UpstreamIdentity } from "../domain/upstream.ts";
import type { Failure } from "../lib/failure.ts";
import type { Fetcher } from "../lib/fetcher.ts";
import type { GitRemote } from "../lib/git/remote.ts";
import type { GitHubReader, ReleaseDetail } from "../lib/github/upstream/reader.ts";
import type { ServiceUrls } from "../lib/http/urls.ts";
import type { PypiUpdates } from "../lib/packages/pypi-updates.ts";
import type { Registry } from "../lib/registry/client.ts";

/** What the pins of one upstream need to know of it. */
export type PollRequest = {
  readonly upstream: string;
  /** Names that are pinned now (tags, image tags, versions): read by name, so that a change under them is seen. */
  readonly pinnedRefs: readonly string[];
  /** Tag templates of the pins, for example `v{version}`: only such tags are of interest. */
  readonly tagTemplates: readonly string[];
  /** What the last good poll stored, and when that was. */
  readonly last?: { readonly validator?: string | undefined; readonly at?: Instant | undefined };
};

/**
 * What one poll found. `unchanged`: the upstream said that nothing moved since the validator; nothing else is known.
 * `asked` is false where it was not asked itself, since a feed that names every change did not name it.
 */
export type PollAnswer =
  | { readonly state: "unchanged"; readonly validator?: string; readonly asked?: boolean }
  | {
      readonly state: "changed";
      readonly releases: readonly ObservedRelease[];
      /** Where the pinned names point now. A pinned name that is not here was looked for and not found. */
      readonly refs: readonly Ref[];
      /** True when every version there is was read: only then does one that is not here count as gone. */
      readonly complete: boolean;
      readonly validator?: string;
      /** Who answered, where the host tells: compared with who answered before. */
      readonly identity?: UpstreamIdentity;
      /** What this source could not look at, as sentences: "release notes: no GitHub token". */
      readonly notChecked: readonly string[];
    };

/** The clients a source is handed. They coalesce: many polls of one moment share requests and tokens. */
export type PollContext = {
  readonly fetcher: Fetcher;
  /** Absent without a credential: sources then fall back to git, or say *not checked*. */
  readonly github: GitHubReader | undefined;
  readonly git: GitRemote;
  readonly registry: Registry;
  readonly urls: ServiceUrls;
  /** Absent: nobody reads the feed, and every package is asked for itself. */
  readonly pypiUpdates?: PypiUpdates | undefined;
  readonly now: Instant;
};

/** A kind of upstream. One file, one line in `sources.ts`. */
export type Source = {
  readonly id: string;
  readonly title: string;
  /** The scheme that orders its versions where a pin does not say. */
  readonly scheme: string;
  readonly matches: (purl: string) => boolean;
  /** What tells whether the service is there, where all its upstreams are asked at one address: a URL that it answers. */
  readonly service?: (urls: ServiceUrls) => string;
  readonly poll: (request: PollRequest, context: PollContext) => Promise<PollAnswer | Failure>;
  /** Hears that an upstream (a purl) will be polled soon, before the first of many is. Asks for nothing. */
  readonly announce?: (purl: string, context: PollContext) => void;
  /** Notes and assets of releases, by their tags: asked for candidates only. Tags without a release are left out. */
  readonly details?: (
    purl: string,
    tags: readonly string[],
    context: PollContext,
  ) => Promise<readonly ReleaseDetail[] | Failure>;
  /**
   * Upstreams (purls) that a feed of the whole service named lately, and until when an answer may have come without what
   * they published. Without such a feed every upstream is asked in its own time.
   */
  readonly published?: (context: PollContext) => Promise<ReadonlyMap<string, Instant>>;
  /**
   * The GitHub repository (a purl) that the registry claims a package comes from; undefined when it claims none. `newest`:
   * the digest or tag of a version of it that is known.
   */
  readonly repository?: (purl: string, context: PollContext, newest?: string) => Promise<string | undefined | Failure>;
};
