/** Random numbers that a seed repeats (mulberry32). */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(below, 1);
  };
}

const TOKENS = [
  ...[
    "\0",
    "\n",
    "\r\n",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    '"',
    "'",
    "`",
    "\\",
    "$",
    "${",
    "{{",
    ":",
    ",",
    "=",
    "<",
    ">",
    "</",
    "&",
    "*",
    "#",
    "/",
    "../",
    "@",
    "%",
    "%2f",
  ],
  ...[
    "null",
    "true",
    "[]",
    "{}",
    "-1",
    "0",
    "1e999",
    "9007199254740993",
    "2147483648",
    "-0",
    "NaN",
    "__proto__",
    "constructor",
    "toString",
  ],
  ...[
    "\ud800",
    "\u202e",
    "\u2028",
    "\ufeff",
    "\u001b[31m",
    "é",
    "💣",
    "sha256:",
    "pkg:",
    "https://",
    "v1.2.3",
    "1.0.0-rc.1",
    "2026-11-20T10:00:00Z",
    "9999-99-99",
  ],
].map((token) => Buffer.from(token));

const MOST_BYTES = 16 * 1024;

/** One input made from another by one to four changes; `others` lend parts, `words` are known to mean something. */
export function mutate(
  input: Uint8Array,
  others: readonly Uint8Array[],
  words: readonly Uint8Array[],
  random: (below: number) => number,
): Buffer {
  let bytes = Buffer.from(input);
  for (let turn = 1 + random(4); turn > 0; turn--) bytes = change(bytes, others, words, random);
  return bytes.subarray(0, MOST_BYTES);
}

function change(
  bytes: Buffer<ArrayBuffer>,
  others: readonly Uint8Array[],
  words: readonly Uint8Array[],
  random: (below: number) => number,
): Buffer<ArrayBuffer> {
  const at = random(bytes.length + 1);
  const length = Math.min(1 + random(random(2) === 0 ? 4 : 64), bytes.length - at);
  const [head, part, tail] = [bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at + length)];
  const pick = (list: readonly Uint8Array[]) => list[random(list.length)] ?? new Uint8Array();
  switch (random(8)) {
    case 0:
      return Buffer.concat([head, tail]);
    case 1:
      return Buffer.concat([head, part, part, tail]);
    case 2:
      return Buffer.concat([head, ...Array<Uint8Array>(1 + random(40)).fill(part), tail]);
    case 3:
      return Buffer.concat([head, pick(TOKENS), tail]);
    case 4:
      return Buffer.concat([head, pick(words), random(2) === 0 ? part : new Uint8Array(), tail]);
    case 5: {
      const other = pick(others);
      const from = random(other.length);
      return Buffer.concat([head, other.subarray(from, from + 1 + random(200)), tail]);
    }
    case 6: {
      const flipped = Buffer.from(bytes);
      if (at < flipped.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << random(8));
      return flipped;
    }
    default: {
      const replaced = Buffer.from(bytes);
      if (at < replaced.length) replaced[at] = random(256);
      return replaced;
    }
  }
}
