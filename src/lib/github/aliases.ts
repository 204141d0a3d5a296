import { own } from "../../domain/own.ts";
import { shareRunning } from "../concurrency/share-running.ts";
import { Failure, isFailure, toFailure } from "../failure.ts";
import { type BatchSize, createBatchSize } from "./batch-size.ts";
import type { GitHubClient } from "./client.ts";
import { GRAPHQL_CODES, withoutSecrets } from "./failure.ts";
import type { GraphqlAnswer } from "./graphql.ts";
import type { RepositoryName } from "./installations.ts";

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
 * Questions that wait become one query with an alias each: as many as GitHub takes, the next ones when it has answered,
 * so that those who ask with a bound keep the queries full. A query that is too much for GitHub is halved, down to one
 * repository; one that fails even alone is from then on asked alone, after the others, so that it does not slow them down.
 */
export function createAliasedReads<Key extends RepositoryName, Value>(
  github: GitHubClient,
  kind: AliasedRead<Key, Value>,
): (key: Key) => Promise<Value | Failure> {
  const share = shareRunning<Value | Failure>();
  const desk: Desk<Key, Value> = {
    ask: (keys) => askChunk(github, kind, keys),
    size: createBatchSize(kind.first, kind.largest),
    heavy: new Set(),
    waiting: [],
    alone: [],
    loneFailures: 0,
    isOpen: false,
  };
  return (key) =>
    share(toText(key), () => {
      const answer = new Promise<Value | Failure>((settle) => {
        (desk.heavy.has(toText(key)) ? desk.alone : desk.waiting).push({ key, settle });
      });
      if (!desk.isOpen) void serve(desk);
      return answer;
    });
}

type Question<Key, Value> = { readonly key: Key; readonly settle: (answer: Value | Failure) => void };

/** Questions that wait, in the order in which they came, and what is remembered of those before. */
type Desk<Key, Value> = {
  readonly ask: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value | Failure> | Failure>;
  readonly size: BatchSize;
  readonly heavy: Set<string>;
  waiting: Question<Key, Value>[];
  alone: Question<Key, Value>[];
  loneFailures: number;
  isOpen: boolean;
};

/** Answers until nobody waits. Questions of one moment are let in together before each query. */
async function serve<Key, Value>(desk: Desk<Key, Value>): Promise<void> {
  desk.isOpen = true;
  desk.loneFailures = 0;
  for (await untilNextTurn(); desk.waiting.length + desk.alone.length > 0; await untilNextTurn()) {
    const chunk = desk.waiting.length > 0 ? desk.waiting.splice(0, desk.size.next()) : desk.alone.splice(0, 1);
    await answerSome(desk, chunk);
  }
  desk.isOpen = false;
}

/** Asks for some; when the query must become smaller, they wait again. */
async function answerSome<Key, Value>(desk: Desk<Key, Value>, chunk: readonly Question<Key, Value>[]): Promise<void> {
  const started = performance.now();
  const answered = await answerOf(desk, chunk);
  const asked = chunk.length === 1 ? "alone" : "among others";
  if (!isFailure(answered)) {
    desk.size.succeeded(chunk.length, performance.now() - started);
    for (const question of chunk) settle(desk, question, answered.get(question.key), asked);
    return;
  }
  if (isTooHeavy(answered) && chunk.length > 1) {
    desk.size.failed(chunk.length);
    desk.waiting.unshift(...chunk);
    return;
  }
  const isOnlyTheirs = isTooHeavy(answered) && ++desk.loneFailures < LONE_FAILURES;
  const others = isOnlyTheirs ? [] : [...desk.waiting.splice(0), ...desk.alone.splice(0)];
  for (const question of chunk) settle(desk, question, answered, asked);
  for (const question of others) settle(desk, question, answered, "among others");
}

async function answerOf<Key, Value>(desk: Desk<Key, Value>, chunk: readonly Question<Key, Value>[]) {
  try {
    return await desk.ask(chunk.map(({ key }) => key));
  } catch (thrown) {
    return toFailure(thrown, "unreadable", "GitHub's answer could not be understood");
  }
}

function settle<Key, Value>(
  desk: Desk<Key, Value>,
  { key, settle }: Question<Key, Value>,
  answer: Value | Failure | undefined,
  asked: "alone" | "among others",
): void {
  if (!isFailure(answer)) desk.loneFailures = 0;
  if (isFailure(answer) && isTooHeavy(answer) && asked === "alone") desk.heavy.add(toText(key));
  else desk.heavy.delete(toText(key));
  settle(answer ?? noAnswer(key as RepositoryName));
}

function untilNextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A time-out, GitHub's resource limit, or an answer over the size that is accepted: half as much may do. */
function isTooHeavy(failure: Failure): boolean {
  return failure.code === "timeout" || failure.code === "too-large";
}

async function askChunk<Key extends RepositoryName, Value>(
  github: GitHubClient,
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
  return new Failure(own(GRAPHQL_CODES, error.type) ?? "unavailable", `GitHub did not answer for ${name}: ${said}`);
}

function noAnswer(key: RepositoryName): Failure {
  return new Failure("unavailable", `GitHub did not answer for ${key.owner}/${key.name}.`);
}

function toText(key: unknown): string {
  return JSON.stringify(key);
}
