import type { Instant } from "../../domain/instant.ts";
import type { Progress } from "../../domain/pages/progress.ts";
import type { Database } from "../database.ts";
import { deliveries } from "../schema/deliveries.ts";
import { pins, projects } from "../schema/projects.ts";
import { upstreams } from "../schema/upstreams.ts";
import { sql } from "../sql/orm.ts";

type Counts = Record<
  | "projects"
  | "projectsDue"
  | "projectsRunning"
  | "upstreams"
  | "upstreamsDue"
  | "upstreamsRunning"
  | "letters"
  | "lettersDue"
  | "lettersRunning",
  number
>;

/** What is due, what is being worked on, and how much there is of each, at this moment. One statement. */
export async function progressAt(db: Database, now: Instant): Promise<Progress> {
  const at = sql`${now}::timestamptz`;
  const free = sql`(leased_until is null or leased_until <= ${at})`;
  const { rows } = await db.execute<Counts>(sql`
    select p.*, u.*, d.* from
      (select count(*)::int as "projects",
        (count(*) filter (where due_at <= ${at} and ${free}))::int as "projectsDue",
        (count(*) filter (where leased_until > ${at}))::int as "projectsRunning"
        from ${projects} where due_at is not null) p,
      (select count(*)::int as "upstreams",
        (count(*) filter (where due_at <= ${at} and ${free}))::int as "upstreamsDue",
        (count(*) filter (where leased_until > ${at}))::int as "upstreamsRunning"
        from ${upstreams} where purl in (select upstream from ${pins} where watched)) u,
      (select count(*)::int as "letters",
        (count(*) filter (where state = 'failed' and retry_at <= ${at}))::int as "lettersDue",
        (count(*) filter (where state = 'started'))::int as "lettersRunning"
        from ${deliveries} where payload is not null) d`);
  const [counted] = rows;
  const of = (name: "projects" | "upstreams" | "letters") => ({
    total: counted?.[name] ?? 0,
    due: counted?.[`${name}Due`] ?? 0,
    running: counted?.[`${name}Running`] ?? 0,
  });
  return { at: now, projects: of("projects"), upstreams: of("upstreams"), letters: of("letters") };
}
