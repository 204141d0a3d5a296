/** Work that goes on beside other work and is awaited later: if it fails, that is met there, and is no unhandled rejection before. */
export function later<Value>(work: Promise<Value>): Promise<Value> {
  work.catch(() => undefined);
  return work;
}
