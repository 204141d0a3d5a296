import { describe, expect, it } from "vitest";
import { IMPORTS, placeOf, reachedFrom, SOURCE_FILES, textOf } from "../support/source-graph.ts";

/** Places whose functions give the same for the same, wherever and whenever they are called. */
const PURE = ["domain", "compare", "decide"];
/** Of what comes with Node or from a registry: functions of values alone. */
const HARMLESS = ["node:crypto", "node:util", "semver", "@renovatebot/pep440"];

const pure = SOURCE_FILES.filter((path) => PURE.includes(placeOf(path)));
const reached = reachedFrom(pure);

describe(`${PURE.join(", ")} and all that they load`, () => {
  it("are read, so that silence means something", () => {
    expect(pure.length).toBeGreaterThan(50);
    expect([...reached].some((path) => placeOf(path) === "lib")).toBe(true);
  });

  it("do no input or output: they load nothing that could", () => {
    const packages = [...reached].filter((path) => !SOURCE_FILES.includes(path));
    expect(packages.filter((name) => !HARMLESS.includes(name))).toEqual([]);
  });

  it("are told the time, and roll no dice", () => {
    const asks =
      /\bDate\.now\(|\bnew Date\(\s*\)|\bperformance\.now\(|\bMath\.random\(|\brandom(?:UUID|Bytes)\(|\bset(?:Timeout|Interval|Immediate)\(/;
    const asking = [...reached].filter((path) => SOURCE_FILES.includes(path) && asks.test(textOf(path).text));
    expect(asking).toEqual([]);
  });
});

describe("sockets", () => {
  /** Modules of Node that open connections, and who may load what of them. */
  const OPENING = ["node:http", "node:https", "node:http2", "node:net", "node:tls", "node:dgram"];
  const FACTS = ["STATUS_CODES", "isIP", "getCACertificates"];

  it("are opened by the libraries that have a home alone: nobody takes more than facts from Node's own modules", () => {
    const loading = IMPORTS.filter(({ to, typeOnly }) => OPENING.includes(to) && !typeOnly);
    expect(loading.length).toBeGreaterThan(2);
    const types = ["Socket", "LookupFunction", "AddressInfo"];
    const wrong = loading.filter(
      ({ names }) => names.length === 0 || names.some((name) => ![...FACTS, ...types].includes(name)),
    );
    expect(wrong).toEqual([]);
  });

  it("are not opened by the global fetch either", () => {
    const calls = SOURCE_FILES.filter((path) =>
      /(?<![.\w])fetch\(/.test(textOf(path).text.replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, "")),
    );
    expect(calls).toEqual([]);
  });
});
