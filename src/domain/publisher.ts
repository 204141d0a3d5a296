import type { SignerIdentity } from "./evidence.ts";
import type { ReleaseFacts } from "./release-facts.ts";

/** Who published through which pipeline: what the registry says, else what the best attestation names. */
export type Publisher = Pick<SignerIdentity, "repository" | "workflow" | "environment" | "ref">;

/** The publisher's identity; undefined when nothing names one. Attestations that do not hold name nobody. */
export function publisherOf({ publisher, proofs = [] }: ReleaseFacts): Publisher | undefined {
  if (publisher !== undefined) return withPlainRepository(publisher);
  const attested = proofs.filter(({ level, identity }) => level !== "invalid" && identity?.repository !== undefined);
  const identity = (attested.find(({ level }) => level === "verified") ?? attested[0])?.identity;
  return identity === undefined ? undefined : withPlainRepository(identity);
}

/** `owner/name` on GitHub and `host/owner/name` elsewhere, without case: services spell the same repository in many ways. */
export function plainRepository(repository: string): string {
  return repository
    .toLowerCase()
    .replace(/^pkg:(github|gitlab|bitbucket)\//, (_, host: string) => (host === "github" ? "" : `${host}.com/`))
    .replace(/^(?:git\+)?(?:https?|ssh|git):\/\/(?:git@)?/, "")
    .replace(/^github\.com[/:]/, "")
    .replace(/(?<!\/)\/+$/, "")
    .replace(/\.git$/, "");
}

/** What stays the same of a git ref from release to release: tags are one kind, branches are named. */
export function refKind(ref: string): string {
  if (ref.startsWith("refs/tags/")) return "a tag";
  return ref.startsWith("refs/heads/") ? `the branch ${ref.slice("refs/heads/".length)}` : ref;
}

function withPlainRepository({ repository, workflow, environment, ref }: Publisher): Publisher {
  return {
    ...(repository !== undefined && { repository: plainRepository(repository) }),
    ...(workflow !== undefined && { workflow }),
    ...(environment !== undefined && { environment }),
    ...(ref !== undefined && { ref }),
  };
}
