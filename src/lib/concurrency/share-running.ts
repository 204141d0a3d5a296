/**
 * Lets equal work run once: while work with a key is under way, asking for the same key waits for the same outcome.
 * Nothing is remembered afterwards.
 */
export function shareRunning<Outcome>(): (key: string, work: () => Promise<Outcome>) => Promise<Outcome> {
  const running = new Map<string, Promise<Outcome>>();
  return (key, work) => {
    const known = running.get(key);
    if (known !== undefined) return known;
    const started = work().finally(() => running.delete(key));
    running.set(key, started);
    return started;
  };
}
