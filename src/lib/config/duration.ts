const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Reads `90s`, `15m`, `24h`, `3d`, `1w` or `0` as milliseconds; undefined when it is none of them. */
export function parseDuration(text: string): number | undefined {
  if (text === "0") return 0;
  const match = /^(\d{1,6})\s*([smhdw])$/.exec(text.trim());
  const unit = UNITS[match?.[2] ?? ""];
  return match?.[1] === undefined || unit === undefined ? undefined : Number(match[1]) * unit;
}

/** Writes milliseconds as people say them: `3 days`, `4.5 days`, `24 hours`, `5 minutes`. Rounded to a tenth of the unit. */
export function formatDuration(milliseconds: number): string {
  const [unit, length] = pickUnit(Math.abs(milliseconds));
  const count = Math.round((10 * Math.abs(milliseconds)) / length) / 10;
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

function pickUnit(length: number): [string, number] {
  if (length >= 2 * 86_400_000) return ["day", 86_400_000];
  if (length >= 2 * 3_600_000) return ["hour", 3_600_000];
  return length >= 120_000 ? ["minute", 60_000] : ["second", 1_000];
}
