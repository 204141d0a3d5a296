import { expect, it } from "vitest";
import { discover } from "../../src/discover/discover.ts";
import { toComponents } from "../../src/domain/pin.ts";
import type { FlowContext } from "../../src/flow/context.ts";
import { resolveTarget } from "../../src/flow/resolve-target.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { rewrite } from "../../src/lib/rewrite.ts";
import { aCandidate, aRelease } from "../support/build.ts";
import { anyUrls } from "../support/urls.ts";

const [OLD, OTHER, NEW, NEWER] = ["1", "2", "3", "4"].map((digit) => digit.repeat(64)) as [
  string,
  string,
  string,
  string,
];
const asset = (name: string, hex: string) => ({ name, digest: `sha256:${hex}` });
const files = [{ path: "requirements.txt", text: `idna==3.11 --hash=sha256:${OLD} \\\n    --hash=sha256:${OTHER}\n` }];

/** Nothing outside may be asked: a context of addresses, without a client. */
const nothing = { urls: anyUrls() } as FlowContext;

function candidateOf(tree: typeof files, assets: ReturnType<typeof asset>[], version: string) {
  const [component] = toComponents("p", discover(tree).pins);
  if (component === undefined) throw new Error("nothing is pinned");
  return aCandidate({ component, to: aRelease({ upstream: component.upstream, version, assets }) });
}

it("replaces every hash of a requirement by those of the new version's files", async () => {
  const candidate = candidateOf(files, [asset("idna-3.12.tar.gz", NEWER), asset("idna-3.12-any.whl", NEW)], "3.12");
  const target = await resolveTarget(nothing, candidate);
  if (isFailure(target)) throw target;
  const moved = rewrite({ files, pins: candidate.component.pins, target, discover });
  if (isFailure(moved)) throw moved;
  expect(moved.changes.map(({ text }) => text)).toEqual([
    `idna==3.12 --hash=sha256:${NEW} \\\n    --hash=sha256:${NEWER}\n`,
  ]);
});

it.each([
  ["the version has another number of files", files, [asset("idna-3.12.tar.gz", NEW)], /has 1 files .* 2 are written/],
  [
    "the file of a checksum depends on the machine",
    [
      {
        path: "Dockerfile",
        text: `FROM a:1\nENV V=1.0.0\nRUN curl -o x https://github.com/o/r/releases/download/v$V/x-\${ARCH} && echo "${OLD}  x" | sha256sum -c\n`,
      },
    ],
    [],
    /depends on \$\{ARCH\}/,
  ],
] as const)("says why it cannot where %s", async (_, tree, assets, message) => {
  const pins = discover(tree).pins.filter(({ edits }) => edits.some(({ role }) => role === "checksum"));
  const [component] = toComponents("p", pins);
  if (component === undefined) throw new Error("no checksum is linked");
  const to = aRelease({ upstream: component.upstream, version: "3.12", assets });
  const target = await resolveTarget(nothing, aCandidate({ component, to }));
  expect(isFailure(target) ? target.message : "resolved").toMatch(message);
});
