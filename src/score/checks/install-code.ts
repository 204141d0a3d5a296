import type { Instant } from "../../domain/instant.ts";
import type { Release } from "../../domain/release.ts";
import type { ReleaseFacts } from "../../domain/release-facts.ts";
import { type Known, lastKnown, WINDOW } from "../../domain/release-history.ts";
import { type Failure, isFailure } from "../../lib/failure.ts";
import { type InstallCodeFound, readInstallCode } from "../../lib/inspect/install-code.ts";
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
  basis: "evidence",
  appliesTo: ({ upstream }) => /^pkg:(?:pypi|npm|gem|composer)\//.test(upstream),
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
  // a script that is known by its name alone may be any command
  const strange = (observed ?? []).filter((name) => !usual.has(name) && !usual.has(name.split(":")[0] ?? ""));
  if (strange.length === 0 || compared.length === 0) return [];
  const { outcome, word } = LISTS[list];
  const names = strange.slice(0, 3).join(", ");
  const summary = `${version} has new ${word}: ${names}; ${compared.length} earlier releases had ${usual.size === 0 ? "none" : "others"}.`;
  const expected = usual.size === 0 ? "none" : [...usual].slice(0, 3).join(", ");
  return [{ outcome, summary, part: "installCode", observed: names, expected, compared }];
}

/** Another build backend than before, or a `setup.py` where there was none: what runs when it is built from source. */
function changed({ version }: Release, code: InstallCode, known: readonly Known<InstallCode>[]): Difference[] {
  return (["buildBackend", "setup"] as const).flatMap((part): Difference[] => {
    const compared = known.filter(({ value }) => value[part] !== undefined).slice(0, WINDOW.usual);
    const observed = code[part];
    const usual = [...new Set(compared.flatMap(({ value }) => value[part] ?? []))];
    if (observed === undefined || usual.length === 0 || usual.includes(observed)) return [];
    const difference = { part: "installCode", observed: `${part}: ${observed}`, expected: usual.join(", "), compared };
    if (part === "buildBackend") {
      const summary = `${version} is built by ${observed}; the releases before it were built by ${usual.join(", ")}.`;
      return [{ outcome: "warn", summary, ...difference }];
    }
    if (observed === "none") return [];
    const isFirst = usual.length === 1 && usual[0] === "none";
    const summary = isFirst
      ? `${version} has a setup.py; the releases before it had none.`
      : `The setup.py of ${version} changed beyond its version number.`;
    return [{ outcome: isFirst ? "warn" : "pass", summary, ...difference }];
  });
}

/** Looks into the files of the release and of the one before it. A file with another checksum than its registry's is told. */
async function lookInside(
  { release, open }: Asked,
  context: CheckContext,
): Promise<ReadonlyMap<string, ReleaseFacts> | Failure> {
  const facts = new Map<string, ReleaseFacts>();
  for (const one of open) {
    const found = await readInstallCode(one, context);
    if (isFailure(found) && found.code === "conflict") facts.set(one.tag, otherFile(one, found, context.now));
    else if (!isFailure(found)) facts.set(one.tag, factsOf(one, found, context.now));
    else return one === release ? found : facts;
  }
  return facts;
}

function factsOf({ evidence }: Release, { code, source }: InstallCodeFound, fetchedAt: Instant): ReleaseFacts {
  const sources = { installCode: { ...source, fetchedAt } };
  const before = evidence?.checksums;
  // it had another checksum the last time, and has the right one now
  const mended =
    before !== undefined && before.mismatches.length > 0 ? { checksums: { ...before, mismatches: [] } } : {};
  return { installCode: code, ...mended, sources };
}

/** Not looked into: asked again, since a mirror may have had a bad day. Until then it speaks against the release. */
function otherFile({ upstream }: Release, { message }: Failure, fetchedAt: Instant): ReleaseFacts {
  const [file = ""] = message.split(" ");
  const source = { kind: "checksums", locator: upstream, fetchedAt };
  return {
    checksums: { published: true, mismatches: [file] },
    sources: { checksums: source, installCode: source },
    unknown: { installCode: `${message}.` },
  };
}
