import { expect, it } from "vitest";
import { json } from "../../../src/views/reports/json.ts";
import { aFullMaterial } from "../../support/report.ts";

it("is everything that reports are made of, under the name of its form", () => {
  const material = aFullMaterial();
  expect(JSON.parse(json.write(material))).toEqual({ format: "headgate-report", formatVersion: 1, ...material });
});
