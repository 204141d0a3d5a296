import type { Release } from "../../domain/release.ts";
import type { ReleaseFacts } from "../../domain/release-facts.ts";
import { type Known, lastKnown, WINDOW } from "../../domain/release-history.ts";
import { Failure, isFailure } from "../../lib/failure.ts";
import { readInstallScripts } from "../../lib/package-metadata.ts";
import { readStartupFiles } from "../../lib/wheel.ts";
import {
  type Asked,
  type Check,
  type CheckContext,
  type Difference,
  judged,
  notChecked,
  passed,
  unknownPart,
} from "../check.ts";

type InstallCode = NonNullable<ReleaseFacts["installCode"]>;

/** Whether installing a release, or starting Python beside it, runs code that earlier releases did not run. */
export const installCode: Check = {
  id: "install-code",
  rule: "R11",
  title: "New code that runs on installation",
  why: "Code that runs by itself is how a bad release gets hold of a machine before anybody uses it.",
  appliesTo: ({ upstream }) => /^pkg:(?:pypi|npm|composer)\//.test(upstream),
  collect: { part: "installCode", window: 1, ask: lookInside },
  judge: ({ release, earlier }, now) => {
    const code = release.evidence?.installCode;
    if (code === undefined) return unknownPart(release, "installCode", "its files were not looked into.");
    const known = lastKnown(earlier, (facts) => facts.installCode, WINDOW.long);
    if (known.length === 0) return notChecked("no earlier release was looked into, so nothing says what is new.");
    const [first, ...others] = [
      ...added(release, code.startupFiles, known, "startupFiles"),
      ...added(release, code.scripts, known, "scripts"),
      ...changed(release, code, known),
    ];
    return first === undefined
      ? passed("It runs no more on installation than before.")
      : judged(release, [first, ...others], now);
  },
};

const LISTS = {
  startupFiles: { outcome: "hold", word: "files that Python runs at every start" },
  scripts: { outcome: "warn", word: "scripts that run on installation" },
} as const;

function added(
  { version }: Release,
  observed: readonly string[] | undefined,
  known: readonly Known<InstallCode>[],
  list: keyof typeof LISTS,
): Difference[] {
  const compared = known.filter(({ value }) => value[list] !== undefined);
  const usual = new Set(compared.flatMap(({ value }) => value[list] ?? []));
  const strange = (observed ?? []).filter((name) => !usual.has(name));
  if (strange.length === 0 || compared.length === 0) return [];
  const { outcome, word } = LISTS[list];
  const names = strange.slice(0, 3).join(", ");
  const summary = `${version} has new ${word}: ${names}; ${compared.length} earlier releases had ${usual.size === 0 ? "none" : "others"}.`;
  const expected = usual.size === 0 ? "none" : [...usual].slice(0, 3).join(", ");
  return [{ outcome, summary, part: "installCode", observed: names, expected, compared }];
}

/** Another build backend or `setup.py` than that of the release before: what runs when it is built from source. */
function changed({ version }: Release, code: InstallCode, known: readonly Known<InstallCode>[]): Difference[] {
  return (["buildBackend", "setup"] as const).flatMap((part): Difference[] => {
    const compared = known.filter(({ value }) => value[part] !== undefined).slice(0, WINDOW.usual);
    const observed = code[part];
    const usual = [...new Set(compared.flatMap(({ value }) => value[part] ?? []))];
    const isNews = part === "setup" ? usual.length === 1 && usual[0] === "none" : usual.length > 0;
    if (observed === undefined || !isNews || usual.includes(observed)) return [];
    const what = part === "setup" ? "has a setup.py" : `is built by ${observed}`;
    const summary = `${version} ${what}; the releases before it ${part === "setup" ? "had none" : `were built by ${usual.join(", ")}`}.`;
    return [
      {
        outcome: "warn",
        summary,
        part: "installCode",
        observed: `${part}: ${observed}`,
        expected: usual.join(", "),
        compared,
      },
    ];
  });
}

/** Of a Python package one wheel is looked into, of an npm package what its registry says of its scripts. */
async function lookInside(
  { release, open }: Asked,
  { fetcher, urls, now }: CheckContext,
): Promise<ReadonlyMap<string, ReleaseFacts> | Failure> {
  const facts = new Map<string, ReleaseFacts>();
  for (const one of open) {
    const wheel = smallestWheel(one);
    const npm = one.upstream.startsWith("pkg:npm/");
    if (!npm && wheel === undefined)
      return new Failure("not-checked", "it has no wheel; source archives are not opened.");
    const read = npm
      ? await readInstallScripts(fetcher, urls, one.upstream, one.version)
      : await readStartupFiles(fetcher, wheel?.url ?? "");
    if (isFailure(read)) return one === release ? read : facts;
    const installCode = npm ? { scripts: read } : { startupFiles: read };
    const source = { kind: npm ? "package-metadata" : "wheel", locator: wheel?.url ?? one.upstream, fetchedAt: now };
    facts.set(one.tag, { installCode, sources: { installCode: source } });
  }
  return facts;
}

function smallestWheel({ assets, upstream }: Release) {
  if (!upstream.startsWith("pkg:pypi/")) return undefined;
  const wheels = assets.filter(({ name, url }) => name.endsWith(".whl") && url !== undefined);
  return wheels.toSorted((a, b) => (a.size ?? 0) - (b.size ?? 0))[0];
}
