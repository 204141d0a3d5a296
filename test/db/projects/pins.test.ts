import { describe, expect, it } from "vitest";
import { pinsOf, replacePins, watchedUpstreams } from "../../../src/db/projects/pins.ts";
import { ensureProjects } from "../../../src/db/projects/projects.ts";
import type { Pin } from "../../../src/domain/pin.ts";
import { aPin, aProject, NOW } from "../../support/build.ts";
import { STORES } from "../../support/database.ts";
import { useStore } from "../../support/store.ts";

const TOOL = "pkg:github/example/tool";

describe.each(STORES)("pins, on the %s store", (kind) => {
  const store = useStore(kind, (db) => ensureProjects(db, [aProject()], NOW));

  const pin = (pins: readonly Partial<Pin>[], project = "example") =>
    replacePins(store.db, project, { commit: "c0ffee", pins: pins.map(aPin), problems: [] }, NOW);

  it("are replaced as a whole, and come back exactly as they were read", async () => {
    await pin([{ line: 1 }, { line: 2 }]);
    const read = [aPin({ line: 9, variant: "slim", word: { kind: "hold", reason: "breaks" } }), aPin({ line: 3 })];
    await pin(read);
    expect(await pinsOf(store.db, "example")).toEqual(read);
  });

  it("say which names of an upstream are pinned, and under which templates", async () => {
    await ensureProjects(store.db, [aProject("other")], NOW);
    await pin([
      { text: "1.0.0", tagTemplate: "v{version}" },
      { text: "v2.0.0", version: "2.0.0", tagTemplate: "v{version}" },
      { text: ">=1.0", precision: "range", tagTemplate: "v{version}" },
      { text: "a".repeat(40), version: "", tagTemplate: "v{version}" },
      { upstream: "pkg:docker/library/debian", text: "13-slim", version: "13", variant: "slim" },
      { upstream: "pkg:docker/own/image", own: true },
      { upstream: "pkg:docker/ignored/image", word: { kind: "ignore" } },
    ]);
    await pin([{ text: "1.0.0", tagTemplate: "v{version}" }], "other");
    const debian = { purl: "pkg:docker/library/debian", pinnedRefs: ["13-slim"], tagTemplates: [] };
    const tool = { purl: TOOL, pinnedRefs: ["v1.0.0", "v2.0.0"], tagTemplates: ["v{version}"] };
    expect(await watchedUpstreams(store.db)).toEqual([debian, tool]);
    expect(await watchedUpstreams(store.db, [TOOL])).toEqual([tool]);
  });
});
