import { createDepsDev } from "../../src/lib/facts/deps-dev.ts";
import { readProduct } from "../../src/lib/facts/end-of-life.ts";
import { createScorecards } from "../../src/lib/facts/scorecard.ts";
import { monthlyDownloads } from "../../src/lib/http/downloads.ts";
import { readDependencies, readFirstPublished, readInstallScripts } from "../../src/lib/packages/metadata.ts";
import { createPypiUpdates } from "../../src/lib/packages/pypi-updates.ts";
import { hubBadge, hubDescription, hubPulls } from "../../src/lib/registry/docker-hub-facts.ts";
import { recipeOf } from "../../src/lib/registry/official-images.ts";
import { NOW } from "../support/build.ts";
import { aPollContext } from "../support/poll-context.ts";
import { answering } from "./answering.ts";
import type { Target } from "./target.ts";

const NOWHERE = "https://nowhere.invalid";

const BODIES = [
  '{"responses":[{"request":{"projectKey":{"id":"github.com/acme/tool"}},"project":{"scorecard":{"date":"2026-01-01T00:00:00Z","checks":[{"name":"Maintained","score":10}]}}}],"nextPageToken":""}',
  '{"responses":[{"request":{"versionKey":{"system":"PYPI","name":"tool","version":"1.0"}},"version":{"attestations":[{"verified":true}],"relatedProjects":[{"projectKey":{"id":"github.com/acme/tool"},"relationProvenance":"SLSA_ATTESTATION"}]}}]}',
  '{"dependentCount":3,"directDependentCount":1}',
  '{"date":"2026-01-01","checks":[{"name":"Maintained","score":-1}]}',
  '{"result":{"label":"Debian","links":{"html":"https://x"},"releases":[{"name":"12","releaseDate":"2023-06-10","eolFrom":"2026-06-10","isEol":false}]}}',
  '{"data":{"last_month":5},"downloads":7}',
  '{"pull_count":9,"full_description":"# x","badge":"official"}',
  '<?xml version="1.0"?><rss><channel><item><title>tool 1.0</title><link>https://x/project/tool/1.0/</link><pubDate>Thu, 01 Jan 2026 00:00:00 GMT</pubDate></item></channel></rss>',
  "Maintainers: a\nGitCommit: 00\n\nTags: 1.0, latest\nDirectory: 1.0\n",
];

/** Services that tell about projects, packages and images without being their registry. */
export const FACTS: readonly Target[] = [
  {
    id: "facts",
    seeds: () => BODIES.map((body) => Buffer.concat([Buffer.from([1, 0]), Buffer.from(body)])),
    run: async (input) => {
      const fetcher = answering(input);
      const depsDev = createDepsDev(fetcher, NOWHERE);
      const version = { system: "PYPI", name: "tool", version: "1.0" };
      await depsDev.version(version);
      await depsDev.dependents(version);
      await createScorecards(fetcher, NOWHERE, { url: NOWHERE, scorecard: depsDev.scorecard })("acme/tool");
      await readProduct(fetcher, NOWHERE, "debian");
      await monthlyDownloads(fetcher, NOWHERE, "pypi");
      await monthlyDownloads(fetcher, NOWHERE, "npm");
      await hubPulls(fetcher, NOWHERE, "acme/tool");
      await hubDescription(fetcher, NOWHERE, "acme/tool");
      await hubBadge(fetcher, NOWHERE, "acme/tool");
      const updates = createPypiUpdates(fetcher, NOWHERE, () => NOW);
      await updates.named();
      await updates.silentSince("tool", NOW);
      const { urls } = aPollContext(fetcher);
      for (const purl of ["pkg:pypi/tool", "pkg:npm/tool", "pkg:cargo/tool", "pkg:gem/tool"]) {
        await readDependencies(fetcher, urls, purl, "1.0");
        await readInstallScripts(fetcher, urls, purl, "1.0");
        await readFirstPublished(fetcher, urls, purl, "other");
      }
      recipeOf(Buffer.from(input.subarray(2)).toString("utf8"), "1.0");
    },
  },
];
