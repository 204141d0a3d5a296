import type { Asset, Release } from "../../domain/release.ts";
import type { ReleaseFacts } from "../../domain/release-facts.ts";
import { parsePurl } from "../../domain/upstream.ts";
import { Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import type { ServiceUrls } from "../http/urls.ts";
import { readInstallScripts } from "../packages/metadata.ts";
import { readExtensions } from "./gem.ts";
import { MOST_PACKED } from "./hashed-file.ts";
import { readLifecycle } from "./npm-tarball.ts";
import { readBuildCode } from "./sdist.ts";
import { readStartupFiles } from "./wheel.ts";

/** What runs when a release is installed, and which file said so. */
export type InstallCodeFound = {
  readonly code: NonNullable<ReleaseFacts["installCode"]>;
  readonly source: { readonly kind: string; readonly locator: string };
};

type Context = { readonly fetcher: Fetcher; readonly urls: ServiceUrls };
type Look = (release: Release, context: Context) => Promise<InstallCodeFound | Failure>;

const LOOKS: Readonly<Record<string, Look>> = { pypi: lookIntoPython, npm: lookIntoNpm, gem: lookIntoGem };

/**
 * Looks into the files of a package's release for what runs by itself on installation. Nothing is run and nothing is
 * written. A `conflict` failure: a file has another checksum than its registry says.
 */
export async function readInstallCode(release: Release, context: Context): Promise<InstallCodeFound | Failure> {
  const look = LOOKS[parsePurl(release.upstream)?.type ?? ""];
  return look?.(release, context) ?? new Failure("not-checked", "nobody here looks into files of that kind.");
}

/** Of a Python package one wheel per family of platforms, and the source archive where it is not too large. */
async function lookIntoPython(release: Release, { fetcher }: Context): Promise<InstallCodeFound | Failure> {
  const wheels = wheelsOf(release);
  const [archive] = withAddress(release).filter(
    ({ name, size = 0 }) => /\.(?:tar\.gz|zip)$/.test(name) && size <= MOST_PACKED,
  );
  if (wheels.length === 0 && archive === undefined)
    return new Failure("not-checked", "it has no wheel, and no source archive of a size that is opened.");
  const startup = new Set<string>();
  for (const { url = "" } of wheels) {
    const found = await readStartupFiles(fetcher, url);
    if (isFailure(found)) return found;
    for (const name of found) startup.add(name);
  }
  const built = archive === undefined ? {} : await readBuildCode(fetcher, archive, release.version);
  if (isFailure(built)) return built;
  const code = { ...(wheels.length > 0 && { startupFiles: [...startup].toSorted() }), ...built };
  const kind = wheels.length === 0 ? "source archive" : archive === undefined ? "wheel" : "wheel and source archive";
  return { code, source: { kind, locator: wheels[0]?.url ?? archive?.url ?? "" } };
}

/** By the file itself, else by what the registry says of it. */
async function lookIntoNpm(release: Release, { fetcher, urls }: Context): Promise<InstallCodeFound | Failure> {
  const [tarball] = withAddress(release);
  const scripts =
    tarball === undefined
      ? await readInstallScripts(fetcher, urls, release.upstream, release.version)
      : await readLifecycle(fetcher, tarball);
  if (isFailure(scripts)) return scripts;
  const kind = tarball === undefined ? "package-metadata" : "package";
  return { code: { scripts }, source: { kind, locator: tarball?.url ?? release.upstream } };
}

/** The file for all platforms builds its extensions on installation; the others bring them built. */
async function lookIntoGem(release: Release, { fetcher }: Context): Promise<InstallCodeFound | Failure> {
  const gems = withAddress(release).filter(({ name }) => name.endsWith(".gem"));
  const plain = gems.find(({ name }) => name.endsWith(`-${release.version}.gem`)) ?? gems[0];
  if (plain === undefined) return new Failure("not-checked", "its file is not known.");
  const scripts = await readExtensions(fetcher, plain);
  if (isFailure(scripts)) return scripts;
  return { code: { scripts }, source: { kind: "gem", locator: plain.url ?? "" } };
}

const FAMILIES = ["none-any", "linux", "macosx", "win"];
const MOST_WHEELS = 3;

/** The smallest wheel of each family of platforms: packages with one for every version of Python have dozens. */
function wheelsOf(release: Release): Asset[] {
  const wheels = withAddress(release).filter(({ name }) => name.endsWith(".whl"));
  const smallest = (family: string) =>
    wheels
      .filter(({ name }) => name.slice(0, -".whl".length).split("-").slice(-2).join("-").includes(family))
      .toSorted((a, b) => (a.size ?? 0) - (b.size ?? 0))
      .slice(0, 1);
  const found = [...new Set(FAMILIES.flatMap(smallest))].slice(0, MOST_WHEELS);
  return found.length > 0 ? found : wheels.slice(0, 1);
}

function withAddress({ assets }: Release): Asset[] {
  return assets.filter(({ url }) => url !== undefined);
}
