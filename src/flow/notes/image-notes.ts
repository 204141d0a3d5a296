import type { ImageFacts } from "../../lib/registry/image-config.ts";
import type { ImagePackages } from "../../lib/registry/image-packages.ts";

/** What changed in an image whose tag is the same, as far as the two say; in Markdown. Undefined where neither says anything. */
export function explainNewContent(before: ImageFacts | undefined, after: ImageFacts): string | undefined {
  const lines = [
    moved("Built", before?.created?.slice(0, 10), after.created?.slice(0, 10)),
    moved("Base image", baseOf(before), baseOf(after)),
    moved("Source revision", before?.revision, after.revision),
    moved("Version by its label", before?.version, after.version),
  ].filter((line) => line !== undefined);
  if (lines.length === 0) return undefined;
  return ["The tag is the same; its content was built again.", lines.map((line) => `- ${line}`).join("\n")].join(
    "\n\n",
  );
}

function moved(what: string, before: string | undefined, after: string | undefined): string | undefined {
  if (after === undefined) return before === undefined ? undefined : `${what}: was ${before}, is not said any more`;
  if (before === undefined) return `${what}: ${after}`;
  return before === after ? `${what}: ${after}, as before` : `${what}: ${before} → ${after}`;
}

function baseOf(facts: ImageFacts | undefined): string | undefined {
  if (facts?.baseName === undefined && facts?.baseDigest === undefined) return undefined;
  return [facts.baseName, facts.baseDigest?.slice(0, 19)].filter((part) => part !== undefined).join(" at ");
}

/** Packages of one kind of change that are listed; what goes beyond is counted. */
const SHOWN = 30;

/** Which packages an image has more, less and in another version than before, in Markdown; undefined when none. */
export function explainPackages(before: ImagePackages, after: ImagePackages): string | undefined {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  const lines = (of: (name: string) => string | undefined) => names.flatMap((name) => of(name) ?? []);
  const changed = lines((name) => {
    const [old, now] = [before.get(name), after.get(name)];
    return old === undefined || now === undefined || old === now
      ? undefined
      : `\`${word(name)}\` ${word(old) || "?"} → ${word(now) || "?"}`;
  });
  const added = lines((name) =>
    before.has(name) ? undefined : `\`${word(name)}\` ${word(after.get(name) ?? "")}`.trim(),
  );
  const removed = lines((name) => (after.has(name) ? undefined : `\`${word(name)}\``));
  const parts = [listed("changed", changed), listed("added", added), listed("removed", removed)].filter(
    (part) => part !== undefined,
  );
  if (parts.length === 0) return undefined;
  return ["Packages, by the list that is attached to the image:", ...parts].join("\n\n");
}

function listed(what: string, lines: readonly string[]): string | undefined {
  if (lines.length === 0) return undefined;
  const more = lines.length > SHOWN ? [`- and ${lines.length - SHOWN} more`] : [];
  return [`${lines.length} ${what}:`, "", ...lines.slice(0, SHOWN).map((line) => `- ${line}`), ...more].join("\n");
}

/** Names and versions are the builder's text. */
function word(text: string): string {
  return text.replace(/[^\w.+~:,@/ -]/g, "").slice(0, 100);
}
