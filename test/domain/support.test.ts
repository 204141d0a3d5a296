import { describe, expect, it } from "vitest";
import {
  type Cycle,
  cycleOf,
  endingSupport,
  type Product,
  pinnedProducts,
  supportSentence,
} from "../../src/domain/support.ts";
import { aComponent, aPin, NOW } from "../support/build.ts";

const product = (label: string, cycles: readonly Cycle[]): Product => ({
  name: label.toLowerCase(),
  label,
  url: `https://endoflife.date/${label.toLowerCase()}`,
  cycles,
});
const debian = product("Debian", [
  { name: "13", codename: "Trixie", ended: false, endsAt: "2028-08-09T00:00:00.000Z" },
  { name: "12", codename: "Bookworm", ended: false, endsAt: "2027-01-15T00:00:00.000Z" },
  { name: "11", codename: "Bullseye", ended: true, endsAt: "2024-08-14T00:00:00.000Z" },
]);
const ubuntu = product("Ubuntu", [{ name: "22.04", codename: "Jammy Jellyfish", ended: false }]);
const python = product("Python", [
  { name: "3.13", ended: false },
  { name: "3.1", ended: true, endsAt: "2012-04-09T00:00:00.000Z" },
]);
const rolling = product("Rolling", [{ name: "1", ended: true }]);

const anImage = (name: string, tag: string, version = tag) =>
  aPin({ upstream: `pkg:docker/${name}`, text: tag, version, scheme: "docker-tag" });

describe("the products that a pin decides", () => {
  it.each([
    ["library/debian", "11-slim", [["debian", "11-slim"]]],
    [
      "library/python",
      "3.11-slim-bullseye",
      [
        ["python", "3.11-slim-bullseye"],
        ["debian", "bullseye"],
      ],
    ],
    [
      "library/node",
      "20-alpine3.19",
      [
        ["nodejs", "20-alpine3.19"],
        ["alpine-linux", "3.19"],
      ],
    ],
    ["library/alpine", "3.22", [["alpine-linux", "3.22"]]],
    ["example/tool", "1.2-jammy", [["ubuntu", "jammy"]]],
    ["ubi9/ubi-minimal?repository_url=registry.access.redhat.com", "9.5", [["rhel", "9"]]],
    ["example/tool", "1.2", []],
  ])("of the image %s:%s are %j", (name, tag, expected) => {
    expect(pinnedProducts(anImage(name, tag)).map(({ product, version }) => [product, version])).toEqual(expected);
  });

  it("are told by a codename that is no version, and by the repository of a runtime", () => {
    expect(pinnedProducts(anImage("library/debian", "bullseye-slim", ""))).toEqual([
      { product: "debian", version: "bullseye-slim" },
    ]);
    expect(pinnedProducts(aPin({ upstream: "pkg:github/python/cpython", version: "3.11" }))).toEqual([
      { product: "python", version: "3.11" },
    ]);
    expect(pinnedProducts(aPin({ upstream: "pkg:github/python/cpython", precision: "branch" }))).toEqual([]);
    expect(pinnedProducts(aPin({ upstream: "no purl" }))).toEqual([]);
  });
});

it.each([
  [debian, "11-slim", "11"],
  [debian, "11.9", "11"],
  [debian, "bullseye-slim", "11"],
  [debian, "1", undefined],
  [debian, "latest", undefined],
  [ubuntu, "22.04", "22.04"],
  [ubuntu, "jammy", "22.04"],
  [ubuntu, "22", undefined],
  [python, "3.13.1", "3.13"],
  [python, "v3.1.4", "3.1"],
  [python, "3", undefined],
])("of %o the version %s is of the cycle %s", (given, version, expected) => {
  expect(cycleOf(given, version)?.name).toBe(expected);
});

describe("what goes out of support", () => {
  const products = new Map([
    ["debian", debian],
    ["python", rolling],
  ]);
  const judged = (tag: string) =>
    endingSupport([aComponent({ pins: [anImage("library/debian", tag)] })], products, NOW).map(supportSentence);

  it.each([
    ["11", ["Debian 11 is out of support since 2024-08-14. Supported: 13, 12."]],
    ["12", ["Debian 12 goes out of support on 2027-01-15. Supported: 13."]],
    ["13", []],
    ["10", []],
  ])("Debian %s: %j", (tag, expected) => {
    expect(judged(tag)).toEqual(expected);
  });

  it("is said once for all places of a component", () => {
    const pins = ["a", "b"].map((path) => ({ ...anImage("library/debian", "11"), path }));
    const [entry, ...others] = endingSupport([aComponent({ pins })], products, NOW);
    expect(others).toEqual([]);
    expect(entry?.places.map(({ path }) => path)).toEqual(["a", "b"]);
  });

  it("needs no day, and goes by the day where there is one", () => {
    const component = aComponent({ pins: [anImage("library/python", "1.4")] });
    expect(endingSupport([component], products, NOW).map(supportSentence)).toEqual(["Rolling 1 is out of support."]);
    expect(endingSupport([aComponent({ pins: [anImage("library/debian", "11")] })], products, "2024-01-01")).toEqual(
      [],
    );
  });
});
