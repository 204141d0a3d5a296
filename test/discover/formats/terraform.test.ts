import { expect, it } from "vitest";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const files = [fixture("terraform", "main.tf")];

it("tells the providers, modules, images and charts of a Terraform configuration", () => {
  expect(summary(files)).toEqual([
    "6 github/hashicorp/terraform-provider-aws 6.17.0",
    "8 github/kreuzwerker/terraform-provider-docker ~> 3.6",
    "18 github/terraform-aws-modules/terraform-aws-vpc 6.4.0",
    "22 github/example/modules v1.2.0",
    "26 github/example/modules floating",
    "36 docker/library/redis 8.2.1",
    "47 helm/metrics?repository_url=https://charts.example.org/stable 3.12.2",
  ]);
});

it("edits a version without its operator", () => {
  expect(covered(files, pinNamed(files, "terraform-aws-modules/vpc/aws"))).toEqual(["version 6.4.0 → {version}"]);
});

it("leaves providers, not modules, to the lock file beside it", () => {
  const locked = [...files, ...tree({ ".terraform.lock.hcl": "" })];
  expect(pinNamed(locked, "hashicorp/aws").lockedBy).toBe(".terraform.lock.hcl");
  expect(pinNamed(locked, "terraform-aws-modules/vpc/aws").lockedBy).toBeUndefined();
});
