import { parseImageReference } from "../../lib/registry/image-reference.ts";
import type { ReadTree } from "../resolve/read-tree.ts";
import { resolveValue } from "../resolve/resolve.ts";
import type { Traced } from "./draft.ts";
import { imagePurl, withoutOpenTag } from "./draft-image.ts";

/** Folders whose manifests may be copies of other projects' ones: a name there claims nothing. */
const COPIES =
  /(?:^|\/)(?:tests?|testdata|(?:__)?fixtures?(?:__)?|examples?|samples?|vendor(?:ed)?|third[-_]party|templates?)\//i;

/**
 * Images that Compose names itself: `project-service`, with an underscore in older versions. Where the project's name is
 * that of the root folder, any name in front counts for an image without a tag, unless a Dockerfile starts from it.
 */
function composedImages(tree: ReadTree, traced: readonly Traced[]): string[] {
  const services = [...tree.files.values()].flatMap(({ reading }) => reading.composed ?? []);
  if (services.length === 0) return [];
  const isComposed = (name: string) =>
    services.some(({ project, service }) =>
      project === undefined
        ? /^[\w.-]+[-_]$/.test(name.slice(0, -service.length)) && name.endsWith(service)
        : name === `${project}-${service}` || name === `${project}_${service}`,
    );
  return traced.flatMap(({ draft: { upstream, text }, at }) => {
    const [, name] = /^pkg:docker\/library\/([^?]+)$/.exec(upstream) ?? [];
    const plain = (text === "" || text === "latest") && tree.files.get(at.path)?.format !== "dockerfile";
    return name !== undefined && plain && isComposed(name) ? [upstream] : [];
  });
}

/** Images that the project says it builds, and packages that it says it publishes. */
export function ownUpstreams(tree: ReadTree, traced: readonly Traced[]): ReadonlySet<string> {
  const stated = [...tree.files.values()].flatMap((file) =>
    (file.reading.builds ?? []).flatMap((value) => {
      const image = parseImageReference(withoutOpenTag(resolveValue(tree, file, { value }).text));
      return image === undefined ? [] : [imagePurl(image)];
    }),
  );
  const published = [...tree.files.values()].flatMap(({ path, reading }) =>
    COPIES.test(path) ? [] : (reading.publishes ?? []),
  );
  return new Set([
    ...stated,
    ...published,
    ...composedImages(tree, traced),
    ...traced.flatMap(({ draft }) => (draft.own === true ? [draft.upstream] : [])),
  ]);
}
