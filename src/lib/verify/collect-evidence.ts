import { foremost, type SignatureEvidence } from "../../domain/evidence.ts";
import { own } from "../../domain/own.ts";
import type { Release } from "../../domain/release.ts";
import { parsePurl } from "../../domain/upstream.ts";
import type { EvidenceContext } from "./collect/evidence-context.ts";
import { collectGitHub } from "./collect/github.ts";
import { collectImage } from "./collect/image.ts";
import { collectNpm } from "./collect/npm.ts";
import { collectPypi } from "./collect/pypi.ts";

type Collect = (release: Release, context: EvidenceContext) => Promise<SignatureEvidence[]>;

/** Who looks for evidence, by the type of the upstream's purl. Other kinds of upstream have none that is understood. */
const COLLECTORS: Readonly<Record<string, Collect>> = {
  pypi: collectPypi,
  npm: collectNpm,
  github: collectGitHub,
  githubactions: collectGitHub,
  docker: collectImage,
  oci: collectImage,
};

/**
 * Asks for everything that proves one release and verifies it: one proof per kind and subject, with `none` for what was
 * looked for in vain and `unknown` for what could not be asked. What is proven of a digest does not change: the caller
 * keeps it, and asks again only about what is unknown.
 */
export async function collectEvidence(release: Release, context: EvidenceContext): Promise<SignatureEvidence[]> {
  const collect = own(COLLECTORS, parsePurl(release.upstream)?.type ?? "");
  return collect === undefined ? [] : foremost(await collect(release, context));
}
