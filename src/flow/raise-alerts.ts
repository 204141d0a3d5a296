import type { ReleaseChange } from "../db/merge-release.ts";
import { pinsOf, projectsPinning } from "../db/pins.ts";
import type { Trouble as AlertTrouble } from "../domain/bump.ts";
import type { Pin } from "../domain/pin.ts";
import { tagOfVersion } from "../domain/release.ts";
import type { Evidence } from "../domain/trust.ts";
import { parsePurl, upstreamLabel } from "../domain/upstream.ts";
import type { FlowContext } from "./context.ts";
import { raiseAlert } from "./raise-alert.ts";

/** Raises an alert in every project that pins a version whose content or standing changed under its name. */
export async function raiseAlerts(flow: FlowContext, purl: string, changes: readonly ReleaseChange[]): Promise<void> {
  const alarming = changes.flatMap((change) => {
    const trouble = troubleOf(purl, change);
    return trouble === undefined ? [] : [{ tag: change.tag, ...trouble }];
  });
  if (alarming.length === 0) return;
  for (const project of await projectsPinning(flow.db, [purl])) {
    const pins = (await pinsOf(flow.db, project)).filter((pin) => pin.upstream === purl);
    for (const trouble of alarming) await raiseOne(flow, project, purl, pins, trouble);
  }
}

type Trouble = {
  readonly tag: string;
  readonly class: AlertTrouble["class"];
  readonly what: string;
  readonly evidence: readonly Pick<Evidence, "kind" | "observed" | "expected">[];
};

async function raiseOne(
  flow: FlowContext,
  project: string,
  purl: string,
  pins: readonly Pin[],
  trouble: Trouble,
): Promise<void> {
  const now = flow.clock();
  const places = pins.filter((pin) => isPinnedAt(pin, trouble.tag)).map(({ path, line }) => ({ path, line }));
  if (places.length === 0) return;
  const summary = `${upstreamLabel(purl)} ${trouble.tag}, which is pinned here, ${trouble.what}.`;
  const evidence = trouble.evidence.map((one) => ({ ...one, source: purl, observedAt: now }));
  await raiseAlert(flow, {
    project,
    upstream: purl,
    class: trouble.class,
    subject: trouble.tag,
    severity: "high",
    summary,
    next: "Compare what is there with what was pinned before anything is built from it.",
    places,
    evidence,
  });
}

/** An image's tag is pushed again with every rebuild of its base: that is news of the image, and no alarm. */
function troubleOf(purl: string, change: ReleaseChange): Omit<Trouble, "tag"> | undefined {
  if (change.kind === "content") {
    const { conflicts } = change;
    if (parsePurl(purl)?.type === "docker" || conflicts.length === 0) return undefined;
    const evidence = conflicts.map(({ part, before, after }) => ({ kind: part, observed: after, expected: before }));
    return conflicts.some((conflict) => conflict.part === "commit")
      ? { class: "tag-moved", what: "points at another commit than before", evidence }
      : { class: "asset-replaced", what: "has other content under the same file names", evidence };
  }
  if (change.kind !== "state") return undefined;
  const reason = change.reason === undefined ? "" : ` (${change.reason})`;
  if (change.after === "yanked") return { class: "yanked", what: `was yanked by its upstream${reason}`, evidence: [] };
  return change.after === "deleted" ? { class: "deleted", what: `is gone from its upstream`, evidence: [] } : undefined;
}

function isPinnedAt(pin: Pin, tag: string): boolean {
  return pin.precision === "exact" && (tagOfVersion(pin.version, pin.tagTemplate) === tag || pin.text === tag);
}
