import { EventEmitter } from "node:events";
import type { PGlite, QueryOptions, Results } from "@electric-sql/pglite";
import pg from "pg";
import { createGate, type Gate } from "../../lib/limits/gate.ts";

/** A statement as `pg` takes it: text, or text with a row mode and type parsers of its own. */
type Statement =
  | string
  | {
      readonly text: string;
      readonly values?: unknown[];
      readonly rowMode?: "array";
      readonly types?: Types;
    };

/** Gives what the text of a value of a type stands for. */
type Types = { readonly getTypeParser: (oid: number) => (value: string) => unknown };

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
    // Values are parsed as `pg` does it: telling the engine how with every statement makes a copy of its list each time.
    for (const oid of Object.keys(database.parsers)) database.parsers[oid] = asText;
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

function asText(value: string): string {
  return value;
}

async function run(database: PGlite, statement: Statement, values?: unknown[]): Promise<pg.QueryResult> {
  const given = typeof statement === "string" ? { text: statement } : statement;
  const { text, rowMode, types = pg.types, values: own } = given;
  const options: QueryOptions = rowMode === undefined ? {} : { rowMode };
  const parameters = values ?? own;
  // Without parameters `pg` speaks the simple protocol, which takes several statements at once; migrations need that.
  if (parameters === undefined || parameters.length === 0)
    return toResult((await database.exec(text, options)).at(-1), types);
  return toResult(await database.query(text, parameters, options), types);
}

function toResult(results: Results | undefined, types: Types): pg.QueryResult {
  const { rows = [], fields = [], rowCount = rows.length, command = "" } = results ?? {};
  const described = fields.map(({ name, dataTypeID }) => ({ ...UNKNOWN_FIELD, name, dataTypeID }));
  if (rows.length > 0) parseRows(rows as Row[], fields, types);
  return { rows, rowCount, fields: described, command, oid: 0 };
}

/** A row by the places of its columns, or by their names. */
type Row = Record<number | string, unknown>;

/** Puts values in the place of their texts, so that nothing behaves differently on the embedded store. */
function parseRows(rows: Row[], fields: Results["fields"], types: Types): void {
  const isArray = Array.isArray(rows[0]);
  const places = new Map(
    fields.map(({ name, dataTypeID }, at) => [isArray ? at : name, types.getTypeParser(dataTypeID)]),
  );
  for (const row of rows) {
    for (const [place, parse] of places) {
      const text = row[place];
      if (typeof text === "string") row[place] = parse(text);
    }
  }
}

const UNKNOWN_FIELD = { tableID: 0, columnID: 0, dataTypeSize: -1, dataTypeModifier: -1, format: "text" };
