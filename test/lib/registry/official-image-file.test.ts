import { expect, it } from "vitest";
import { readOfficialImage } from "../../../src/lib/registry/official-image-file.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { startTrustData } from "../../upstreams/trust-data.ts";

it("an official image has the tags of its file, folded lines included; others have none", async () => {
  const service = await startTrustData({ officialImages: { debian: ["13", "trixie", "latest"] } });
  const fetcher = aFetcher([service], { retries: 0 });
  const read = (name: string) => readOfficialImage(fetcher, service.url, name);
  expect(await read("debian")).toEqual({
    tags: ["13", "trixie", "latest"],
    repository: "https://github.com/docker-library/debian.git",
  });
  expect(await read("nothing")).toBeUndefined();
  expect(await read("../projects/x")).toBeUndefined();
  service.fail(() => true, { body: "<!DOCTYPE html>" });
  expect(await read("debian")).toMatchObject({ code: "unreadable" });
  service.heal();
  service.fail(() => true, { status: 500 });
  expect(await read("debian")).toMatchObject({ code: "unavailable" });
  await fetcher.close();
  await service.close();
});
