import { shareRunning } from "../concurrency/share-running.ts";
import { type Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import type { ServiceUrls } from "../http/urls.ts";
import { attachedTo, contentOf, digestOf, type RegistryContent, type WantedContent } from "./content.ts";
import { hubTags } from "./docker-hub.ts";
import { type ImageTags, registryTags } from "./tags.ts";
import { nameAt, type Target, targetOf } from "./target.ts";
import { createTokenKeeper } from "./token.ts";
import type { RegistryLogin } from "./token-request.ts";

/** An OCI registry by the distribution specification. `host` is as written in image names: `docker.io`, `quay.io` … */
export type Registry = {
  /** Says that an image will be asked about soon: one token may then be for many. Asks for nothing itself. */
  readonly announce: (host: string, repository: string) => void;
  /** All tags, in the registry's order, without the `sha256-…` ones that only carry signatures. */
  readonly tags: (host: string, repository: string, validator?: string) => Promise<ImageTags | "unchanged" | Failure>;
  /** The digest a tag points at now (HEAD: costs no pull); a `not-found` failure when there is no such tag. */
  readonly digest: (host: string, repository: string, reference: string) => Promise<string | Failure>;
  /**
   * A manifest by tag or digest, a blob by digest, or the list of what refers to a digest. What is asked for by digest
   * has it. On Docker Hub a manifest costs a pull. Signature tags (`sha256-<hex>.sig`) are allowed here.
   */
  readonly content: (host: string, repository: string, wanted: WantedContent) => Promise<RegistryContent | Failure>;
  /** Which proofs are stored beside a digest under cosign's tags: `sig`, `att`, `bundle`. Their being there proves nothing yet. */
  readonly attached: (host: string, repository: string, digest: string) => Promise<readonly string[] | Failure>;
};

/**
 * Creates the client of all registries. `login` gives the credentials for a host as written in image names. Equal
 * requests that run at the same time are one; tokens are kept until they expire.
 */
export function createRegistry(
  fetcher: Fetcher,
  registries: ServiceUrls["registries"],
  login: (host: string) => RegistryLogin | undefined = () => undefined,
): Registry {
  const tokens = createTokenKeeper(fetcher);
  const shareTags = shareRunning<ImageTags | "unchanged" | Failure>();
  const shareDigest = shareRunning<string | Failure>();
  const targetFor = (host: string, repository: string) => targetOf({ host, repository }, registries, login);
  return {
    announce: (host, repository) => {
      const target = targetFor(host, repository);
      // Docker Hub's web API says nearly everything, and knows no such tokens
      if (!isFailure(target) && registries[target.host]?.hub === undefined) tokens.announce(target, nameAt(target));
    },
    tags: (host, repository, validator) =>
      withTarget(targetFor(host, repository), (target) =>
        shareTags(`${keyOf(target)} ${validator ?? ""}`, async () => {
          const hub = registries[target.host]?.hub;
          if (hub === undefined) return registryTags(fetcher, tokens, target);
          return hubTags(fetcher, { hub, repository: target.repository, validator });
        }),
      ),
    digest: (host, repository, reference) =>
      withTarget(targetFor(host, repository), (target) =>
        shareDigest(`${keyOf(target)} ${reference}`, () => digestOf(fetcher, tokens, target, reference)),
      ),
    content: (host, repository, wanted) =>
      withTarget(targetFor(host, repository), (target) => contentOf(fetcher, tokens, target, wanted)),
    attached: (host, repository, digest) =>
      withTarget(targetFor(host, repository), (target) => attachedTo(fetcher, tokens, target, digest)),
  };
}

async function withTarget<Outcome>(
  target: Target | Failure,
  ask: (target: Target) => Promise<Outcome | Failure>,
): Promise<Outcome | Failure> {
  return isFailure(target) ? target : ask(target);
}

function keyOf(target: Target): string {
  return `${target.host}/${target.repository}`;
}
