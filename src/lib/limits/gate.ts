/** Runs work, but never more than a number at once; the rest waits in order. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

/** A gate that lets `width` pieces of work through at a time. A width that changes counts from the next piece on. */
export function createGate(width: number | (() => number)): Gate {
  const current = typeof width === "number" ? () => width : width;
  const waiting = new Set<() => void>(); // in the order of arrival; taking the first stays cheap however long it is
  let running = 0;
  const admit = () => {
    for (const next of waiting) {
      if (running >= current()) return;
      waiting.delete(next);
      running++;
      next();
    }
  };
  return async (work) => {
    if (running < current()) running++;
    else await new Promise<void>((resolve) => waiting.add(resolve));
    try {
      return await work();
    } finally {
      running--;
      admit();
    }
  };
}
