/** Headers that prove who asks: they stay with the origin they were given for. */
export const CREDENTIALS: readonly string[] = [
  "authorization",
  "cookie",
  "proxy-authorization",
  "private-token",
  "x-api-key",
];

/** Shorter ones would be found everywhere, and hide nothing. */
const SHORTEST = 6;

/** What proves who asks in these headers: each value without its scheme, and what a Basic one (RFC 7617) stands for. */
export function proofsIn(headers: Readonly<Record<string, string>>): string[] {
  const values = CREDENTIALS.flatMap((name) => headers[name] ?? []);
  const bare = values.map((value) => value.replace(/^\w+ +/, ""));
  const basic = values.flatMap((value) => {
    const encoded = /^basic +(\S+)$/i.exec(value)?.[1];
    const login = Buffer.from(encoded ?? "", "base64").toString("utf8");
    return [login, login.slice(login.indexOf(":") + 1)];
  });
  return [...new Set([...bare, ...basic])].filter((proof) => proof.length >= SHORTEST).sort(byLength);
}

type Echoing = { readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array };

/**
 * An answer in which the credentials of its own request are blotted out. Who was given a secret can say it anywhere: in
 * an error, a redirect, the notes of a release; what is kept of an answer must not keep that.
 */
export function withoutEcho<Answer extends Echoing>(answer: Answer, proofs: readonly string[]): Answer {
  if (proofs.length === 0) return answer;
  const body = proofs.some((proof) =>
    Buffer.from(answer.body.buffer, answer.body.byteOffset, answer.body.length).includes(proof),
  )
    ? blotted(answer.body, proofs)
    : answer.body;
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [
      name,
      proofs.reduce((text, proof) => text.replaceAll(proof, "*".repeat(proof.length)), value),
    ]),
  );
  return { ...answer, headers, body };
}

/** Of the same length, so that what was JSON stays JSON. */
function blotted(body: Uint8Array, proofs: readonly string[]): Uint8Array {
  const bytes = Buffer.from(body);
  for (const proof of proofs) {
    const length = Buffer.byteLength(proof);
    for (let at = bytes.indexOf(proof); at >= 0; at = bytes.indexOf(proof, at + length))
      bytes.fill("*", at, at + length);
  }
  return bytes;
}

function byLength(a: string, b: string): number {
  return b.length - a.length;
}
