import { createHash } from "node:crypto";

/** The digest of a text, as registries write it. */
export function sha256Of(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
