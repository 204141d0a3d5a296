import { EventEmitter } from "node:events";
import type { PGlite, QueryOptions, Results } from "@electric-sql/pglite";
import pg from "pg";
import { createGate, type Gate } from "../lib/limits/gate.ts";

/** A statement as `pg` takes it: text, or text with a row mode and type parsers of its own. */
type Statement =
  | string
  | {
      readonly text: string;
      readonly values?: unknown[];
      readonly rowMode?: "array";
      readonly types?: { readonly getTypeParser: (oid: number) => (value: string) => unknown };
    };
type Parser = (value: string) => unknown;

/**
 * The embedded database in the shape of `pg.Pool`, so that drizzle and BullMQ share it without knowing. There is one
 * session: a gate lets one statement through at a time, and a transaction keeps it from BEGIN to COMMIT or ROLLBACK, so
 * that nobody's statement falls into somebody else's transaction.
 */
export class PglitePool extends EventEmitter {
  readonly options = { keepAlive: true, max: 1 };
  readonly #database: PGlite;
  readonly #gate: Gate = createGate(1);
  readonly #clients = new Set<PgliteClient>();

  constructor(database: PGlite) {
    super();
    this.#database = database;
    database.onNotification((channel, payload) => {
      for (const client of this.#clients) client.emit("notification", { channel, payload });
    });
  }

  /** One statement outside any transaction. */
  query(statement: Statement, values?: unknown[]): Promise<pg.QueryResult> {
    return this.#gate(() => run(this.#database, statement, values));
  }

  /** A client that may open transactions and LISTEN. Having one keeps nobody else out; a transaction does. */
  connect(): Promise<PgliteClient> {
    const client = new PgliteClient(this.#database, this.#gate, () => this.#clients.delete(client));
    this.#clients.add(client);
    return Promise.resolve(client);
  }

  /** Waits for what is running, then closes the database. Twice does no harm. */
  end(): Promise<void> {
    return this.#gate(async () => {
      if (!this.#database.closed) await this.#database.close();
    });
  }
}

class PgliteClient extends EventEmitter {
  readonly #database: PGlite;
  readonly #gate: Gate;
  readonly #forget: () => void;
  #leave: (() => void) | undefined;

  constructor(database: PGlite, gate: Gate, forget: () => void) {
    super();
    this.#database = database;
    this.#gate = gate;
    this.#forget = forget;
  }

  async query(statement: Statement, values?: unknown[]): Promise<pg.QueryResult> {
    const text = typeof statement === "string" ? statement : statement.text;
    if (this.#leave === undefined && !BEGINS.test(text)) {
      return this.#gate(() => run(this.#database, statement, values));
    }
    this.#leave ??= await enter(this.#gate);
    try {
      return await run(this.#database, statement, values);
    } finally {
      if (ENDS.test(text)) this.#end();
    }
  }

  release(): void {
    this.#forget();
    if (this.#leave === undefined) return;
    // Whoever left in the middle of a transaction did not mean to keep it. A closed database has dropped it already.
    void run(this.#database, "ROLLBACK")
      .catch(() => undefined)
      .finally(() => this.#end());
  }

  #end(): void {
    this.#leave?.();
    this.#leave = undefined;
  }
}

const BEGINS = /^\s*(?:begin|start\s+transaction)\b/i;
const ENDS = /^\s*(?:commit|end|rollback(?!\s+to\b)|abort)\b/i;

/** Goes through the gate and stays there until the returned function is called. */
function enter(gate: Gate): Promise<() => void> {
  return new Promise((entered) => {
    void gate(() => new Promise<void>((leave) => entered(leave)));
  });
}

async function run(database: PGlite, statement: Statement, values?: unknown[]): Promise<pg.QueryResult> {
  const { text, rowMode, types, values: own } = typeof statement === "string" ? { text: statement } : statement;
  const options: QueryOptions = { parsers: parsersOf(types), ...(rowMode !== undefined && { rowMode }) };
  const parameters = values ?? own;
  // Without parameters `pg` speaks the simple protocol, which takes several statements at once; migrations need that.
  if (parameters === undefined || parameters.length === 0) return toResult((await database.exec(text, options)).at(-1));
  return toResult(await database.query(text, parameters, options));
}

function toResult(results: Results | undefined): pg.QueryResult {
  const { rows = [], fields = [], rowCount = rows.length, command = "" } = results ?? {};
  const described = fields.map(({ name, dataTypeID }) => ({ ...UNKNOWN_FIELD, name, dataTypeID }));
  return { rows, rowCount, fields: described, command, oid: 0 };
}

const UNKNOWN_FIELD = { tableID: 0, columnID: 0, dataTypeSize: -1, dataTypeModifier: -1, format: "text" };

/** Values come out as `pg` gives them, so that nothing behaves differently on the embedded store. */
const PARSERS = parsersBy((oid) => pg.types.getTypeParser(oid));

function parsersOf(types: { readonly getTypeParser: (oid: number) => Parser } | undefined): Record<number, Parser> {
  return types === undefined ? PARSERS : parsersBy((oid) => types.getTypeParser(oid));
}

function parsersBy(parserOf: (oid: number) => Parser): Record<number, Parser> {
  return Object.fromEntries(Object.values(pg.types.builtins).map((oid) => [oid, parserOf(oid)]));
}
