import { versionOfTag } from "../../domain/release.ts";

/**
 * The version a tag stands for. With templates: by the one with the longest fixed part that fits, undefined when none
 * does. Without: the tag, less a leading `v` before a digit.
 */
export function versionByTemplates(tag: string, templates: readonly string[]): string | undefined {
  if (templates.length === 0) return /^v\d/.test(tag) ? tag.slice(1) : tag;
  const versions = templates.map((template) => versionOfTag(tag, template)).filter((version) => version !== undefined);
  return versions.sort((a, b) => a.length - b.length)[0];
}

/** What all tags of the templates begin with; empty when that is nothing, or there are no templates. */
export function commonTagPrefix(templates: readonly string[]): string {
  const [first = "", ...others] = templates.map((template) => template.split("{version}")[0] ?? "");
  let length = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
}
