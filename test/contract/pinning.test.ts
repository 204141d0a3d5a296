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
    const pins = component.pins.flatMap((pin) => asPinning(pin) ?? []).filter(({ edits }) => edits.length > 0);
    return [...Map.groupBy(pins, (pin) => pin.text)].map(([text, members]) => ({ component, text, pins: members }));
  });
}

/** The pins of a file after some of them were pinned. */
function afterPinning(file: SourceText, { component, text, pins }: Pinnable): Pin[] {
  const [first] = pins;
  const version = first?.version ?? "";
  const tag = (first?.tagTemplate ?? "{version}").replace("{version}", version || text);
  const target = { version, tag, digest: DIGEST, ...(!isImage(component) && { commit: COMMIT }) };
  const outcome = rewrite({ files: [file], pins, target, discover });
  if (isFailure(outcome)) throw outcome;
  return [...discover([outcome.changes[0] ?? file]).pins];
}

function isImage({ upstream }: Component): boolean {
  return upstream.startsWith("pkg:docker/");
}

const samePlace = (pin: Pin) => (other: Pin) =>
  other.path === pin.path && other.line === pin.line && other.name === pin.name;

describe.each(FORMATS.map((format) => [format.id, format] as const))("places of the format %s", (_, format) => {
  const cases = fixturesOf(format).flatMap((file) =>
    pinnable(file).map((one) => ({ one, after: () => afterPinning(file, one) })),
  );

  it("that a name decides read as the same name with the digest or commit, once they are pinned, and nothing else changes", () => {
    for (const { one, after } of cases) {
      const pinned = after();
      for (const pin of one.pins) {
        const now = pinned.filter(samePlace(pin));
        const where = `${pin.path}:${pin.line} ${pin.name}`;
        expect(
          now.map(({ digest = "" }) => digest),
          where,
        ).toContain(isImage(one.component) ? DIGEST : COMMIT);
        expect(
          now.map(({ version }) => version),
          where,
        ).toContain(pin.version);
        const done = now.filter(({ digest }) => digest !== undefined);
        expect(done.map(asPinning), where).toEqual(done.map(() => undefined));
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
