import { describe, expect, it } from "vitest";
import { versionOfFilename } from "../../../src/lib/packages/pypi-filename.ts";

describe("versionOfFilename", () => {
  it.each([
    ["requests-2.32.3-py3-none-any.whl", "requests", "2.32.3"],
    ["torch-2.4.0+cpu-1-cp312-cp312-linux_x86_64.whl", "torch", "2.4.0+cpu"],
    ["requests-2.32.3.tar.gz", "requests", "2.32.3"],
    ["python-dateutil-2.8.2.tar.gz", "python-dateutil", "2.8.2"],
    ["python_dateutil-2.9.0.post0.tar.gz", "python-dateutil", "2.9.0.post0"],
    ["zope.interface-5.0.zip", "zope-interface", "5.0"],
    ["tool-1.0-rc1.tar.bz2", "tool", "1.0-rc1"],
    ["tool-1.0-py2.7.egg", "tool", "1.0"],
    ["tool-2-1.0.tgz", "tool-2", "1.0"],
    ["tool-1.0.win32-py2.7.exe", "tool", undefined],
    ["other-1.0.tar.gz", "tool", undefined],
    ["tool.tar.gz", "tool", undefined],
    ["tool-.tar.gz", "tool", undefined],
    ["tool.whl", "tool", undefined],
  ])("reads %s of %s as %s", (filename, project, version) => {
    expect(versionOfFilename(filename, project)).toBe(version);
  });
});
