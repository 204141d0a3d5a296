import { createHash } from "node:crypto";

/** The id git gives a file's content: SHA-1 of `blob <length>\0` and the bytes (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects). */
export function blobId(content: string | Uint8Array): string {
  const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}
