/** Runs work, but never more than a fixed number at once; the rest waits in order. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

/** A gate that lets `width` pieces of work through at a time. */
export function createGate(width: number): Gate {
  const waiting = new Set<() => void>(); // in the order of arrival; taking the first stays cheap however long it is
  let running = 0;
  const leave = () => {
    const [next] = waiting;
    if (next === undefined) running--;
    else if (waiting.delete(next)) next();
  };
  return async (work) => {
    if (running < width) running++;
    else await new Promise<void>((resolve) => waiting.add(resolve));
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
