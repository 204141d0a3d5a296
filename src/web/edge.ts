import type { NextRun } from "../domain/pages/overview.ts";
import type { FlowContext } from "../flow/context.ts";
import type { Assets } from "./assets.ts";
import type { Changes } from "./changes.ts";
import type { LoginGuard } from "./login-guard.ts";
import type { LoginLinks } from "./login-links.ts";

/** Everything that routes of the dashboard need. */
export type Edge = {
  readonly flow: FlowContext;
  readonly assets: Assets;
  readonly changes: Changes;
  readonly links: LoginLinks;
  /** What logs in, and what commands show. */
  readonly token: string;
  /** Slows down whoever guesses it, on the login page and on the API alike. */
  readonly guard: LoginGuard;
  /** Addresses and blocks of proxies in front of us, whose word on who asks counts. */
  readonly trustedProxies: readonly string[];
  /** Our address as the world sees it. */
  readonly publicUrl: URL | undefined;
  /** Has what was just decided carried out now, not with the next cycle. */
  readonly carryOut: () => Promise<unknown>;
  /** When what is scheduled runs next. */
  readonly nextRuns: () => readonly NextRun[];
};

/** A logged-in browser. `secret`: what its cookie holds; `id`: what the store knows of it. */
export type Session = { readonly secret: string; readonly id: string; readonly person: string };

/** What a route of a logged-in browser finds in its context. `form`: the number of the form that was sent, after a POST. */
export type PageEnv = { Variables: { session: Session; form: string } };
