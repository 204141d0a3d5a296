import type { Direction } from "./cut-proxy.ts";

/** Sees each piece of data to and from a service before it is passed on; false: it is not, and the connection is cut. */
export type Tap = (service: string, direction: Direction, data: Buffer) => boolean;

/** A process that passes points, and ends at one of them. */
export type Watch = {
  readonly tap: Tap;
  /** What is done to the process when the point has come. */
  readonly aim: (kill: () => void) => void;
  /** Ends the watching. The points that were passed, in words; the last one is where it was killed. */
  readonly stop: () => readonly string[];
};

/** Counts points, and kills at the given one, counted from 1: before the data is passed on. */
export function watchPoints(killAt: number | undefined): Watch {
  const points: string[] = [];
  let kill: () => void = () => undefined;
  let watching = true;
  return {
    tap: (service, direction, data) => {
      if (!watching || !isPoint(service, direction, data)) return true;
      const when = direction === "out" ? "before it was asked" : "before its answer came";
      points.push(`${service}, ${when}: ${preview(data)}`);
      if (points.length !== killAt) return true;
      watching = false;
      kill();
      return false;
    },
    aim: (how) => {
      kill = how;
    },
    stop: () => {
      watching = false;
      return points;
    },
  };
}

/** Whether nobody can know if a mail was taken: its last byte was sent, and the server's 250 did not come back. */
export function isBetweenDataAndAnswer(point: string): boolean {
  return /^mail, before its answer came: 250 .*queued/i.test(point);
}

/** Whether nobody can know if a webhook was taken: it was sent, and what was answered did not come back. */
export function isBetweenHookAndAnswer(point: string): boolean {
  return point.startsWith("hook, before its answer came:");
}

/** Everything to the forge and the mail server; of the database what writes, and the answers to that. */
function isPoint(service: string, direction: Direction, data: Buffer): boolean {
  if (service !== "database") return true;
  const text = data.toString("latin1");
  return direction === "out"
    ? /\b(?:insert|update|delete|commit)\b/i.test(text)
    : /INSERT|UPDATE|DELETE|COMMIT/.test(text);
}

function preview(data: Buffer): string {
  return data
    .toString("latin1")
    .replace(/[^ -~]+/g, " ")
    .trim()
    .slice(0, 60);
}
