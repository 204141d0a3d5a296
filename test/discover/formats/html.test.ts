import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { rewrite } from "../../../src/lib/rewrite.ts";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const page = [fixture("html", "page.html")];

describe("a page", () => {
  it("tells what browsers load from elsewhere, and nothing that it only mentions", () => {
    expect(summary(page)).toEqual([
      "1 npm/bootstrap-icons 1.11.3",
      "9 npm/bootstrap 5.3.2",
      "13 npm/%40fortawesome/fontawesome-free 5.15.4",
      "15 npm/jquery 3.7.1",
      "17 npm/html5shiv 3.7.3",
      "19 npm/vue 3",
      "20 npm/swagger-ui-dist floating",
      "24 npm/three 0.160.0",
      "28 npm/lit-html 2.8.0",
    ]);
  });

  it("says which value is not written", () => {
    expect(discover(page).problems).toMatchObject([{ line: 21, message: expect.stringContaining("unknown") }]);
  });

  it("moves the version together with the hash that browsers check", () => {
    const pin = pinNamed(page, "bootstrap");
    expect(covered(page, pin)).toEqual([
      "version 5.3.2 → {version}",
      "checksum T3c6CoIi6uLrA9TneNEoa7RxnatzjcDSCmG1MXxSR1GAsXEV/Dwwykc2MPK8M2HN → {base64}",
    ]);
    const of = {
      url: "https://cdn.jsdelivr.net/npm/bootstrap@{version}/dist/css/bootstrap.min.css",
      algorithm: "sha384",
    };
    const written = Buffer.from("T3c6CoIi6uLrA9TneNEoa7RxnatzjcDSCmG1MXxSR1GAsXEV/Dwwykc2MPK8M2HN", "base64");
    expect(pin.edits[1]?.of).toEqual({ ...of, hex: written.toString("hex") });
    const target = { version: "5.3.3", tag: "v5.3.3", checksums: [{ ...of, hex: "00ff".repeat(24) }] };
    const moved = rewrite({ files: page, pins: [pin], target, discover });
    const text = "changes" in moved ? (moved.changes[0]?.text ?? "") : String(moved);
    expect(text).toContain("bootstrap@5.3.3/dist");
    expect(text).toContain(`integrity="sha384-${Buffer.from("00ff".repeat(24), "hex").toString("base64")}"`);
  });

  it("asks for the hash over https where the page leaves out the protocol", () => {
    const text = `<script src="//unpkg.com/a@1.2.3/a.js" integrity="sha256-${"A".repeat(43)}="></script>`;
    expect(discover(tree({ "a.html": text })).pins[0]?.edits[1]?.of?.url).toBe("https://unpkg.com/a@{version}/a.js");
  });

  it.each(["layout.html.erb", "base.j2", "head.php", "App.vue", "index.htm"])("is found in %s", (path) => {
    expect(summary(tree({ [path]: '<script src="https://unpkg.com/a@1.2.3"></script>' }))).toEqual(["1 npm/a 1.2.3"]);
  });

  it("takes part of a version as a range where the host does", () => {
    expect(pinNamed(page, "vue").precision).toBe("range");
    expect(pinNamed(page, "jquery").precision).toBe("exact");
  });
});
