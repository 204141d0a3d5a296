import { expect, it } from "vitest";
import { summary, tree } from "../support.ts";

it.each([
  ["latest", "1 gem/jekyll latest floating"],
  ["4.4.1", "1 gem/jekyll 4.4.1"],
])("takes a variable that says %s for what it is", (version, expected) => {
  const text = `VERSION=\${1:-"${version}"}\ngem install jekyll -v "\${VERSION}"\n`;
  expect(summary(tree({ "install.sh": text }))).toEqual([expected]);
});
