import { z } from "zod";
import { Failure } from "../lib/failure.ts";
import { importReport } from "./advisories/import-report.ts";
import { listAlerts, settleByHand } from "./alerts/settle-by-hand.ts";
import type { FlowContext } from "./context.ts";
import { readLedger } from "./decide/read-ledger.ts";
import { decideByHand } from "./decide/record-human-decision.ts";
import { buildChange } from "./deliver/apply-candidate.ts";
import { previewDigest, sendDigest } from "./letters/send-digest.ts";
import { backUp } from "./operate/back-up.ts";
import { checkHealth } from "./operate/check-health.ts";
import { explainRules } from "./plan/explain-rules.ts";
import { planAll } from "./plan/plan-all.ts";
import { readAudit } from "./show/read-audit.ts";
import { reportMaterial } from "./show/report-material.ts";
import { explainUpstream } from "./trust/explain-upstream.ts";
import { vouchFor } from "./trust/record-vouch.ts";
import { trustRoots } from "./trust/trust-roots.ts";

/** A command that needs state: plain data in, plain data out, so that it runs here or inside the daemon that owns the store. */
type Command = (flow: FlowContext, input: unknown) => Promise<unknown | Failure>;

/** Who says something, why, and until when it counts. */
const STATEMENT = { by: z.string(), reason: z.string(), until: z.string().optional() };

/** All of them, by name. The command line calls them directly, or posts the input to the daemon. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  plan: define(z.object({ path: z.string().optional() }), planAll),
  "preview-digest": define(z.object({}), (flow) => previewDigest(flow)),
  "send-digest": define(z.object({}), (flow) => sendDigest(flow)),
  "check-health": define(z.object({}), (flow) => checkHealth(flow)),
  decide: define(
    z.object({ ...STATEMENT, candidate: z.string(), action: z.enum(["approve", "hold", "skip", "reopen"]) }),
    decideByHand,
  ),
  vouch: define(z.object({ ...STATEMENT, upstream: z.string(), points: z.number() }), vouchFor),
  "build-change": define(z.object({ candidate: z.string(), force: z.boolean().optional() }), buildChange),
  "explain-rules": define(z.object({ candidate: z.string() }), explainRules),
  alerts: define(z.object({ all: z.boolean().optional() }), listAlerts),
  "settle-alert": define(
    z.object({ by: z.string(), reason: z.string(), alert: z.string(), state: z.enum(["acknowledged", "resolved"]) }),
    settleByHand,
  ),
  ledger: define(z.object({ candidate: z.string(), at: z.string().optional() }), readLedger),
  audit: define(
    z.object({ since: z.string().optional(), after: z.number().int(), limit: z.number().int().max(1_000) }),
    readAudit,
  ),
  backup: define(z.object({ file: z.string() }), backUp),
  "trust-roots": define(z.object({ refresh: z.boolean().optional() }), trustRoots),
  "import-report": define(
    z.object({ text: z.string(), file: z.string().optional(), image: z.string().optional() }),
    importReport,
  ),
  "report-material": define(
    z.object({ project: z.string().optional(), since: z.string().optional(), until: z.string().optional() }),
    reportMaterial,
  ),
  explain: define(z.object({ upstream: z.string(), ask: z.boolean().optional() }), explainUpstream),
};

function define<Input>(
  schema: z.ZodType<Input>,
  run: (flow: FlowContext, input: Input) => Promise<unknown | Failure>,
): Command {
  return async (flow, raw) => {
    const input = schema.safeParse(raw);
    return input.success ? run(flow, input.data) : new Failure("misconfigured", z.prettifyError(input.error));
  };
}
