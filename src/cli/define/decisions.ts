import type { Command } from "commander";
import { configOption, type Process } from "./process.ts";

/** Commands about what people say of candidates, alerts and upstreams, and what was said. */
export function defineDecisions(program: Command, process: Process): void {
  program.commandsGroup("Decisions, alerts and trust:");
  defineWords(program, process);
  defineAlerts(program, process);
  defineSettling(program, process);
  defineVouch(program, process);
  defineLedger(program, process);
  defineAudit(program, process);
}

function defineWords(program: Command, { terminal, finish }: Process): void {
  for (const [action, description] of [
    ["approve", "lifts the holds on exactly this version; blocks and waits stay"],
    ["hold", "keeps exactly this version back until somebody approves or reopens it"],
    ["skip", "passes exactly this version over; the next one is proposed"],
    ["reopen", "takes back what people decided about it before"],
  ] as const) {
    program
      .command(action)
      .description(description)
      .argument("<candidate>", "its id, or the first six characters or more of it; headgate plan lists them")
      .requiredOption("--reason <text>", "why, in one sentence: it is kept and shown")
      .option("--until <date>", "when this ends by itself: 2026-12-01, or a moment with its zone")
      .option("--by <name>", "who decides; default: your user name on this machine")
      .addOption(configOption())
      .action(async (candidate: string, options: { reason: string; until?: string; by?: string; config?: string }) =>
        finish(await (await import("../commands/decide.ts")).decideCommand(action, candidate, options, terminal)),
      );
  }
}

function defineAlerts(program: Command, { terminal, finish }: Process): void {
  program
    .command("alerts")
    .description("what is wrong with what is already pinned, until somebody resolves it")
    .option("--all", "also those that are over")
    .option("--json", "for other programs")
    .addOption(configOption())
    .action(async (options: { all?: boolean; json?: boolean; config?: string }) =>
      finish(await (await import("../commands/alerts.ts")).alertsCommand(options, terminal)),
    );
}

function defineSettling(program: Command, { terminal, finish }: Process): void {
  for (const [action, state, description] of [
    ["acknowledge", "acknowledged", "says that somebody has seen an alert and looks after it; it stays in sight"],
    ["resolve", "resolved", "says that an alert is over: what is there now is expected from now on"],
  ] as const) {
    program
      .command(action)
      .description(description)
      .argument("<alert>", "its id, or the first four characters or more of it; headgate alerts lists them")
      .requiredOption("--reason <text>", "why, in one sentence: it is kept and shown")
      .option("--by <name>", "who says so; default: your user name on this machine")
      .addOption(configOption())
      .action(async (alert: string, options: { reason: string; by?: string; config?: string }) =>
        finish(await (await import("../commands/alerts.ts")).settleCommand(state, alert, options, terminal)),
      );
  }
}

function defineVouch(program: Command, { terminal, finish }: Process): void {
  program
    .command("vouch")
    .description("records that somebody here knows the people behind an upstream")
    .argument("<upstream>", "a purl, or its short name where that is clear")
    .requiredOption("--by <name>", "who knows them")
    .requiredOption("--reason <text>", "how, in one sentence: it is kept and shown")
    .option("--points <number>", "0 (no trust at all) to 10", "8")
    .option("--until <date>", "when this ends by itself: 2026-12-01, or a moment with its zone")
    .addOption(configOption())
    .action(
      async (
        upstream: string,
        options: { by: string; reason: string; points: string; until?: string; config?: string },
      ) => finish(await (await import("../commands/vouch.ts")).vouchCommand(upstream, options, terminal)),
    );
}

function defineLedger(program: Command, { terminal, finish }: Process): void {
  program
    .command("ledger")
    .description("everything that was decided about a candidate, with the content and the evidence it was decided on")
    .argument("<candidate>", "its id, or the first six characters or more of it; headgate explain lists them")
    .option("--at <date>", "only what stood then: 2026-12-01, or a moment with its zone")
    .option("--json", "for other programs")
    .addOption(configOption())
    .action(async (candidate: string, options: { at?: string; json?: boolean; config?: string }) =>
      finish(await (await import("../commands/ledger.ts")).ledgerCommand(candidate, options, terminal)),
    );
}

function defineAudit(program: Command, { terminal, finish }: Process): void {
  program
    .command("audit")
    .description("every decision and every write to the outside, oldest first")
    .option("--since <date>", "from then on: 2026-12-01, or a moment with its zone")
    .option("--json", "one entry a line (JSON Lines), and nothing where there is none")
    .addOption(configOption())
    .action(async (options: { since?: string; json?: boolean; config?: string }) =>
      finish(await (await import("../commands/audit.ts")).auditCommand(options, terminal)),
    );
}
