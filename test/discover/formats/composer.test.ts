import { expect, it } from "vitest";
import { covered, fixture, pinNamed, summary } from "../support.ts";

const manifest = [fixture("composer", "composer.json")];

it("tells the packages of a Composer manifest, and no platform", () => {
  expect(summary(manifest)).toEqual([
    "6 composer/monolog/monolog ^3.7",
    "7 composer/symfony/console 7.1.5",
    "8 composer/example/moving dev-main floating",
    "9 composer/example/either ^1.0 || ^2.0",
    "12 composer/phpunit/phpunit ~11.4.0",
  ]);
  expect(covered(manifest, pinNamed(manifest, "monolog/monolog"))).toEqual(["version 3.7 → {version}"]);
});
