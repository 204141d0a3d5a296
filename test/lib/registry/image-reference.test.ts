import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseImageReference } from "../../../src/lib/registry/image-reference.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

describe("an image reference", () => {
  it.each([
    ["debian", "docker.io", "library/debian", undefined, undefined],
    ["debian:13-slim", "docker.io", "library/debian", "13-slim", undefined],
    ["library/debian:13", "docker.io", "library/debian", "13", undefined],
    ["docker.io/debian", "docker.io", "library/debian", undefined, undefined],
    ["index.docker.io/owner/name:1", "docker.io", "owner/name", "1", undefined],
    ["owner/name", "docker.io", "owner/name", undefined, undefined],
    ["ghcr.io/owner/deep/name:v1", "ghcr.io", "owner/deep/name", "v1", undefined],
    ["localhost/name", "localhost", "name", undefined, undefined],
    ["Registry.example:5000/name:1.0", "registry.example:5000", "name", "1.0", undefined],
    ["registry.example:5000/name", "registry.example:5000", "name", undefined, undefined],
    [`name:1@${DIGEST}`, "docker.io", "library/name", "1", DIGEST],
    [`quay.io/o/n@${DIGEST}`, "quay.io", "o/n", undefined, DIGEST],
  ])("%s", (text, host, repository, tag, digest) => {
    const image = parseImageReference(text);
    expect(image).toMatchObject({ host, repository });
    expect([image?.tag?.text, image?.digest?.text]).toEqual([tag, digest]);
  });

  it.each(["", ":1", "Name", "a b", "a//b", "a:", "a:b:c", "a@sha256:short", "-a", "a/", "/a", `a:${"1".repeat(129)}`])(
    "is not %j",
    (text) => expect(parseImageReference(text)).toBeUndefined(),
  );

  it("says of each part where it stands", () => {
    const text = `ghcr.io/o/n:1.2@${DIGEST}`;
    const image = parseImageReference(text);
    for (const part of [image?.name, image?.tag, image?.digest]) {
      expect(text.slice(part?.start, part?.end)).toBe(part?.text);
    }
  });

  it("never fails, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."aA1.:/@-_ ") }), (text) => {
        const image = parseImageReference(text);
        if (image !== undefined) expect(text.startsWith(image.name.text)).toBe(true);
      }),
    );
  });
});
