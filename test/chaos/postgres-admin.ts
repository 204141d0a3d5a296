import { Client, Pool } from "pg";

/** Databases of one server: made, copied, looked into, dropped. */
export type Admin = {
  /** Has the server wait for no disk: right where clients are killed, and never the server. */
  readonly hurry: () => Promise<void>;
  readonly create: (name: string) => Promise<void>;
  readonly copy: (from: string, to: string) => Promise<void>;
  readonly drop: (name: string) => Promise<void>;
  /** Rows of a table. */
  readonly count: (database: string, table: string) => Promise<number>;
  readonly close: () => Promise<void>;
};

/** Connects to the server's own database. Names are ours: they are put into statements as they are. */
export async function openAdmin(url: string): Promise<Admin> {
  const pool = new Pool({ connectionString: url, max: 1 });
  const run = async (text: string) => void (await pool.query(text));
  return {
    hurry: async () => {
      await run("alter system set fsync = off");
      await run("select pg_reload_conf()");
    },
    create: (name) => run(`create database ${name}`),
    copy: (from, to) => run(`create database ${to} template ${from}`),
    drop: (name) => run(`drop database ${name} with (force)`),
    count: async (database, table) => {
      const other = new Client({ connectionString: url.replace(/\/[^/]*$/, `/${database}`) });
      other.on("error", () => undefined); // dropping the database ends it once more while it says goodbye
      await other.connect();
      const { rows } = await other.query<{ count: string }>(`select count(*) from ${table}`);
      await other.end();
      return Number(rows[0]?.count);
    },
    close: () => pool.end(),
  };
}
