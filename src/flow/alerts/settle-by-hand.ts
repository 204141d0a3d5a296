import { alertsIn, settleAlert } from "../../db/deliveries/alerts.ts";
import { setProjectsDue } from "../../db/projects/projects.ts";
import { setUpstreamsDue } from "../../db/upstreams/due-upstreams.ts";
import type { Alert } from "../../domain/bump.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import type { FlowContext } from "../context.ts";
import { readStatement, type WrittenStatement } from "../decide/read-statement.ts";
import { tellSettled } from "./raise-alert.ts";

/** What a person says of an alert. `alert`: its id, or the beginning of it. */
export type SaidOfAlert = Omit<WrittenStatement, "until"> & {
  readonly alert: string;
  readonly state: "acknowledged" | "resolved";
};

/** Characters of an id that are enough, where only one begins so. */
const SHORTEST = 4;

/** The alerts that nobody has resolved, or all there ever were, oldest first. */
export function listAlerts(flow: FlowContext, { all }: { readonly all?: boolean | undefined }): Promise<Alert[]> {
  return alertsIn(flow.db, all === true ? ["open", "acknowledged", "resolved"] : ["open", "acknowledged"]);
}

/**
 * Records that a named person has seen an alert, or says that its trouble is over: then what is there now is what is
 * expected from now on. Both are kept with the reason. The upstream and the project are looked at again at once.
 */
export async function settleByHand(flow: FlowContext, given: SaidOfAlert): Promise<Alert | Failure> {
  const now = flow.clock();
  const statement = readStatement(given, now);
  if (isFailure(statement)) return statement;
  const found = await findAlert(flow, given.alert.trim().toLowerCase());
  if (isFailure(found)) return found;
  const word = { by: statement.by, reason: statement.reason };
  const settled = await settleAlert(flow.db, found, { state: given.state, ...word }, now);
  if (settled === undefined) return new Failure("misconfigured", `${found.id} is ${found.state} already.`);
  await tellSettled(flow, settled, given.state === "resolved" ? "alert-resolved" : "alert-acknowledged", word);
  await setUpstreamsDue(flow.db, [settled.upstream], now);
  await setProjectsDue(flow.db, [settled.project], now);
  return settled;
}

async function findAlert(flow: FlowContext, id: string): Promise<Alert | Failure> {
  const all = await listAlerts(flow, { all: true });
  if (id.length < SHORTEST)
    return new Failure("misconfigured", `"${id}" is too short: give at least ${SHORTEST} characters of the id. ${HOW}`);
  const [only, ...others] = all.filter((alert) => alert.id.startsWith(id));
  if (only === undefined) return new Failure("misconfigured", `There is no alert ${id}. ${HOW}`);
  if (others.length === 0) return only;
  const several = [only, ...others].map((one) => `${one.id} (${one.class} ${upstreamLabel(one.upstream)})`).join(", ");
  return new Failure("misconfigured", `${id} could be ${several}. Give more characters of the id.`);
}

const HOW = "`headgate alerts` lists them.";
