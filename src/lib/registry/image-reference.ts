/** Where a part of an image reference stands in its text. */
type Part = { readonly text: string; readonly start: number; readonly end: number };

/** An image by its registry and its path there. Docker's own library is spelled out: `library/debian`. */
export type ImageName = { readonly host: string; readonly repository: string };

/**
 * A container image reference, taken apart as https://github.com/distribution/reference does. `host` is `docker.io`
 * when none is written; `repository` has no host and carries `library/` for Docker Hub's official images.
 */
export type ImageReference = ImageName & {
  /** The name as written: host and repository together. */
  readonly name: Part;
  readonly tag?: Part;
  readonly digest?: Part;
};

const NAME = /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/;
const HOST = /^(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)(?::\d+)?$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*:[0-9a-fA-F]{32,}$/;
const HUB_HOSTS = ["docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"];

/** Undefined when the text is not an image reference. */
export function parseImageReference(text: string): ImageReference | undefined {
  const at = text.indexOf("@");
  const digest = at < 0 ? undefined : partOf(text, at + 1, text.length);
  const named = at < 0 ? text.length : at;
  const colon = text.lastIndexOf(":", named - 1);
  const tagged = colon > text.lastIndexOf("/", named - 1) && colon >= 0;
  const tag = tagged ? partOf(text, colon + 1, named) : undefined;
  const name = partOf(text, 0, tagged ? colon : named);
  if (digest !== undefined && !DIGEST.test(digest.text)) return undefined;
  if (tag !== undefined && !TAG.test(tag.text)) return undefined;
  const place = splitName(name.text);
  if (place === undefined) return undefined;
  return { ...place, name, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

/** The part before the first slash is a host when it has a dot or a port, or is `localhost`. */
function splitName(name: string): { host: string; repository: string } | undefined {
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const isHost = first === "localhost" || /[.:]/.test(first);
  const written = isHost ? first.toLowerCase() : "docker.io";
  const host = HUB_HOSTS.includes(written) ? "docker.io" : written;
  const path = isHost ? name.slice(slash + 1) : name;
  if (!HOST.test(host) || !path.split("/").every((part) => NAME.test(part))) return undefined;
  return { host, repository: host === "docker.io" && !path.includes("/") ? `library/${path}` : path };
}

function partOf(text: string, start: number, end: number): Part {
  return { text: text.slice(start, end), start, end };
}
