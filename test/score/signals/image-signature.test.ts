import { expect, it } from "vitest";
import { Failure } from "../../../src/lib/failure.ts";
import { imageSignature } from "../../../src/score/signals/image-signature.ts";
import { aRelease, NOW } from "../../support/build.ts";
import { finding, points } from "../../support/signals.ts";

const digest = `sha256:${"a".repeat(64)}`;
const image = aRelease({ version: "1.0", upstream: "pkg:docker/acme/tool", digests: { index: digest } });
const proof = { kind: "cosign", subject: digest, level: "verified", reason: "verified", at: NOW };

function world(kinds: readonly string[] | Failure, releases = [image]) {
  const unasked = async () => new Failure("not-checked", "not asked");
  return {
    releases,
    registry: {
      tags: unasked,
      digest: unasked,
      content: unasked,
      attached: async () => kinds,
      announce: () => undefined,
    },
  };
}

it.each([
  [[], 0],
  [["sig"], 4],
  [["att", "bundle"], 4],
  [new Failure("unauthorized", "the registry refuses"), "unknown"],
])("%j beside the image is worth %s", async (kinds, expected) => {
  expect(await points(imageSignature, "pkg:docker/acme/tool", world(kinds))).toBe(expected);
});

it.each([
  ["by a key", {}, 0.8],
  ["by a certificate that names a repository", { identity: { repository: "https://github.com/acme/tool" } }, 1],
])("a signature that was verified %s", async (_, given, worth) => {
  const proofs = [{ ...proof, ...given } as never];
  const found = await finding(
    imageSignature,
    "pkg:docker/acme/tool",
    world(["sig"], [{ ...image, evidence: { proofs } }]),
  );
  expect(found).toMatchObject({ points: worth, reason: "The image 1.0 carries a signature that was verified." });
});

it("without a digest nothing can be looked at", async () => {
  expect(await points(imageSignature, "pkg:docker/acme/tool", world([], [aRelease()]))).toBe("unknown");
});
