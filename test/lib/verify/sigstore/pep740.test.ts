import { beforeAll, describe, expect, it } from "vitest";
import { pep740Evidence } from "../../../../src/lib/verify/sigstore/pep740.ts";
import { NOW } from "../../../support/build.ts";
import {
  aProvenance,
  aSigstore,
  aStatement,
  hexOf,
  type TestSigstore,
  workflowIdentity,
} from "../../../support/sigstore.ts";

const file = { name: "tool-1.2.0-py3-none-any.whl", sha256: hexOf("a wheel") };
const publisher = {
  kind: "GitHub",
  repository: "acme/tool",
  workflow: "release.yml",
  environment: "pypi",
  claims: null,
};
const PUBLISH = "https://docs.pypi.org/attestations/publish/v1";
const statement = aStatement({ name: file.name, digest: { sha256: file.sha256 }, predicateType: PUBLISH });

let sigstore: TestSigstore;
beforeAll(async () => {
  sigstore = await aSigstore();
});

const judge = (provenance: unknown) => pep740Evidence(provenance, file, { roots: sigstore.roots }, NOW);

describe("the provenance of a file on PyPI", () => {
  it("is verified, with publisher, ref, commit and time", async () => {
    expect(judge(aProvenance(publisher, await sigstore.sign({ statement })))).toMatchObject([
      {
        kind: "pep740",
        level: "verified",
        subject: file.name,
        subjectDigest: `sha256:${file.sha256}`,
        predicateType: PUBLISH,
        identity: {
          repository: "https://github.com/acme/tool",
          workflow: ".github/workflows/release.yml",
          environment: "pypi",
          ref: "refs/tags/v1.2.0",
          runner: "github-hosted",
        },
        signedAt: expect.stringMatching(/^20/),
        observedAt: NOW,
      },
    ]);
  });

  it("is verified for GitLab and for a Google account", async () => {
    const gitLab = {
      subject: "https://gitlab.com/acme/tool//.gitlab-ci.yml@refs/heads/main",
      claims: {
        8: "https://gitlab.com",
        12: "https://gitlab.com/acme/tool",
        14: "refs/heads/main",
        18: "https://gitlab.com/acme/tool//.gitlab-ci.yml@refs/heads/main",
      },
    };
    const google = { subject: "release@acme.example", claims: { 8: "https://accounts.google.com" } };
    const [onGitLab, byGoogle] = await Promise.all([
      sigstore.sign({ statement, identity: gitLab }),
      sigstore.sign({ statement, identity: google }),
    ]);
    const gitLabPublisher = { kind: "GitLab", repository: "acme/tool", workflow_filepath: ".gitlab-ci.yml" };
    expect(judge(aProvenance(gitLabPublisher, onGitLab))[0]?.reason).toBe("verified");
    expect(judge(aProvenance({ kind: "Google", email: "release@acme.example" }, byGoogle))[0]?.reason).toBe("verified");
    expect(judge(aProvenance({ kind: "Google", email: "other@acme.example" }, byGoogle))[0]?.reason).toBe(
      "identity-mismatch",
    );
  });

  it("gives one proof per attestation", async () => {
    const provenance = aStatement({ name: file.name, digest: { sha256: file.sha256 } });
    const bundles = await Promise.all([sigstore.sign({ statement }), sigstore.sign({ statement: provenance })]);
    const proofs = judge(aProvenance(publisher, ...bundles));
    expect(proofs.map(({ predicateType }) => predicateType)).toEqual([PUBLISH, "https://slsa.dev/provenance/v1"]);
    expect(proofs.map(({ level }) => level)).toEqual(["verified", "verified"]);
  });

  it.each([
    ["of another file", { digest: { sha256: hexOf("another wheel") }, name: file.name }, {}, "subject-mismatch"],
    ["of another file name", { digest: { sha256: file.sha256 }, name: "tool-1.2.1.whl" }, {}, "subject-mismatch"],
    [
      "of another kind",
      { digest: { sha256: file.sha256 }, name: file.name, predicateType: "https://example.org/x" },
      {},
      "predicate-mismatch",
    ],
    ["for another repository", undefined, { repository: "evil/tool" }, "identity-mismatch"],
    ["for another workflow", undefined, { workflow: "other.yml" }, "identity-mismatch"],
    ["for a publisher nobody knows yet", undefined, { kind: "NewForge" }, "unsupported"],
  ] as const)("%s is told so", async (_case, about, named, reason) => {
    const bundle = await sigstore.sign({ statement: about === undefined ? statement : aStatement(about) });
    expect(judge(aProvenance({ ...publisher, ...named }, bundle))[0]).toMatchObject({ reason });
  });

  it("signed by a workflow of another repository is told so", async () => {
    const bundle = await sigstore.sign({ statement, identity: workflowIdentity("evil/tool") });
    expect(judge(aProvenance(publisher, bundle))[0]).toMatchObject({
      reason: "identity-mismatch",
      level: "invalid",
      identity: { repository: "https://github.com/evil/tool" },
    });
  });

  it("whose statement was changed is told so", async () => {
    const bundle = await sigstore.sign({ statement });
    const changed = aStatement({ name: file.name, digest: { sha256: hexOf("x") }, predicateType: PUBLISH });
    if (bundle.dsseEnvelope) bundle.dsseEnvelope.payload = Buffer.from(JSON.stringify(changed)).toString("base64");
    expect(judge(aProvenance(publisher, bundle))[0]?.reason).toBe("signature-mismatch");
  });

  it.each([[undefined], ["text"], [{ version: 2, attestation_bundles: [] }], [{ version: 1 }]])(
    "that is none is malformed: %j",
    (provenance) => {
      expect(judge(provenance)).toMatchObject([{ reason: "malformed", level: "invalid" }]);
    },
  );

  it("with a broken attestation is malformed, with none there is none", () => {
    const bundles = [{ publisher, attestations: [{ version: 1 }] }];
    expect(judge({ version: 1, attestation_bundles: bundles })[0]?.reason).toBe("malformed");
    expect(judge({ version: 1, attestation_bundles: [] })[0]?.reason).toBe("none");
  });
});
