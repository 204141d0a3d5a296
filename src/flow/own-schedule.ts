import { jitterOf } from "./poll/next-poll.ts";

/** Cron expressions of what asks others; `null`: at moments that follow from the installation's id. */
export type WrittenSchedule = {
  readonly discover: string | null;
  readonly poll: string | null;
  readonly advisories: string | null;
};

/**
 * When this installation asks: files and advisories once an hour at a minute of its own, due upstreams every two minutes
 * at a second of its own. If all installations asked at minute 0, services would block them.
 */
export function ownSchedule(
  written: WrittenSchedule,
  installation: string,
): { readonly [Tick in keyof WrittenSchedule]: string } {
  const one = (tick: keyof WrittenSchedule) => Math.floor(jitterOf(installation, tick) * 60);
  return {
    discover: written.discover ?? `${one("discover")} * * * *`,
    poll: written.poll ?? `${one("poll")} */2 * * * *`,
    advisories: written.advisories ?? `${one("advisories")} * * * *`,
  };
}
