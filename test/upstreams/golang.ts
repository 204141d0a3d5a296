import { type Answer, type StandIn, startStandIn } from "./stand-in.ts";

/** `mod` is the go.mod of every version. */
type GoModule = { versions: Record<string, string>; repository?: string; mod?: string };

/** What the proxy holds, by module path: versions with the times of their commits. */
export type GoWorld = {
  readonly modules: Record<string, GoModule>;
};

/** A stand-in of a module proxy: lists without pseudo-versions, `.info`, `.mod` and `@latest`, capitals escaped with `!`. */
export function startGolang(world: GoWorld): Promise<StandIn> {
  return startStandIn((request) => answerGo(world, request.path));
}

function answerGo(world: GoWorld, path: string): Answer {
  const [, escaped = "", query = ""] = /^\/(.+?)\/(@v\/list|@v\/.+\.(?:info|mod)|@latest)$/.exec(path) ?? [];
  const module = /[A-Z]/.test(escaped) ? undefined : world.modules[withCapitals(escaped)];
  if (module === undefined) return { status: 404, body: `not found: module ${escaped}: no matching versions` };
  const listed = Object.keys(module.versions).filter((version) => !/-\d{14}-[0-9a-f]{12}$/.test(version));
  if (query === "@v/list") return { body: listed.map((version) => `${version}\n`).join("") };
  if (query.endsWith(".mod")) return { body: module.mod ?? `module ${escaped}\n` };
  const asked =
    query === "@latest"
      ? Object.keys(module.versions).at(-1)
      : withCapitals(query.slice("@v/".length, -".info".length));
  const time = module.versions[asked ?? ""];
  if (time === undefined) return { status: 404, body: "not found: unknown revision" };
  const origin = module.repository === undefined ? {} : { Origin: { VCS: "git", URL: module.repository } };
  return { body: { Version: asked, Time: time, ...origin } };
}

function withCapitals(text: string): string {
  return text.replace(/!([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
