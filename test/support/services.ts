import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** A real server that a test started. Stopping it twice does no harm. */
export type Service = {
  readonly url: string;
  readonly stop: () => Promise<void>;
  /** Ends it as a crash does, and starts it again under the same address, with what it had kept. */
  readonly crash: () => Promise<void>;
};

/**
 * Starts a PostgreSQL server of one's own on a free loopback port, with its data under `folder`. It refuses to run as root,
 * so then it runs as `postgres`.
 */
export async function startPostgres(folder = tmpdir()): Promise<Service> {
  const [initdb, pgCtl] = [findProgram("initdb"), findProgram("pg_ctl")];
  const root = mkdtempSync(join(folder, "headgate-postgres-"));
  const user = process.getuid?.() === 0 ? postgresUser() : undefined;
  if (user !== undefined) chownSync(root, user.uid, user.gid);
  const as = { cwd: root, stdio: "ignore", ...user } as const;
  const data = join(root, "data");
  let port = await freePort();
  const made = join(import.meta.dirname, "../../node_modules/.cache", `headgate-cluster-${nameOf(initdb, user?.uid)}`);
  if (!existsSync(made)) {
    execFileSync(initdb, ["-D", data, "-A", "trust", "-U", "headgate", "-E", "UTF8", "--no-sync"], as);
    keepCopy(data, made);
  } else execFileSync("cp", ["-a", made, data]); // a tenth of the work of initdb
  // a crash of the server loses nothing without fsync; only one of the machine would
  const settings = () => `-k ${root} -c listen_addresses=127.0.0.1 -p ${port} -c fsync=off`;
  const start = () => ["-D", data, "-o", settings(), "-l", join(root, "log"), "-w", "-t", `${STARTS_WITHIN}`, "start"];
  for (let tries = TRIES; ; tries--) {
    try {
      execFileSync(pgCtl, start(), as);
      break;
    } catch (thrown) {
      if (tries === 1) throw new Error(`PostgreSQL does not start: ${lastWords(join(root, "log"))}`, { cause: thrown });
      port = await freePort(); // somebody else took it meanwhile
    }
  }
  return {
    url: `postgres://headgate@127.0.0.1:${port}/postgres`,
    crash: async () => {
      await runProgram(pgCtl, ["-D", data, "-m", "immediate", "-w", "stop"], as).catch(() => undefined); // or it has crashed by itself
      await runProgram(pgCtl, start(), as);
    },
    stop: async () => {
      if (!existsSync(root)) return;
      execFileSync(pgCtl, ["-D", data, "-m", "immediate", "-w", "stop"], as);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Seconds, on a machine that does much else. */
const STARTS_WITHIN = 180;

/** Between a look for a free port and the start of a server on it, somebody else can take it. */
const TRIES = 3;

function lastWords(log: string): string {
  return existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").slice(-5).join("\n") : "it wrote no log";
}

/** A cluster is of one version of PostgreSQL and one owner. */
function nameOf(initdb: string, owner: number | undefined): string {
  const version = execFileSync(initdb, ["--version"], { encoding: "utf8" });
  return `${/[\d.]+/.exec(version)?.[0] ?? "unknown"}-${owner ?? "own"}`;
}

/** Keeps a copy for the next test; owners and modes are a part of it. */
function keepCopy(data: string, made: string): void {
  const unfinished = `${made}-${process.pid}`;
  mkdirSync(join(made, ".."), { recursive: true });
  execFileSync("cp", ["-a", data, unfinished]);
  try {
    renameSync(unfinished, made);
  } catch (thrown) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(made)) throw thrown; // else another test file was first, and its copy is as good
  }
}

/** Starts a Redis server of one's own on a free loopback port, with nothing kept. */
export async function startRedis(): Promise<Service> {
  const program = findProgram("redis-server");
  let port = await freePort();
  const root = mkdtempSync(join(tmpdir(), "headgate-redis-"));
  const settings = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", root];
  const start = () =>
    spawn(program, ["--port", `${port}`, ...settings, "--maxmemory-policy", "noeviction"], { stdio: "ignore" });
  let server = start();
  const kill = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGKILL");
    await gone;
  };
  for (let tries = TRIES; !(await isReady(server, port)); tries--) {
    if (tries === 1) throw new Error(`Redis ended at its start with ${server.exitCode ?? server.signalCode}.`);
    port = await freePort(); // somebody else took it meanwhile
    server = start();
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    crash: async () => {
      await kill();
      do server = start();
      while (!(await isReady(server, port))); // until whoever has its port by chance lets go of it
    },
    stop: async () => {
      await kill();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function runProgram(program: string, args: readonly string[], options: SpawnOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], options);
    child.once("error", reject);
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}`))));
  });
}

function findProgram(name: string): string {
  const found = [...(process.env.PATH ?? "").split(delimiter), ...postgresFolders()]
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Error(
    `This test needs the program ${name}, which is not installed. Run .ci/run, which installs it, or install it yourself ` +
      "(Debian: apt-get install postgresql redis-server). HEADGATE_TEST_BACKENDS=embedded limits the tests to what needs neither.",
  );
}

function postgresFolders(): string[] {
  const root = "/usr/lib/postgresql"; // where Debian keeps each version's programs
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(root, version, "bin"));
}

function postgresUser(): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

/**
 * A port that nobody listens on, below those that systems hand out by themselves (from 32768 on Linux, from 49152
 * elsewhere): nobody is given it by chance while a server starts, or while one that crashed is away.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** True once it can be connected to; false when it has ended instead. */
async function isReady(server: ChildProcess, port: number): Promise<boolean> {
  for (;;) {
    const connects = await canConnect(port);
    if (server.exitCode !== null || server.signalCode !== null) return false;
    if (connects) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function canConnect(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  return new Promise((resolve) => {
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
  }).then((connected) => {
    socket.destroy();
    return connected === true;
  });
}
