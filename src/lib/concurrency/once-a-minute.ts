const MINUTE = 60_000;

/**
 * Lets a report through once a minute, counted by a clock that nobody sets: what is away is asked many times a second, and
 * a log that says so each time hides everything else.
 */
export function onceAMinute<Args extends unknown[]>(
  report: (...args: Args) => void,
  uptime: () => number = () => performance.now(),
): (...args: Args) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (...args) => {
    if (uptime() - last < MINUTE) return;
    last = uptime();
    report(...args);
  };
}
