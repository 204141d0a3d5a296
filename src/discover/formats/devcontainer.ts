import { literalValue } from "../../lib/syntax/pieces.ts";
import type { Format, Reading, Reference } from "../format.ts";

/** Development containers (https://containers.dev/implementors/json_reference/): their image and their features. */
export const devcontainer: Format = {
  id: "devcontainer",
  title: "Development container",
  matches: (path) => /(?:^|\/)\.?devcontainer\.json$/.test(path),
  read: readDevcontainer,
};

const IMAGE = /"image"[ \t]*:[ \t]*"([^"\\\s$]+)"/g;
/** A feature is the key of an object: `"ghcr.io/devcontainers/features/node:1": {`. */
const FEATURE = /"((?:[\w-]+\.)+[\w-]+\/[\w./-]+(?::[\w.-]+|@sha256:[0-9a-f]{64}))"[ \t]*:[ \t]*\{/g;

function readDevcontainer(text: string): Reading {
  const visible = withoutComments(text);
  const references = [IMAGE, FEATURE].flatMap((pattern) =>
    [...visible.matchAll(pattern)].map((match): Reference => {
      const start = match.index + match[0].indexOf(match[1] ?? "", match[0].startsWith('"image"') ? 7 : 1);
      const value = literalValue(text, start, start + (match[1] ?? "").length);
      // of a feature, a tag and a digest do not stand together (https://containers.dev/implementors/features/#referencing-a-feature)
      return pattern === FEATURE ? { kind: "image", value, pinnable: false } : { kind: "image", value };
    }),
  );
  return { references, variables: [], inclusions: [], problems: [] };
}

/** Comments as spaces, so that every offset stays. A string may hold two slashes. */
function withoutComments(text: string): string {
  return text.replace(/"(?:[^"\\\n]|\\.)*"?|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g, (found) =>
    found.startsWith("/") ? found.replace(/[^\n]/g, " ") : found,
  );
}
