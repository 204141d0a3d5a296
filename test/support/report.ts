import { type Component, toComponents } from "../../src/domain/pin.ts";
import { type ReportedProject, type ReportMaterial, toReportedComponent } from "../../src/domain/report.ts";
import { aComponent, anAdvisory, anAlert, aPin, NOW } from "./build.ts";

/** A project as reports show it, with components of the given pins. */
export function aReportedProject(
  given: Partial<ReportedProject> & { of?: readonly Component[] } = {},
): ReportedProject {
  const { of = [aComponent()], ...rest } = given;
  const components = of.map(toReportedComponent);
  return {
    id: "example",
    components,
    advisories: [],
    alerts: [],
    ending: [],
    updates: [],
    standings: [],
    notChecked: [],
    unlisted: [],
    ...rest,
  };
}

/** What reports are written from: one project unless others are given. */
export function aMaterial(given: Partial<ReportMaterial> = {}): ReportMaterial {
  return {
    at: NOW,
    version: "0.1.0",
    origin: "store",
    period: { from: "2026-10-21T12:00:00.000Z", until: NOW },
    projects: [aReportedProject()],
    ...given,
  };
}

/** One project with something of everything: drift, an open place, a digest, a lock, an advisory, an alert, an end. */
export function aFullMaterial(): ReportMaterial {
  const pins = [
    aPin({ path: "a/Dockerfile", line: 3, text: "1.0.0" }),
    aPin({ path: "b/Dockerfile", line: 9, text: "1.1.0" }),
    aPin({ upstream: "pkg:docker/library/debian", text: "13-slim", path: "a/Dockerfile", line: 1, name: "debian" }),
    aPin({
      ...{ upstream: "pkg:docker/ns/tool?repository_url=ghcr.io", text: "v2", name: "ghcr.io/ns/tool" },
      ...{ path: "docker compose.yml", line: 4, digest: `sha256:${"ab".repeat(32)}` },
    }),
    aPin({
      ...{ upstream: "pkg:githubactions/actions/checkout", text: "f".repeat(40), version: "v4.2.1", name: "checkout" },
      ...{ path: ".github/workflows/build.yml", line: 12, digest: "f".repeat(40) },
    }),
    aPin({
      upstream: "pkg:pypi/requests",
      text: "",
      precision: "floating",
      path: "requirements.txt",
      name: "requests",
    }),
    aPin({ upstream: "pkg:pypi/attrs", text: ">=1", precision: "range", path: "pyproject.toml", lockedBy: "uv.lock" }),
  ];
  const of = toComponents("example", pins);
  const plain = aReportedProject({ of });
  const tool = plain.components[0];
  if (tool === undefined) throw new Error("there is no component");
  const move = { candidate: "0123456789ab", version: "2.0.0", verdict: "wait" } as const;
  const first = {
    ...tool,
    licence: { id: "Apache-2.0", repository: "example/tool", claimed: false },
    trust: { value: 8.2, coverage: 0.9, band: "strong" },
    next: move,
    versions: tool.versions.map((version, index) => ({
      ...version,
      release: {
        notesUrl: "https://github.com/example/tool/releases/tag/v1.0.0",
        files: [
          {
            name: "tool.tar.gz",
            url: "https://github.com/example/tool/tool.tar.gz",
            digest: `sha256:${"cd".repeat(32)}`,
          },
        ],
        ...(index === 0 && { proof: "none" as const }),
      },
    })),
  };
  const advisory = anAdvisory({ url: "https://github.com/advisories/GHSA-aaaa-bbbb-cccc", exploited: true });
  const about = { component: tool.key, upstream: tool.upstream, version: "1.0.0", advisory };
  return aMaterial({
    projects: [
      {
        ...plain,
        repository: "https://github.com/example/suite",
        commit: "e".repeat(40),
        branch: "main",
        components: [first, ...plain.components.slice(1)],
        advisories: [{ ...about, since: NOW, dueAt: "2026-11-23T12:00:00.000Z", overdue: false, fix: move }],
        alerts: [anAlert({ places: [{ path: "a/Dockerfile", line: 3 }] })],
        ending: [
          {
            ...{ project: "example", upstream: "pkg:docker/library/debian", subject: "Debian 13", ended: true },
            ...{ supported: ["14"], url: "https://endoflife.date/debian", places: [{ path: "a/Dockerfile", line: 1 }] },
          },
        ],
        updates: [{ upstream: tool.upstream, from: ["0.9.0"], to: "1.0.0", tag: "v1.0.0", at: NOW }],
        notChecked: [{ subject: "requests", reason: "the index [could] not be {reached}" }],
      },
    ],
  });
}
