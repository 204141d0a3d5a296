import { expect, it } from "vitest";
import { curated } from "../../../src/score/signals/curated.ts";
import { finding, points } from "../../support/signals.ts";

const badge = (name: string, word: string) => ({ body: { results: [{ name, badge: word }] } });
const answer = (url: string) => {
  if (url.endsWith("/library/debian")) return { body: "Tags: 13, trixie\nArchitectures: amd64\n" };
  if (url.includes("acme%2Fverified")) return badge("acme/verified", "verified_publisher");
  if (url.includes("acme%2Fsponsored")) return badge("acme/sponsored", "open_source");
  return url.includes("/api/search/") ? { body: { results: [] } } : { status: 404 };
};

it.each([
  ["pkg:docker/library/debian", 10],
  ["pkg:docker/debian", 10],
  ["pkg:docker/library/nothing", "not-applicable"],
  ["pkg:docker/acme/verified", 8],
  ["pkg:docker/acme/sponsored", 7],
  ["pkg:docker/acme/other", "not-applicable"],
  ["pkg:deb/debian/curl", 9],
])("%s: %s", async (purl, expected) => {
  expect(await points(curated, purl, { answer })).toBe(expected);
});

it("is unknown while the service that says so does not answer", async () => {
  for (const purl of ["pkg:docker/debian", "pkg:docker/acme/verified"]) {
    const found = await finding(curated, purl, { answer: () => ({ status: 502 }) });
    expect(found).toMatchObject({ outcome: "unknown", points: 0 });
  }
});
