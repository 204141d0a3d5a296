import type { ImageFacts } from "../lib/image-config.ts";

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
