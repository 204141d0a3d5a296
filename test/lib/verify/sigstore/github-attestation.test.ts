import { beforeAll, describe, expect, it } from "vitest";
import { gitHubAttestationEvidence } from "../../../../src/lib/verify/sigstore/github-attestation.ts";
import { NOW } from "../../../support/build.ts";
import { aSigstore, aStatement, hexOf, type TestSigstore, workflowIdentity } from "../../../support/sigstore.ts";

const digest = hexOf("an asset");
const subject = {
  owner: "acme",
  name: "tool",
  web: "https://github.com",
  subject: "tool.tar.gz",
  digest: `sha256:${digest}`,
  tag: "v1.2.0",
};
const RELEASE = "https://in-toto.io/attestation/release/v0.1";
const releaseService = {
  subject: "https://dotcom.releases.github.com",
  claims: { 8: "https://token.actions.githubusercontent.com" },
};
const aRelease = (predicate: object) => aStatement({ digest: { sha256: digest }, predicateType: RELEASE, predicate });

let sigstore: TestSigstore;
beforeAll(async () => {
  sigstore = await aSigstore();
});

const judge = (bundle: unknown) => gitHubAttestationEvidence(bundle, subject, { roots: sigstore.roots }, NOW);

describe("an attestation on GitHub", () => {
  it("by a workflow of the repository is verified, however the name is spelled", async () => {
    const identity = workflowIdentity("Acme/Tool");
    expect(
      judge(await sigstore.sign({ statement: aStatement({ digest: { sha256: digest } }), identity })),
    ).toMatchObject({
      kind: "github-attestation",
      level: "verified",
      identity: { repository: "https://github.com/Acme/Tool", ref: "refs/tags/v1.2.0" },
    });
  });

  it("by a workflow of another repository is told so", async () => {
    const statement = aStatement({ digest: { sha256: digest } });
    const bundle = await sigstore.sign({ statement, identity: workflowIdentity("evil/tool") });
    expect(judge(bundle)).toMatchObject({ reason: "identity-mismatch" });
  });

  it("by another issuer than GitHub is told so", async () => {
    const claims = { ...workflowIdentity("acme/tool").claims, 8: "https://gitlab.example" };
    const identity = { ...workflowIdentity("acme/tool"), claims };
    const bundle = await sigstore.sign({ statement: aStatement({ digest: { sha256: digest } }), identity });
    expect(judge(bundle)).toMatchObject({ reason: "identity-mismatch" });
  });

  it("about another file is told so", async () => {
    const bundle = await sigstore.sign({ statement: aStatement({ digest: { sha256: hexOf("another") } }) });
    expect(judge(bundle)).toMatchObject({ reason: "subject-mismatch" });
  });

  it("of an immutable release is verified", async () => {
    const statement = aRelease({ repository: "acme/tool", tag: "v1.2.0" });
    expect(judge(await sigstore.sign({ statement, identity: releaseService }))).toMatchObject({
      kind: "github-release",
      level: "verified",
      predicateType: RELEASE,
    });
  });

  it.each([
    ["of another release", { repository: "acme/tool", tag: "v1.1.0" }, releaseService, "subject-mismatch"],
    ["of another repository", { repository: "evil/tool", tag: "v1.2.0" }, releaseService, "subject-mismatch"],
    [
      "signed by a workflow",
      { repository: "acme/tool", tag: "v1.2.0" },
      workflowIdentity("acme/tool"),
      "identity-mismatch",
    ],
  ])("of an immutable release %s is told so", async (_case, predicate, identity, reason) => {
    expect(judge(await sigstore.sign({ statement: aRelease(predicate), identity }))).toMatchObject({ reason });
  });

  it("by the release service about anything else is told so", async () => {
    const statement = aStatement({ digest: { sha256: digest } });
    expect(judge(await sigstore.sign({ statement, identity: releaseService })).reason).toBe("predicate-mismatch");
  });

  it("that signs a file instead of a statement is told so", async () => {
    expect(judge(await sigstore.sign({ artifact: "an asset" })).level).not.toBe("verified");
  });
});
