import { afterAll, beforeAll, expect, it } from "vitest";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import { downloadsUrl, monthlyDownloads } from "../../../src/lib/http/downloads.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { anyUrls } from "../../support/urls.ts";
import type { StandIn } from "../../upstreams/stand-in.ts";
import { startTrustData, trustUrls } from "../../upstreams/trust-data.ts";

let service: StandIn;
let fetcher: Fetcher;
beforeAll(async () => {
  service = await startTrustData({ downloads: { "pypi/requests": 300, "npm/@acme/tool": 7 } });
  fetcher = aFetcher([service], { retries: 0 });
});
afterAll(async () => {
  await fetcher.close();
  await service.close();
});

it.each([
  ["pypi", "requests", 300],
  ["npm", "@acme/tool", 7],
])("%s %s was downloaded %i times in a month", async (type, name, expected) => {
  const url = downloadsUrl(anyUrls(trustUrls(service.url)), type, name) ?? "";
  expect(await monthlyDownloads(fetcher, url, type)).toBe(expected);
});

it("what nobody counts has no address, and what is not there is not zero", async () => {
  const urls = anyUrls(trustUrls(service.url));
  expect(downloadsUrl(urls, "golang", "example.org/x")).toBeUndefined();
  expect(await monthlyDownloads(fetcher, downloadsUrl(urls, "pypi", "nothing") ?? "", "pypi")).toMatchObject({
    code: "not-found",
  });
});
