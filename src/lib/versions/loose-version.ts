import { type DottedVersion, PHASES, phaseOfWord, splitDotted } from "./dotted-version.ts";

/** Flavours that end in digits, words, numbers. */
const TOKENS = /(?:amd|arm|aarch|linux|win|ppc|riscv|mips|x|i)(?:32|64|86|386|686)[a-z]*\d*|[a-z]+|\d+/gi;
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Words that say nothing about order or flavour. */
const NEUTRAL = new Set(["final", "ga", "release", "stable", "lts"]);
/** Words for a later packaging of the same numbers. */
const LATER = new Set(["p", "pl", "patch", "post", "r", "rev", "u", "sp", "build"]);

/**
 * Reads a version as GitHub tags write them: dotted numbers with an optional suffix (`1.27.1.2`, `25.09.0-rc1`,
 * `9.9p1`, `1.31.0+k3s2`, `2026-01-15`). Undefined when it does not begin with a number.
 */
export function parseLoose(text: string): DottedVersion | undefined {
  const split = splitLoose(text);
  if (split === undefined) return undefined;
  return { prefix: split.prefix, numbers: split.numbers, ...readSuffix(split.rest) };
}

/** The numbers of such a version alone. */
export function looseNumbers(text: string): readonly number[] | undefined {
  return splitLoose(text)?.numbers;
}

function splitLoose(text: string): ReturnType<typeof splitDotted> {
  const split = splitDotted(text);
  if (split === undefined || (text.length >= 40 && COMMIT.test(text))) return undefined;
  return split.rest === "" || /^[\w.+~-]*$/.test(split.rest) ? split : undefined;
}

function readSuffix(rest: string): Pick<DottedVersion, "phase" | "phaseNumbers" | "variant"> {
  if (rest === "") return { phase: PHASES.final, phaseNumbers: [], variant: "" };
  const words: string[] = [];
  const numbers: number[] = [];
  let phase: number = PHASES.final;
  for (const [token] of rest.toLowerCase().replaceAll("_", "-").matchAll(TOKENS)) {
    const unfinished = phaseOfWord(token);
    if (/^\d+$/.test(token)) numbers.push(Number(token));
    else if (unfinished !== undefined) phase = Math.min(phase, unfinished);
    else if (!NEUTRAL.has(token) && !LATER.has(token)) words.push(token);
  }
  const later = phase === PHASES.final && numbers.length > 0;
  return { phase: later ? PHASES.post : phase, phaseNumbers: numbers, variant: words.join("-") };
}
