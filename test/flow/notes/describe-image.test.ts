import { afterEach, describe, expect, it } from "vitest";
import { watchedUpstreams } from "../../../src/db/projects/pins.ts";
import { DAY, HOUR, plus } from "../../../src/domain/instant.ts";
import { deliverProject } from "../../../src/flow/deliver/deliver-project.ts";
import { pollUpstreams } from "../../../src/flow/poll/poll-upstreams.ts";
import { WATCHED } from "../../demo/world.ts";
import { type Suite, startSuite } from "../../support/suite.ts";
import { pushCommit } from "../../upstreams/github/builders.ts";
import { findRepository, type Repository } from "../../upstreams/github/world.ts";
import { digestOf } from "../../upstreams/oci/manifests.ts";
import { attachArtifact, type OciTag, pushImage } from "../../upstreams/oci/world.ts";

let suite: Suite;
afterEach(() => suite.close());

async function look(pause: number): Promise<void> {
  suite.days.now = plus(suite.days.now, pause);
  await pollUpstreams(suite.flow, await watchedUpstreams(suite.flow.db));
  const [project] = suite.flow.projects;
  if (project === undefined) throw new Error("nothing is watched");
  await deliverProject(suite.flow, project);
}

/** The watched repository with a file that pins an image at what its tag stands for. */
async function pinnedAt(image: OciTag): Promise<Repository> {
  suite = await startSuite();
  const [owner = "", name = ""] = WATCHED.split("/");
  const repository = findRepository(suite.world.github, owner, name);
  if (repository === undefined) throw new Error("the watched repository is gone");
  pushImage(suite.world.other, "team/tool", "1.0", image);
  pushImage(suite.world.other, "team/tool", "archive", image); // the old content stays there under its digest
  const text = `services:\n  tool:\n    image: registry.example/team/tool:1.0@${digestOf(image)}\n`;
  pushCommit(suite.world.github, repository, { message: "a tool", files: { "tool/docker-compose.yml": text } });
  await look(HOUR);
  return repository;
}

/** The text of the pull request that takes what the tag stands for now. */
async function proposedAfter(repository: Repository, rebuilt: OciTag): Promise<string> {
  pushImage(suite.world.other, "team/tool", "1.0", rebuilt);
  await look(DAY);
  await look(30 * DAY);
  const pull = repository.pullRequests.find(({ title }) => /team\/tool/.test(title));
  return pull?.body ?? "no pull request is about it";
}

const created = "2026-11-01T00:00:00Z";

describe("a rebuilt image", () => {
  it("is proposed with the packages that changed, by the list that BuildKit attached to both contents", async () => {
    const packages = { openssl: "3.0.15-1", zlib: "1.3.1", curl: "8.10.0" };
    const repository = await pinnedAt({ content: "old", config: { created }, packages });
    const body = await proposedAfter(repository, {
      content: "new",
      config: { created: "2026-11-20T00:00:00Z" },
      packages: { openssl: "3.0.16-1", zlib: "1.3.1", jq: "1.8.0" },
    });
    expect(body).toContain("its content was built again");
    expect(body).toMatch(/1 changed:\S*\s+- `openssl` 3\.0\.15-1 → 3\.0\.16-1/);
    expect(body).toMatch(/1 added:\S*\s+- `jq` 1\.8\.0/);
    expect(body).toMatch(/1 removed:\S*\s+- `curl`/);
    expect(body).not.toContain("zlib");
    expect(body).toMatch(
      /`tool\/docker-compose\.yml:3` \| `[^`]+` \| `sha256:[0-9a-f]{12}` \| `sha256:[0-9a-f]{12}` \|/,
    );
  });

  it("is proposed with them by lists that refer to it, where BuildKit attached none", async () => {
    const single = (content: string): OciTag => ({ content, config: { created }, multiPlatform: false });
    const list = (version: string) => ({
      artifactType: "application/spdx+json",
      layers: [
        {
          content: JSON.stringify({ spdxVersion: "SPDX-2.3", packages: [{ name: "openssl", versionInfo: version }] }),
          mediaType: "application/spdx+json",
        },
      ],
    });
    const repository = await pinnedAt(single("old"));
    const attach = (image: OciTag, version: string) =>
      attachArtifact(suite.world.other, "team/tool", list(version), { refersTo: digestOf(image) });
    attach(single("old"), "3.0.15-1");
    attach(single("new"), "3.0.16-1");
    expect(await proposedAfter(repository, single("new"))).toMatch(/- `openssl` 3\.0\.15-1 → 3\.0\.16-1/);
  });
});
