import { expect, it } from "vitest";
import { covered, fixture, pinNamed, summary } from "../support.ts";

const files = [fixture("vagrantfile", "Vagrantfile")];

it("tells a Vagrantfile's boxes with their versions, and what its scripts download", () => {
  expect(summary(files)).toEqual([
    "5 github/example/tool 1.4.2",
    "7 github/k3s-io/k3s floating",
    "11 generic/vagrant/bento/debian-13 floating",
    "15 generic/vagrant/generic/ubuntu2404 4.3.12",
    "16 pypi/fabric 3.2.2",
    "21 generic/vagrant/generic/alpine320 >= 4.2",
  ]);
});

it("edits a box's version where it stands", () => {
  expect(covered(files, pinNamed(files, "generic/ubuntu2404"))).toEqual(["version 4.3.12 → {version}"]);
});
