import DataLoader from "dataloader";
import { Failure, isFailure } from "./failure.ts";
import type { GitHub, GraphqlAnswer } from "./github.ts";
import { type BatchSize, createBatchSize } from "./github-batch-size.ts";
import { GRAPHQL_CODES, withoutSecrets } from "./github-failure.ts";
import type { RepositoryName } from "./github-installations.ts";

/** Declares a variable of a query and returns its name; values never become part of the query's text. */
export type Bind = (type: string, value: unknown) => string;

/** How one kind of question about a repository is asked and answered. Keys that are equal as JSON share an answer. */
export type AliasedRead<Key extends RepositoryName, Value> = {
  /** The name of the GraphQL operation. */
  readonly operation: string;
  readonly first: number;
  readonly largest: number;
  /** Whose installation an App asks with; absent: any, which is enough for public data. */
  readonly repository?: RepositoryName;
  /** Fragments that selections may use; one stands before those that it uses itself. */
  readonly fragments: () => Promise<readonly string[]>;
  /** What is selected inside `repository { … }`. */
  readonly select: (key: Key, bind: Bind) => string;
  /** Reads the repository's part of the answer, which is neither null nor checked. */
  readonly read: (repository: unknown, key: Key) => Value | Failure;
};

/** When this many repositories in a row fail even alone, the trouble is not theirs. */
const LONE_FAILURES = 3;

/**
 * Questions of one tick become one query with an alias each. A query that is too much for GitHub is halved, down to one
 * repository; one that fails even alone is from then on asked alone, so that it does not slow down the others.
 */
export function createAliasedReads<Key extends RepositoryName, Value>(
  github: GitHub,
  kind: AliasedRead<Key, Value>,
): (key: Key) => Promise<Value | Failure> {
  const state = { size: createBatchSize(kind.first, kind.largest), heavy: new Set<string>() };
  const loader = new DataLoader<Key, { readonly answer: Value | Failure }, string>(
    async (keys) => {
      const answers = await answerAll(github, kind, keys, state);
      for (const key of keys) loader.clear(key); // answers are shared, not remembered
      return keys.map((key) => ({ answer: answers.get(key) ?? noAnswer(key) }));
    },
    { cacheKeyFn: toText, maxBatchSize: Number.POSITIVE_INFINITY },
  );
  return async (key) => (await loader.load(key)).answer;
}

type BatchState = { readonly size: BatchSize; readonly heavy: Set<string> };

/** One run over the keys of a tick. */
type Run<Key, Value> = {
  readonly ask: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value | Failure> | Failure>;
  readonly answers: Map<Key, Value | Failure>;
  readonly state: BatchState;
  loneFailures: number;
};

async function answerAll<Key extends RepositoryName, Value>(
  github: GitHub,
  kind: AliasedRead<Key, Value>,
  keys: readonly Key[],
  state: BatchState,
): Promise<Map<Key, Value | Failure>> {
  const ask = (chunk: readonly Key[]) => askChunk(github, kind, chunk);
  const run: Run<Key, Value> = { ask, answers: new Map(), state, loneFailures: 0 };
  const alone = keys.filter((key) => state.heavy.has(toText(key)));
  const light = keys.filter((key) => !state.heavy.has(toText(key)));
  for (let done = 0; done < light.length; ) done += await answerSome(run, light.slice(done), state.size.next());
  for (let done = 0; done < alone.length; ) done += await answerSome(run, alone.slice(done), 1);
  return run.answers;
}

/** Asks for the first of the waiting keys and returns how many are done: none when the query must become smaller. */
async function answerSome<Key, Value>(run: Run<Key, Value>, waiting: readonly Key[], upTo: number): Promise<number> {
  const { size } = run.state;
  const chunk = waiting.slice(0, upTo);
  const started = performance.now();
  const answered = await run.ask(chunk);
  if (!isFailure(answered)) {
    size.succeeded(chunk.length, performance.now() - started);
    return settle(run, chunk, (key) => answered.get(key));
  }
  if (isTooHeavy(answered) && chunk.length > 1) {
    size.failed(chunk.length);
    return 0;
  }
  const isOnlyTheirs = isTooHeavy(answered) && ++run.loneFailures < LONE_FAILURES;
  return settle(run, isOnlyTheirs ? chunk : waiting, () => answered);
}

function settle<Key, Value>(
  run: Run<Key, Value>,
  keys: readonly Key[],
  answerOf: (key: Key) => Value | Failure | undefined,
): number {
  for (const key of keys) {
    const answer = answerOf(key);
    if (answer === undefined) continue;
    run.answers.set(key, answer);
    if (!isFailure(answer)) run.loneFailures = 0;
    if (isFailure(answer) && isTooHeavy(answer) && keys.length === 1) run.state.heavy.add(toText(key));
    else run.state.heavy.delete(toText(key));
  }
  return keys.length;
}

/** A time-out, GitHub's resource limit, or an answer over the size that is accepted: half as much may do. */
function isTooHeavy(failure: Failure): boolean {
  return failure.code === "timeout" || failure.code === "too-large";
}

async function askChunk<Key extends RepositoryName, Value>(
  github: GitHub,
  kind: AliasedRead<Key, Value>,
  keys: readonly Key[],
): Promise<Map<Key, Value | Failure> | Failure> {
  const query = writeQuery(kind, keys, await kind.fragments());
  const answer = await github.graphql(query.document, query.variables, kind.repository);
  if (isFailure(answer)) return answer;
  return new Map(keys.map((key, index) => [key, readAlias(kind, key, `c${index}`, answer)]));
}

function writeQuery<Key extends RepositoryName, Value>(
  kind: AliasedRead<Key, Value>,
  keys: readonly Key[],
  fragments: readonly string[],
): { document: string; variables: Record<string, unknown> } {
  const variables: Record<string, unknown> = {};
  const declared: string[] = [];
  const bind: Bind = (type, value) => {
    const name = `v${declared.length}`;
    variables[name] = value;
    declared.push(`$${name}:${type}`);
    return `$${name}`;
  };
  const aliases = keys.map((key, index) => {
    const name = `owner:${bind("String!", key.owner)},name:${bind("String!", key.name)}`;
    return `c${index}:repository(${name}){${kind.select(key, bind)}}`;
  });
  const selections = `query ${kind.operation}(${declared.join(",")}){\n${aliases.join("\n")}\n}`;
  return { document: fragments.reduce(appendIfUsed, selections), variables };
}

/** GraphQL refuses a document with a fragment that nothing uses. */
function appendIfUsed(document: string, fragment: string): string {
  const name = /^fragment (\w+)/.exec(fragment)?.[1] ?? "";
  return new RegExp(`\\.\\.\\.${name}\\b`).test(document) ? `${document}\n${fragment}` : document;
}

function readAlias<Key extends RepositoryName, Value>(
  kind: AliasedRead<Key, Value>,
  key: Key,
  alias: string,
  { data, errors }: GraphqlAnswer,
): Value | Failure {
  const part = data[alias];
  if (part !== null && part !== undefined) return kind.read(part, key);
  const name = `${key.owner}/${key.name}`;
  const error = errors.find(({ path }) => path.length === 1 && path[0] === alias);
  if (error?.type === "NOT_FOUND") {
    return new Failure("not-found", `${name} does not exist on GitHub, or this credential may not see it.`);
  }
  if (error === undefined) return noAnswer(key);
  const said = withoutSecrets(error.message);
  return new Failure(GRAPHQL_CODES[error.type] ?? "unavailable", `GitHub did not answer for ${name}: ${said}`);
}

function noAnswer(key: RepositoryName): Failure {
  return new Failure("unavailable", `GitHub did not answer for ${key.owner}/${key.name}.`);
}

function toText(key: unknown): string {
  return JSON.stringify(key);
}
