import { toPurl } from "../../domain/upstream.ts";
import { literalValue, type Span, sliceValue, type Value, visibleText } from "../../lib/syntax/pieces.ts";
import type { Format, Reading, Reference } from "../format.ts";
import { readChart } from "../readers/yaml/read-chart.ts";

/**
 * Terraform and OpenTofu: required providers, modules of a registry or a repository, images and charts that are written
 * out. The registry takes providers and modules only from repositories of a given name
 * (https://developer.hashicorp.com/terraform/registry/providers/publishing).
 */
export const terraform: Format = {
  id: "terraform",
  title: "Terraform configuration",
  matches: (path) => /\.(?:tf|tofu)$/.test(path),
  read: readTerraform,
};

const BLOCK = /^([ \t]*)(module|required_providers|resource)\b([^\n{]*)\{[ \t]*(?:#[^\n]*)?$/gm;
const PROVIDER = /^[ \t]*["']?([\w-]+)["']?[ \t]*=[ \t]*\{/gm;
const ATTRIBUTE = /(?:^|[{,])[ \t]*(source|version|required_version|image|chart|repository)[ \t]*=[ \t]*"([^"\n]*)"/gm;

type Attributes = ReadonlyMap<string, Value>;

function readTerraform(text: string): Reading {
  const references: Reference[] = [];
  let end = 0;
  for (const match of text.matchAll(BLOCK)) {
    if (match.index < end) continue;
    const span = blockAt(text, match);
    end = span.end;
    const [, , kind, labels = ""] = match;
    if (kind === "required_providers")
      references.push(...providersOf(text, span).map((provider) => ({ ...provider, locked: true })));
    else if (kind === "module") references.push(...moduleOf(attributesOf(text, span)));
    else if (kind === "resource") references.push(...resourceOf(labels, attributesOf(text, span)));
  }
  return { references, variables: [], inclusions: [], problems: [] };
}

/** A block ends where a brace stands as far to the left as its beginning, as `terraform fmt` writes it. */
function blockAt(text: string, match: RegExpExecArray): Span {
  const start = match.index + match[0].length;
  const end = text.indexOf(`\n${match[1] ?? ""}}`, start);
  return { start, end: end < 0 ? text.length : end };
}

function attributesOf(text: string, { start, end }: Span): Attributes {
  const found = new Map<string, Value>();
  for (const match of text.slice(start, end).matchAll(ATTRIBUTE)) {
    const [whole, name = "", written = ""] = match;
    const at = start + match.index + whole.length - 1 - written.length;
    if (!found.has(name) && written !== "") found.set(name, literalValue(text, at, at + written.length));
  }
  return found;
}

/** `name = { source = "namespace/name", version = "~> 5.0" }`. */
function providersOf(text: string, span: Span): Reference[] {
  const starts = [...text.slice(span.start, span.end).matchAll(PROVIDER)];
  return starts.flatMap((match, index): Reference[] => {
    const start = span.start + match.index + match[0].length - 1;
    const end = span.start + (starts[index + 1]?.index ?? span.end - span.start);
    const attributes = attributesOf(text, { start, end });
    const source = textOf(attributes, "source") || `hashicorp/${match[1] ?? ""}`;
    const [, namespace, name] =
      /^(?:registry\.(?:terraform\.io|opentofu\.org)\/)?([\w-]+)\/([\w-]+)$/.exec(source) ?? [];
    const version = attributes.get("version");
    if (namespace === undefined || name === undefined || version === undefined) return [];
    return [constrained(version, `${namespace}/terraform-provider-${name}`, source)];
  });
}

function moduleOf(attributes: Attributes): Reference[] {
  const source = attributes.get("source");
  const text = source === undefined ? "" : visibleText(source);
  const version = attributes.get("version");
  const [, namespace, name, provider] = /^([\w-]+)\/([\w-]+)\/([\w-]+)(?:\/\/.*)?$/.exec(text) ?? [];
  if (namespace !== undefined && version !== undefined) {
    return [constrained(version, `${namespace}/terraform-${provider}-${name}`, text)];
  }
  return source === undefined ? [] : repositoryOf(source, text);
}

/** https://developer.hashicorp.com/terraform/language/modules/sources: `git::https://host/path//folder?ref=tag`. */
function repositoryOf(source: Value, text: string): Reference[] {
  const forced = text.startsWith("git::") ? "git::".length : 0;
  const address = text.slice(forced);
  if (forced === 0 && !/^(?:https:\/\/|git@)?github\.com[/:]/.test(address)) return [];
  const [repository] = /^(?:(?:https?|ssh):\/\/)?[^/?]+\/(?:(?!\/\/)[^?])*/.exec(address) ?? [];
  if (repository === undefined) return [];
  const query = /[?&]ref=([^&]+)/.exec(text);
  const value = sliceValue(source, forced, forced + repository.length);
  if (query?.[1] === undefined) return [{ kind: "git", value }];
  const end = query.index + query[0].length;
  return [{ kind: "git", value, ref: sliceValue(source, end - query[1].length, end), pinnable: true }];
}

/** Images of containers, and charts, that are written without expressions. */
function resourceOf(labels: string, attributes: Attributes): Reference[] {
  const image = attributes.get("image");
  if (image !== undefined && /"(?:docker_|kubernetes_|azurerm_container_group)/.test(labels)) {
    return isWritten(image) ? [{ kind: "image", value: image }] : [];
  }
  if (!labels.includes('"helm_release"')) return [];
  const version = attributes.get("version");
  return version === undefined || !isWritten(version)
    ? []
    : readChart({ name: textOf(attributes, "chart"), repository: textOf(attributes, "repository"), version });
}

/** `1.2.3` and `= 1.2.3` are versions; everything else is a range. */
function constrained(version: Value, repository: string, name: string): Reference {
  const text = visibleText(version);
  const [, prefix = "", exact] = /^(=?\s*v?)(\d+\.\d+\.\d+(?!\d)[\w.+-]*)$/.exec(text) ?? [];
  const base = { kind: "version" as const, name, upstream: toPurl("github", repository), tagTemplate: "v{version}" };
  if (exact === undefined) return { ...base, value: version, precision: "range" };
  return { ...base, value: sliceValue(version, prefix.length, text.length), precision: "exact" };
}

function isWritten(value: Value): boolean {
  return !visibleText(value).includes("${");
}

function textOf(attributes: Attributes, name: string): string {
  const value = attributes.get(name);
  return value === undefined ? "" : visibleText(value);
}
