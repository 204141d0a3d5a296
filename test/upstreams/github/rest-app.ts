import { plus } from "../../../src/domain/instant.ts";
import { restError } from "./answers.ts";
import { inaccessible } from "./credentials.ts";
import { type Call, onRepository, page, type Route } from "./rest-router.ts";
import { fullName, type Installation, type Repository } from "./world.ts";

/** Tokens of an installation last an hour. */
const HOUR = 3_600_000;
const NOT_ACCESSIBLE =
  "There is at least one repository that does not exist or is not accessible to the parent installation.";
const UNDECODED = "A JSON web token could not be decoded";

/** How an App finds its installation and gets a token for it. Both want a JSON web token. */
export const APP_ROUTES: readonly Route[] = [
  onRepository("GET", "/installation", (call, repository) => {
    if (!call.byApp) return restError(401, UNDECODED);
    const found = call.world.installations.find((one) => covers(one, repository) && !one.suspended);
    return found === undefined ? restError(404, "Not Found") : { body: installationJson(found) };
  }),
  [
    "GET",
    "/app/installations",
    (call) => {
      if (!call.byApp) return restError(401, UNDECODED);
      return page(call, call.world.installations.map(installationJson));
    },
  ],
  ["POST", "/app/installations/:id/access_tokens", issueToken],
  [
    "GET",
    "/orgs/:org/teams",
    (call) => {
      if (call.credential?.permissions.members !== undefined) return page(call, []);
      return restError(403, inaccessible(call.credential));
    },
  ],
];

function installationJson({ id, appSlug, permissions, repositories }: Installation) {
  return { id, app_slug: appSlug, permissions, repository_selection: repositories === "all" ? "all" : "selected" };
}

function issueToken(call: Call) {
  if (!call.byApp) return restError(401, UNDECODED);
  const { world, body } = call;
  const installation = world.installations.find(({ id }) => String(id) === call.part("id"));
  if (installation === undefined) return restError(404, "Not Found");
  if (installation.suspended) return restError(403, "This installation has been suspended");
  const permissions = (body.permissions ?? installation.permissions) as Installation["permissions"];
  const tooMuch = Object.entries(permissions).some(
    ([name, level]) => installation.permissions[name] !== "write" && installation.permissions[name] !== level,
  );
  if (tooMuch) return restError(422, "The permissions requested are not granted to this installation.");
  const repositories = wantedRepositories(call, installation);
  if (repositories !== "all" && Array.isArray(body.repositories) && repositories.length < body.repositories.length) {
    return restError(422, NOT_ACCESSIBLE);
  }
  // Long on purpose: since April 2026 GitHub's may be, too.
  const token = `ghs_${installation.id}_${world.nextId++}_${"x".repeat(300)}`;
  const expiresAt = plus(world.clock(), HOUR);
  world.tokens.set(token, { kind: "app", login: `${installation.appSlug}[bot]`, permissions, repositories, expiresAt });
  const selection = repositories === "all" ? "all" : "selected";
  return { status: 201, body: { token, expires_at: expiresAt, permissions, repository_selection: selection } };
}

function wantedRepositories({ world, body }: Call, installation: Installation): Installation["repositories"] {
  const ids = body.repository_ids;
  const names = body.repositories;
  if (!Array.isArray(ids) && !Array.isArray(names)) return installation.repositories;
  return [...world.repositories.values()]
    .filter((one) => covers(installation, one))
    .filter(
      (one) =>
        (Array.isArray(ids) && ids.includes(one.databaseId)) || (Array.isArray(names) && names.includes(one.name)),
    )
    .map(fullName);
}

function covers({ repositories }: Installation, repository: Repository): boolean {
  return repositories === "all" || repositories.includes(fullName(repository));
}
