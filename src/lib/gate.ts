/** Runs work, but never more than a fixed number at once; the rest waits in order. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

/** A gate that lets `width` pieces of work through at a time. */
export function createGate(width: number): Gate {
  const waiting: (() => void)[] = [];
  let running = 0;
  const leave = () => {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  };
  return async (work) => {
    if (running < width) running++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
