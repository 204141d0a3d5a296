/** Something that is answered, and whose answer reaches a process only when that goes on after it stood still. */
export function standstill() {
  const reached = Promise.withResolvers<void>();
  const going = Promise.withResolvers<void>();
  const late =
    <Args extends unknown[], Answer>(ask: (...args: Args) => Promise<Answer>) =>
    async (...args: Args) => {
      const answer = await ask(...args);
      reached.resolve();
      await going.promise;
      return answer;
    };
  return { reached: reached.promise, goOn: going.resolve, late };
}
