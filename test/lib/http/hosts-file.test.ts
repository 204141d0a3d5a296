import { rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createHostsFile, parseHosts } from "../../../src/lib/http/hosts-file.ts";
import { aFolder } from "../../support/folder.ts";

it.each([
  [
    "an address and its names",
    "192.0.2.7 mirror.example Mirror",
    { "mirror.example": ["192.0.2.7"], mirror: ["192.0.2.7"] },
  ],
  [
    "both families of one name",
    "192.0.2.7\tm.example\r\n2001:db8::7   m.example\n",
    { "m.example": ["192.0.2.7", "2001:db8::7"] },
  ],
  [
    "comments and blank lines",
    "# 192.0.2.1 no.example\n\n192.0.2.7 m.example # no.example",
    { "m.example": ["192.0.2.7"] },
  ],
  ["what does not start with an address", "mirror.example 192.0.2.7\n999.0.2.1 m.example\n", {}],
  [
    "names that objects have by nature",
    "192.0.2.7 __proto__ constructor",
    { ["__proto__"]: ["192.0.2.7"], constructor: ["192.0.2.7"] },
  ],
])("a hosts file with %s", (_, text, expected) => {
  const found = [...parseHosts(text)].map(([name, all]) => [name, all.map(({ address }) => address)]);
  expect(found).toEqual(Object.entries(expected));
});

it("says what it says at that moment, and nothing when it is not there", async () => {
  const path = join(aFolder(), "hosts");
  const hosts = createHostsFile(path);
  expect(await hosts("mirror.example")).toEqual([]);
  await writeFile(path, "192.0.2.7 mirror.example\n");
  expect(await hosts("MIRROR.example.")).toEqual([{ address: "192.0.2.7", family: 4 }]);
  await writeFile(path, "192.0.2.8 mirror.example\n");
  await utimes(path, 1, 1);
  expect(await hosts("mirror.example")).toEqual([{ address: "192.0.2.8", family: 4 }]);
  await rm(path);
  expect(await hosts("mirror.example")).toEqual([]);
});
