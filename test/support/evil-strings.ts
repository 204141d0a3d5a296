/**
 * Strings made to keep a regular expression busy: what leads up to one of its parts, that part or it and its neighbours many
 * thousand times, and an end that does not fit. A part is a literal, an escape or a class; groups and quantifiers are passed over.
 */
export function evilStrings(pattern: string, flags: string, length: number): string[] {
  const parts = partsOf(pattern, flags);
  const pumps = parts.flatMap((part, index) => {
    const lead = parts.slice(0, index).join("");
    const joined = [1, 2, 3, 4].map((count) => parts.slice(index, index + count).join(""));
    return [...joined.map((pump) => [lead, pump]), ["", part], [lead + part, part]] as [string, string][];
  });
  const whole: [string, string][] = [["", parts.join("")]];
  const strings = [...pumps, ...whole].flatMap(([lead, pump]) =>
    pump === "" ? [] : ENDS.map((end) => lead + pump.repeat(Math.ceil(length / pump.length)) + end),
  );
  return [...new Set(strings)];
}

const ENDS = ["\0", "\n\0\n", "!"];
const SAMPLES = [..."a0_-.: \t\n/$({[\"'=;,@#<\\*A\u2028\r"];

function partsOf(pattern: string, flags: string): string[] {
  const parts: string[] = [];
  let literal = "";
  const end = () => {
    if (literal !== "") parts.push(literal);
    literal = "";
  };
  for (let at = 0; at < pattern.length; ) {
    const piece = pieceAt(pattern, at);
    at += piece.length;
    if (/^\\[^\w\s]$/.test(piece)) literal += piece[1];
    else if (/^[\w \-/:@%&~"'<>=,;#!]$/.test(piece)) literal += piece;
    else {
      end();
      if (/^(?:\[|\\[dDsSwW]|\.$|\\[nrtfv]|\\u)/.test(piece)) parts.push(...samplesOf(piece, flags));
    }
  }
  end();
  return parts;
}

/** The next piece of a pattern: an escape, a class, the head of a group, a counted quantifier, or one character. */
function pieceAt(pattern: string, at: number): string {
  const rest = pattern.slice(at);
  return (
    /^(?:\\u[0-9a-fA-F]{4}|\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\(\?(?:[:=!]|<[=!]|<\w+>)|\{\d*,?\d*\})/.exec(
      rest,
    )?.[0] ??
    rest[0] ??
    ""
  );
}

/** Up to two characters of a class: the first that it has, and one of another kind. */
function samplesOf(piece: string, flags: string): string[] {
  const one = new RegExp(`^${piece}$`, flags.replace(/[gdy]/g, ""));
  const fitting = SAMPLES.filter((sample) => one.test(sample));
  return [...new Set([fitting[0], fitting.at(-1)])].filter((sample) => sample !== undefined);
}
