import { setImmediate as untilNextTurn } from "node:timers/promises";
import { shareRunning } from "./share-running.ts";

/** One question, to which equal and simultaneous ones are joined. */
export type Ask<Value> = (key: string) => Promise<Value>;

type Question<Value> = { readonly key: string; readonly settle: (answer: Value | PromiseLike<Value>) => void };

/** Questions of one moment become one call of `batch`; equal ones share an answer. Answers are not remembered. */
export function coalesce<Value>(
  batch: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
  otherwise: (key: string) => Value,
): Ask<Value> {
  const share = shareRunning<Value>();
  let waiting: Question<Value>[] = [];

  async function serve(): Promise<void> {
    await untilNextTurn();
    const questions = waiting;
    waiting = [];
    const answers = batch(questions.map(({ key }) => key));
    for (const { key, settle } of questions) settle(answers.then((known) => known.get(key) ?? otherwise(key)));
  }

  return (key) =>
    share(key, () => {
      if (waiting.length === 0) void serve();
      return new Promise<Value>((settle) => waiting.push({ key, settle }));
    });
}
