import { posix } from "node:path";
import { isScalar } from "yaml";
import { childOf, entriesOf, parseYaml, scalarOf } from "../../../lib/syntax/yaml.ts";
import type { Inclusion, Reading, Variable } from "../../format.ts";

/** True for what tells Home Assistant's builder the base images and build arguments of the Dockerfile beside it. */
export function isAddonBuild(text: string, path: string): boolean {
  return /(?:^|\/)build\.ya?ml$/i.test(path) && /^build_from:/m.test(text);
}

/**
 * The base image of each architecture, which the Dockerfile knows as `BUILD_FROM`, and its build arguments
 * (https://developers.home-assistant.io/docs/add-ons/configuration#add-on-extended-build).
 */
export function readAddonBuild(text: string, path: string): Reading {
  const yaml = parseYaml(text, path);
  const from = childOf(yaml, yaml.root, "build_from");
  const nodes = isScalar(from) ? [from] : entriesOf(yaml, from).map(({ value }) => value);
  const images = nodes.flatMap((node) => scalarOf(text, node) ?? []);
  const given = entriesOf(yaml, childOf(yaml, yaml.root, "args")).flatMap(({ key, value }): Variable[] => {
    const written = scalarOf(text, value);
    return written === undefined ? [] : [{ name: key, value: written }];
  });
  const paths = [posix.join(posix.dirname(path), "Dockerfile")];
  const inclusions = images.map(
    (image): Inclusion => ({ paths, variables: [{ name: "BUILD_FROM", value: image }, ...given] }),
  );
  const references = images.map((value) => ({ kind: "image", value }) as const);
  return { references, variables: [], inclusions, problems: yaml.problems };
}
