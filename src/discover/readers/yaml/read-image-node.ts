import { isScalar, type Node } from "yaml";
import { literalValue, sliceValue, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import { readTemplateValue } from "../../../lib/syntax/template-holes.ts";
import { childOf, spanOf, type Yaml } from "../../../lib/syntax/yaml.ts";
import type { Reference } from "../../format.ts";

const DIGEST = /^sha(?:256|512):[0-9a-f]{32,}$/;

/** A scalar with the holes of templates; undefined for empty ones, for numbers and lists, and where a template branches. */
export function templateOf(text: string, node: Node | undefined): Value | undefined {
  const span = spanOf(text, node);
  if (span === undefined || span.start >= span.end) return undefined;
  const written = text.slice(span.start, span.end);
  return /\{%|^(?:null|~|true|false)$/.test(written)
    ? undefined
    : readTemplateValue(text, span.start, span.start + written.trimEnd().length);
}

/** True for a text that can only be an image: it has a tag, a digest or a registry; what has spaces is none. */
export function isImageText(text: string): boolean {
  if (/[\s,]|:\/\//.test(text) || text.startsWith("/")) return false;
  return (
    /^[^/][^/.]*\.[^/]+\/./.test(text) ||
    /[\w)}\uFFFC]:[\w\uFFFC][\w.\uFFFC-]*$/.test(text) ||
    text.includes("@sha256:")
  );
}

/** The image that a mapping or a scalar of a container names: whatever stands there is one. */
export function readImageText(text: string, node: Node | undefined): Reference | undefined {
  const value = templateOf(text, node);
  return value === undefined || !/[\w.\uFFFC]/.test(visibleText(value)) ? undefined : { kind: "image", value };
}

/** The keys under which a mapping holds the parts of an image. */
export type ImageKeys = { readonly name: readonly string[]; readonly tag: readonly string[] };

/**
 * An image whose parts stand apart: `{ registry, repository, tag, digest }`. Undefined where nothing but the name is
 * written: then something else decides the version.
 */
export function readImageParts(text: string, yaml: Yaml, node: Node, keys: ImageKeys): Reference | undefined {
  const first = (names: readonly string[]) => {
    for (const name of names) {
      const child = childOf(yaml, node, name);
      const value = isScalar(child) ? templateOf(text, child) : undefined;
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const value = first(keys.name);
  if (value === undefined || !/^[\w./:@\uFFFC-]+$/.test(visibleText(value))) return undefined;
  const tag = first(keys.tag);
  const registry = first(["registry"]);
  const digest = digestOf(first(["digest", "sha"]));
  if (tag === undefined && digest === undefined) {
    const whole = visibleText(value);
    return registry === undefined && /:./s.test(whole.slice(whole.lastIndexOf("/") + 1))
      ? { kind: "image", value }
      : undefined;
  }
  return {
    kind: "image",
    value,
    ...(registry === undefined ? {} : { registry }),
    ...(tag === undefined ? {} : { ref: tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

function digestOf(value: Value | undefined): Value | undefined {
  return value !== undefined && DIGEST.test(visibleText(value)) ? value : undefined;
}

const LINE = /^[ \t]*(?:-[ \t]+)?["']?(?:image|imageName)["']?:[ \t]+["']?([^\s"'#{}$]+)["']?[ \t]*(?:#.*)?\r?$/gm;

/** Images of a text that is only YAML after a template engine ran over it: those that are written without holes. */
export function readImageLines(text: string): Reference[] {
  return [...text.matchAll(LINE)].flatMap((match): Reference[] => {
    const written = match[1] ?? "";
    const start = match.index + match[0].indexOf(written, match[0].indexOf(":") + 1);
    if (!isImageText(written)) return [];
    return [{ kind: "image", value: literalValue(text, start, start + written.length) }];
  });
}

const STATED =
  /^[ \t]*(?:-[ \t]+)?["']?[\w.-]*image["']?:[ \t]+["']?([a-z0-9][\w./-]*:(?:latest|v?\d[\w.-]*)(?:@sha256:[0-9a-f]{64})?)["']?[ \t]*(?:#.*)?\r?$/gim;

/** What data of no known kind calls an image and writes with a tag: `host_image: busybox:1.37`. */
export function readStatedImages(text: string): Reference[] {
  return [...text.matchAll(STATED)].map((match): Reference => {
    const written = match[1] ?? "";
    const start = match.index + match[0].indexOf(written, match[0].indexOf(":") + 1);
    return { kind: "image", value: literalValue(text, start, start + written.length) };
  });
}

/** The value without a prefix that names nothing: a proxy in front of a registry. */
export function withoutPrefix(value: Value, prefix: RegExp): Value {
  const length = prefix.exec(visibleText(value))?.[0].length ?? 0;
  return length === 0 ? value : sliceValue(value, length, visibleText(value).length);
}
