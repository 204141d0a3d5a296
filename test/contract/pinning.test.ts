import { describe, expect, it } from "vitest";
import { discover, type SourceText } from "../../src/discover/discover.ts";
import { FORMATS } from "../../src/discover/formats.ts";
import { asPinning, type Component, type Pin, toComponents } from "../../src/domain/pin.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { rewrite } from "../../src/lib/rewrite.ts";
import { fixturesOf } from "../discover/support.ts";

const COMMIT = "9".repeat(40);
const DIGEST = `sha256:${"8".repeat(64)}`;

type Pinnable = { readonly component: Component; readonly text: string; readonly pins: readonly Pin[] };

/** Places of one component that one name decides, with the edits that pin them. */
function pinnable(file: SourceText): Pinnable[] {
  return toComponents("p", discover([file]).pins).flatMap((component) => {
    const pins = component.pins.flatMap((pin) => asPinning(pin) ?? []);
    return [...Map.groupBy(pins, (pin) => pin.text)].map(([text, members]) => ({ component, text, pins: members }));
  });
}

describe.each(FORMATS.map((format) => [format.id, format] as const))("places of the format %s", (_, format) => {
  it("that a name decides read as the same name with the digest or commit, once they are pinned, and nothing else changes", () => {
    for (const file of fixturesOf(format)) {
      for (const { component, text, pins } of pinnable(file)) {
        const [first] = pins;
        const isImage = component.upstream.startsWith("pkg:docker/");
        const version = first?.version ?? "";
        const tag = (first?.tagTemplate ?? "{version}").replace("{version}", version || text);
        const target = { version, tag, digest: DIGEST, ...(!isImage && { commit: COMMIT }) };
        const outcome = rewrite({ files: [file], pins, target, discover });
        if (isFailure(outcome)) throw outcome;
        const after = discover([outcome.changes[0] ?? file]).pins;
        for (const pin of pins) {
          const now = after.filter((one) => one.path === pin.path && one.line === pin.line && one.name === pin.name);
          const where = `${pin.path}:${pin.line} ${pin.name}`;
          expect(
            now.map((one) => one.digest ?? ""),
            where,
          ).toContain(isImage ? DIGEST : COMMIT);
          if (isImage)
            expect(
              now.map((one) => one.version),
              where,
            ).toContain(pin.version);
          expect(
            now.flatMap((one) => (one.digest === undefined ? [] : (asPinning(one) ?? []))),
            where,
          ).toEqual([]);
        }
      }
    }
  });
});

it("holds for the kinds of files that name images and actions, so that silence means something", () => {
  const formats = FORMATS.filter((format) => fixturesOf(format).some((file) => pinnable(file).length > 0));
  expect(formats.map(({ id }) => id)).toEqual(
    expect.arrayContaining(["dockerfile", "compose", "kubernetes", "github-actions", "gitlab-ci"]),
  );
});
