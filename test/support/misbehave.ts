import type { StandIns } from "../demo/stand-ins.ts";
import type { SmtpStandIn } from "../upstreams/smtp.ts";
import type { Received } from "../upstreams/stand-in.ts";
import type { Canary } from "./canary.ts";

/** Whoever was told a secret repeats it, in the body, in headers and in where it redirects to. */
export function misbehave(
  standIns: StandIns,
  smtp: SmtpStandIn,
  { github, index, registry }: Readonly<Record<"github" | "index" | "registry", Canary>>,
): void {
  const is = (path: RegExp) => (request: Received) => path.test(request.path);
  standIns.github.fail(
    is(/^\/repos\/[^/]+\/[^/]+\/(?:statuses|commits)/),
    { status: 403, body: { message: `Token ${github.secret} may not` } },
    2,
  );
  standIns.github.fail(is(/^\/graphql$/), { status: 401, body: { message: `Bad credentials: ${github.secret}` } }, 1);
  standIns.github.fail(
    is(/^\/graphql$/),
    { body: { data: null, errors: [{ type: "FORBIDDEN", message: `${github.secret} has no access` }] } },
    1,
  );
  standIns.pypi.fail(
    is(/jinja2/),
    { status: 401, headers: { "www-authenticate": `Basic realm="${index.secret}"` }, body: `no ${index.secret}` },
    3,
  );
  standIns.pypi.fail(
    is(/requests/),
    { status: 302, headers: { location: `https://mirror.example.org/?password=${index.secret}` } },
    2,
  );
  standIns.osv.fail(() => true, "reset", 1);
  const basic = Buffer.from(`robot:${registry.secret}`).toString("base64");
  standIns.hub.fail(
    is(/token/),
    { status: 403, body: { errors: [{ code: "DENIED", message: `robot:${registry.secret} ${basic}` }] } },
    2,
  );
  standIns.hub.fail(
    is(/alpine/),
    { status: 401, headers: { "www-authenticate": `Bearer realm="${standIns.hub.url}/${registry.secret}"` } },
    2,
  );
  standIns.osv.fail(() => true, { status: 500, body: "broken" }, 1);
  smtp.refuse("second@example.org", 550);
  smtp.failNext("sender-refused");
}
