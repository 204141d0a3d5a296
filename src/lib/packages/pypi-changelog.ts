import { type Instant, MINUTE, plus, toInstant } from "../../domain/instant.ts";
import { Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { normaliseProject } from "./pypi-filename.ts";
import { MARGIN, type PypiUpdates } from "./pypi-updates.ts";

const READ_EVERY = MINUTE;
const REMEMBERED = 24 * 60 * MINUTE;
/** PyPI answers at most so many changes at a time: then there are more. */
const MOST_ROWS = 50_000;
/** A day has some ten thousand changes; whoever is further behind begins anew. */
const MOST_ANSWERS = 4;

type Known = {
  /** The last change that was read; undefined before the first reading. */
  serial: number | undefined;
  readAt: Instant;
  /** The last reading came to its end. */
  isRead: boolean;
  /** From here on every change is known, up to `newest`. */
  coveredSince: Instant;
  newest: Instant | undefined;
  readonly changed: Map<string, Instant>;
};

/**
 * PyPI's list of all changes by serial (https://docs.pypi.org/api/xml-rpc/, `changelog_since_serial`): what the feed of
 * releases says, without gaps, and what was yanked or removed besides. PyPI means it for mirrors and asks new clients not
 * to depend on it, so the configuration has to name it. It knows nothing from before its first reading.
 */
export function createPypiChangelog(fetcher: Fetcher, pypi: string, clock: () => Instant): PypiUpdates {
  const known: Known = {
    serial: undefined,
    readAt: "",
    isRead: false,
    coveredSince: "",
    newest: undefined,
    changed: new Map(),
  };
  let reading: Promise<void> | undefined;

  async function readAgain(): Promise<void> {
    if (known.readAt !== "" && plus(known.readAt, READ_EVERY) > clock()) return;
    reading ??= read(known, (method, given) => call(fetcher, `${pypi}/pypi`, method, given), clock).finally(() => {
      reading = undefined;
    });
    await reading;
  }

  return {
    named: async () => {
      await readAgain();
      return new Map(known.changed);
    },
    silentSince: async (project, since) => {
      await readAgain();
      const from = plus(since, -MARGIN);
      if (!known.isRead || known.coveredSince > from) return false;
      if (plus(known.newest ?? from, MARGIN) < clock()) return false; // nobody on PyPI is silent for so long: the list is old
      return (known.changed.get(normaliseProject(project)) ?? "") < from;
    },
  };
}

type Call = (method: string, given: readonly number[]) => Promise<string | Failure>;

/** After a failure the next reading goes on where this one ended: there is no gap. */
async function read(known: Known, ask: Call, clock: () => Instant): Promise<void> {
  known.readAt = clock();
  known.isRead = false;
  if (known.serial === undefined) {
    const answer = await ask("changelog_last_serial", []);
    const [serial] = isFailure(answer) ? [] : scalarsOf(answer);
    if (typeof serial !== "number") return;
    known.serial = serial;
    known.coveredSince = known.readAt;
    known.newest = known.readAt;
    known.isRead = true;
    return;
  }
  for (let turn = 0; turn < MOST_ANSWERS; turn++) {
    const answer = await ask("changelog_since_serial", [known.serial]);
    const changes = isFailure(answer) ? undefined : changesIn(answer);
    if (changes === undefined) return;
    learn(known, changes);
    if (changes.length >= MOST_ROWS) continue;
    known.isRead = true;
    return;
  }
  known.serial = undefined; // too far behind to catch up: what lies between is not known
}

function learn(known: Known, changes: readonly Change[]): void {
  for (const { project, at, serial } of changes) {
    if ((known.changed.get(project) ?? "") < at) known.changed.set(project, at);
    if ((known.newest ?? "") < at) known.newest = at;
    known.serial = Math.max(known.serial ?? 0, serial);
  }
  const old = plus(known.newest ?? known.readAt, -REMEMBERED);
  for (const [project, at] of known.changed) if (at < old) known.changed.delete(project);
  if (known.coveredSince < old) known.coveredSince = old;
}

async function call(
  fetcher: Fetcher,
  url: string,
  method: string,
  given: readonly number[],
): Promise<string | Failure> {
  const params = given.map((value) => `<param><value><int>${value}</int></value></param>`).join("");
  const response = await fetcher.fetch({
    url,
    method: "POST",
    headers: { "content-type": "text/xml" },
    body: `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>${params}</params></methodCall>`,
    repeatable: true,
    maxBytes: 32 * 1024 * 1024,
  });
  if (isFailure(response)) return response;
  const text = new TextDecoder().decode(response.body);
  if (response.status === 200 && text.includes("<methodResponse>") && !text.includes("<fault>")) return text;
  return new Failure("unavailable", `PyPI's list of changes answered ${response.status} and no list`);
}

type Change = { readonly project: string; readonly at: Instant; readonly serial: number };

/** Rows of `[name, version or nil, epoch seconds, action, serial]`; undefined for anything else. */
function changesIn(answer: string): Change[] | undefined {
  const scalars = scalarsOf(answer);
  if (scalars.length % 5 !== 0) return undefined;
  const changes: Change[] = [];
  for (let index = 0; index < scalars.length; index += 5) {
    const [name, , seconds, , serial] = scalars.slice(index, index + 5);
    const at = typeof seconds === "number" ? toInstant(new Date(seconds * 1_000).toUTCString()) : undefined;
    if (typeof name !== "string" || typeof serial !== "number" || at === undefined) return undefined;
    changes.push({ project: normaliseProject(name), at, serial });
  }
  return changes;
}

/** The single values of an XML-RPC answer (http://xmlrpc.com/spec.md), in their order. */
function scalarsOf(answer: string): (string | number | undefined)[] {
  return [...answer.matchAll(/<(string|int|i4|i8)>([^<]*)<\/\1>|<(?:nil|string)\/>/g)].map(([, type, text = ""]) => {
    if (type === undefined) return undefined;
    return type === "string" ? text : Number(text);
  });
}
