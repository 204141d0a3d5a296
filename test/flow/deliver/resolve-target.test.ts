import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { checksumSource } from "../../../src/domain/checksum.ts";
import { evidenceFor, type SignatureEvidence } from "../../../src/domain/evidence.ts";
import { DAY, plus } from "../../../src/domain/instant.ts";
import { toComponents } from "../../../src/domain/pin.ts";
import type { Release } from "../../../src/domain/release.ts";
import type { FlowContext } from "../../../src/flow/context.ts";
import { resolveTarget } from "../../../src/flow/deliver/resolve-target.ts";
import { Failure, isFailure } from "../../../src/lib/failure.ts";
import { rewrite } from "../../../src/lib/rewrite.ts";
import { aCandidate, aRelease, NOW } from "../../support/build.ts";
import { anyUrls } from "../../support/urls.ts";

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

it("takes the checksum of the file at the new commit where a commit is what moves", async () => {
  const [was, now] = ["a", "b"].map((digit) => digit.repeat(40)) as [string, string];
  const text = `FROM a:1\nADD --checksum=sha256:${OLD} https://github.com/o/r/archive/${was}.tar.gz /\n`;
  const tree = [{ path: "Dockerfile", text }];
  const component = toComponents("p", discover(tree).pins).find(({ upstream }) => upstream === "pkg:github/o/r");
  if (component === undefined) throw new Error("nothing is pinned");
  const to = aRelease({
    upstream: component.upstream,
    version: now,
    commit: now,
    assets: [asset(`${now}.tar.gz`, NEW)],
  });
  const target = await resolveTarget(nothing, aCandidate({ component, to }));
  if (isFailure(target)) throw target;
  const moved = rewrite({ files: tree, pins: component.pins, target, discover });
  if (isFailure(moved)) throw moved;
  expect(moved.changes.map((file) => file.text)).toEqual([text.replace(was, now).replace(OLD, NEW)]);
});

describe("a signed list of checksums", () => {
  const tree = [
    {
      path: "Dockerfile",
      text: `FROM a:1\nENV V=1.0.0\nRUN curl -o x https://github.com/o/r/releases/download/v$V/tool.tar.gz && echo "${OLD}  x" | sha256sum -c\n`,
    },
  ];
  const listed = (hex: string, given: Partial<SignatureEvidence> = {}) => ({
    ...evidenceFor("openpgp", "verified", {
      ...{ subject: "tool.tar.gz", subjectDigest: `sha256:${hex}`, listedIn: "SHA256SUMS", observedAt: NOW },
      identity: { keyId: "0A1B2C3D" },
    }),
    ...given,
  });
  /** The host answers nothing: what is asked of it fails. */
  const silent = { fetcher: { fetch: async () => new Failure("unavailable", "no network") }, largestDownload: 1 };
  const resolve = (proofs: SignatureEvidence[], given: Partial<Release> = {}, readAt = NOW) => {
    const [component] = toComponents(
      "p",
      discover(tree).pins.filter(({ edits }) => edits.some(({ role }) => role === "checksum")),
    );
    if (component === undefined) throw new Error("no checksum is linked");
    const sources = { proofs: { kind: "signatures", locator: component.upstream, fetchedAt: readAt } };
    const to = aRelease({
      ...{ upstream: component.upstream, version: "1.1.0", tag: "v1.1.0", contentFirstSeenAt: NOW },
      ...{ evidence: { proofs, sources }, ...given },
    });
    return resolveTarget({ ...nothing, ...silent } as unknown as FlowContext, aCandidate({ component, to }));
  };
  const saidBy = async (asked: ReturnType<typeof resolve>) => {
    const target = await asked;
    return isFailure(target)
      ? `${target.code}: ${target.message}`
      : target.checksums.map(({ hex, from }) => [hex, from]);
  };

  it("gives the checksum without a download, and says whose word it is", async () => {
    const target = await resolve([listed(NEW)]);
    if (isFailure(target)) throw target;
    expect(target.checksums).toMatchObject([{ hex: NEW, from: "signed" }]);
    const [checksum] = target.checksums;
    expect(checksum && checksumSource(checksum)).toBe("SHA256SUMS, signature by key 0A1B2C3D verified");
  });

  it("counts only while its signature is verified and about the release as it is now", async () => {
    const { level: _, ...unverified } = { ...listed(NEW), reason: "no-key" as const };
    expect(await saidBy(resolve([{ ...unverified, level: "present" }]))).toMatch(/^unavailable/);
    expect(await saidBy(resolve([listed(NEW, { subject: "other.tar.gz" })]))).toMatch(/^unavailable/);
    expect(await saidBy(resolve([listed(NEW)], {}, plus(NOW, -DAY)))).toMatch(/^unavailable/);
  });

  it("that states another checksum than the host, or than another list, stops the change", async () => {
    const assets = [asset("tool.tar.gz", NEWER)];
    expect(await saidBy(resolve([listed(NEW)], { assets }))).toMatch(/^conflict: tool.tar.gz has another checksum/);
    expect(await saidBy(resolve([listed(NEW), listed(NEWER)]))).toMatch(/^conflict: Signed lists/);
    expect(await saidBy(resolve([], { assets }))).toEqual([[NEWER, "published"]]);
  });
});
