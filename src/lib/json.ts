/** JSON that others wrote, as text or as UTF-8; undefined for what is no JSON, which the schema that reads it then says. */
export function parseJson(written: string | Uint8Array | undefined): unknown {
  if (written === undefined) return undefined;
  try {
    return JSON.parse(typeof written === "string" ? written : new TextDecoder().decode(written));
  } catch {
    return undefined;
  }
}
