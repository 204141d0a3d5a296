import { expect, it } from "vitest";
import { dependents } from "../../../src/score/signals/dependents.ts";
import { downloads } from "../../../src/score/signals/downloads.ts";
import { registryProvenance } from "../../../src/score/signals/registry-provenance.ts";
import { aRelease, NOW } from "../../support/build.ts";
import { aScoreContext } from "../../support/score.ts";
import { finding, points } from "../../support/signals.ts";
import { anyUrls } from "../../support/urls.ts";

const answer = (url: string) => {
  if (url.startsWith("https://pypistats.org/api/packages/tool")) return { body: { data: { last_month: 10_000_000 } } };
  if (url.startsWith("https://api.npmjs.org/downloads")) return { body: { downloads: 3_162 } };
  if (url.endsWith("/v2/repositories/library/debian")) return { body: { pull_count: 1_000_000_000 } };
  return url.endsWith("/silent/image") ? { body: {} } : { status: 404 };
};

it.each([
  ["pkg:pypi/tool", 10],
  ["pkg:npm/tool", 5],
  ["pkg:docker/debian", 10],
  ["pkg:docker/library/debian", 10],
  ["pkg:docker/silent/image", "unknown"],
  ["pkg:pypi/nobody", "unknown"],
])("%s: %s", async (purl, expected) => {
  expect(await points(downloads, purl, { answer })).toBe(expected);
});

it("a service that does not answer leaves it unknown, with the reason", async () => {
  const found = await finding(downloads, "pkg:pypi/tool", { answer: () => ({ status: 503 }) });
  expect(found).toMatchObject({ outcome: "unknown", points: 0, reason: expect.stringContaining("503") });
});

it("private packages and kinds that nobody counts are not asked about", () => {
  const purls = [
    "pkg:golang/example.org/x",
    "pkg:pypi/x?repository_url=https://i.example",
    "pkg:docker/x?repository_url=quay.io",
  ];
  expect(purls.filter(downloads.appliesTo)).toEqual([]);
});

it("a package of one's own is told to nobody outside", async () => {
  const asked: string[] = [];
  const context = aScoreContext({
    answer: (url) => {
      asked.push(url);
      return { status: 404 };
    },
  });
  const urls = anyUrls({ pypi: { url: "https://pypi.org", private: { "acme-*": "https://packages.example/simple" } } });
  const depsDev = { version: unexpected, dependents: unexpected };
  for (const signal of [downloads, dependents, registryProvenance]) {
    const collected = await signal.collect("pkg:pypi/acme-tool", {
      ...context,
      urls,
      depsDev,
      releasesOf: () => [aRelease()],
    });
    expect(signal.judge(collected, NOW)).toMatchObject({
      outcome: "unknown",
      reason: expect.stringContaining("private"),
    });
  }
  expect(asked).toEqual([]);
});

const unexpected = () => Promise.reject(new Error("deps.dev was asked about a private package"));
