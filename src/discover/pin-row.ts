import { isFloating, type Pin } from "../domain/pin.ts";
import { parsePurl, toPurl } from "../domain/upstream.ts";

/** One line of `headgate pins --json`: a pin as people and other programs read it. */
export type PinRow = {
  readonly file: string;
  readonly line: number;
  readonly upstream: string;
  /** Exactly as written; empty when nothing is. */
  readonly current: string;
  readonly precision: Pin["precision"];
  readonly floating: boolean;
  readonly format: string;
  readonly scheme: string;
  readonly name: string;
  /** `file:line` of the first checksum that moves with it. */
  readonly checksum?: string;
  /** `file:line` of every other place that speaks of the same thing. */
  readonly linked?: readonly string[];
  readonly own?: boolean;
  /** One of several versions that are tried side by side. */
  readonly alternative?: boolean;
};

/** Maps a pin to its row. */
export function toPinRow(pin: Pin): PinRow {
  const checksum = pin.edits.find((edit) => edit.role === "checksum");
  return {
    file: pin.path,
    line: pin.line,
    upstream: readablePurl(pin.upstream),
    current: pin.text,
    precision: pin.precision,
    floating: isFloating(pin),
    format: pin.format,
    scheme: pin.scheme,
    name: pin.name,
    ...(checksum === undefined ? {} : { checksum: `${checksum.path}:${checksum.line ?? pin.line}` }),
    ...(pin.linked.length === 0 ? {} : { linked: pin.linked.map((place) => `${place.path}:${place.line}`) }),
    ...(pin.own === true ? { own: true } : {}),
    ...(pin.alternative === true ? { alternative: true } : {}),
  };
}

/**
 * The registry of an image as the first part of the name, where other inventories look for it
 * (`pkg:docker/ghcr.io/owner/name`); everything else as it is.
 */
function readablePurl(purl: string): string {
  const parts = parsePurl(purl);
  const host = parts?.qualifiers.repository_url;
  if (parts === undefined || parts.type !== "docker" || host === undefined) return purl;
  return toPurl("docker", [host, parts.namespace, parts.name].filter((part) => part !== "").join("/"));
}
