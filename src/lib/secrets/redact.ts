const SECRET = "[secret]";

/** What secrets look like where they are not labelled. Every pattern is linear: these texts may come from anybody. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  // of any length: an installation's token may hold a JSON web token. GitHub's formats: https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
  [/\bgh[pousr]_[\w.-]{10,}/g, SECRET],
  [/\bgithub_pat_\w{10,}/g, SECRET],
  // npm, PyPI and Docker Hub say what their tokens begin with; a JSON web token (RFC 7519) begins with `{"`.
  [/\b(?:npm_|pypi-AgE|dckr_pat_)[\w-]{10,500}/g, SECRET],
  // GitLab's may have parts: https://docs.gitlab.com/security/tokens/#token-prefixes
  [/\bgl(?:pat|oas|dt|rtr?|cbt|ptt|ft|imt|agent|wt|soat|ffct)-[\w-]{10,500}(?:\.[\w-]{1,100}){0,3}/g, SECRET],
  [/\beyJ[\w-]{5,2000}\.eyJ[\w-]{5,4000}\.[\w-]{5,}/g, SECRET],
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/@:?#]{0,255}):[^\s/]{1,1000}@/gi, `$1:${SECRET}@`],
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@:?#]{20,255}@/gi, `$1${SECRET}@`],
  [
    /([?&](?:[a-z-]{0,20}[_-])?(?:token|signature|sig|secret|password|passwd|api_?key|credential)=)[^&\s"'<>]{1,2000}/gi,
    `$1${SECRET}`,
  ],
  [/\b(authorization["']?\s{0,9}[:=]\s{0,9}["']?(?:(?:basic|bearer|token)\s{1,9})?)[^\s"',;]+/gi, `$1${SECRET}`],
  [/\b(bearer\s{1,9})[\w.~+/=-]{20,}/gi, `$1${SECRET}`],
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]{0,9000}/g, SECRET],
];

/** Part of each of the shapes above: a text without any of them, as nearly every message is, has no secret. */
const HINTS = /[@=]|gh[pousr]_|github_pat_|gl[a-z]{2,5}-|npm_|pypi-AgE|dckr_pat_|eyJ|authorization|bearer|PRIVATE KEY/i;

const LABELS = /token|passw|secret|authorization|cookie|private.?key|credential/i;

/** A text without what looks like a secret. */
export function redactText(text: string): string {
  if (!HINTS.test(text)) return text;
  return SHAPES.reduce((rest, [shape, replacement]) => rest.replace(shape, replacement), text);
}

/** Plain data for a log: without secrets, by their shape or by the name they are under; errors as what they say. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (depth > 5) return "…";
  if (Array.isArray(value)) return value.map((part) => redact(part, depth + 1));
  const entries = value instanceof Error ? errorEntries(value) : Object.entries(value);
  return Object.fromEntries(
    entries.map(([key, part]) => [
      key,
      LABELS.test(key) && typeof part === "string" ? SECRET : redact(part, depth + 1),
    ]),
  );
}

function errorEntries(error: Error): [string, unknown][] {
  const entries: [string, unknown][] = [
    ["name", error.name],
    ["message", error.message],
  ];
  if ("code" in error) entries.push(["code", error.code]);
  if (error.cause !== undefined) entries.push(["cause", error.cause]);
  return entries;
}
