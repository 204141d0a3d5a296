/**
 * What work gives, and the seconds of this thread's own processor time that it takes: what others do on the machine does not
 * count. It is done again while it takes `most` or more, three times at most: collecting garbage is slow once, what is wrong
 * is slow each time.
 */
export function timed<Result>(
  work: () => Result,
  most = Number.POSITIVE_INFINITY,
): { readonly result: Result; readonly seconds: number } {
  let seconds = Number.POSITIVE_INFINITY;
  for (let tries = 1; ; tries++) {
    const start = process.threadCpuUsage();
    const result = work();
    seconds = Math.min(seconds, process.threadCpuUsage(start).user / 1e6);
    if (seconds < most || tries === 3) return { result, seconds };
  }
}
