import { own } from "../../domain/own.ts";
import { toPurl } from "../../domain/upstream.ts";
import { HOLE } from "../../lib/syntax/pieces.ts";
import { type UrlRule, urlRule } from "./url-rule.ts";

const VERSION = `(?<version>v?[\\d${HOLE}][^/?#]*)`;
const PACKAGE = String.raw`(?<name>(?:@[\w.-]+/)?[\w.-]+)`;

/** Hosts that serve npm packages and understand `@18` as the newest 18. */
const REGISTRIES = [
  `(?:cdn|fastly|gcore)\\.jsdelivr\\.net/npm/${PACKAGE}(?:@${VERSION})?`,
  `(?:www\\.)?unpkg\\.com/${PACKAGE}(?:@${VERSION})?`,
  `esm\\.sh/(?:v\\d+/|stable/|\\*)?(?!gh/|jsr/)${PACKAGE}(?:@${VERSION})?`,
  `esm\\.run/${PACKAGE}(?:@${VERSION})?`,
  `cdn\\.skypack\\.dev/(?:pin/)?${PACKAGE}(?:@${VERSION})?`,
  `(?:ga\\.jspm\\.io|jspm\\.dev)/npm:${PACKAGE}(?:@${VERSION})?`,
];

/** Hosts with names of their own for libraries, each version in a folder or a file name of its own. */
const LIBRARIES = [
  String.raw`(?:cdnjs\.cloudflare\.com|cdn\.bootcdn\.net|lib\.baomitu\.com|ajax\.googleapis\.com)/(?:ajax/libs/)?(?<name>[\w.-]+)/${VERSION}/`,
  String.raw`cdn\.(?:bootcss\.com|staticfile\.(?:org|net))/(?<name>[\w.-]+)/${VERSION}/`,
  String.raw`(?:maxcdn|stackpath|netdna)\.bootstrapcdn\.com/(?:twitter-)?(?<name>[\w.-]+)/${VERSION}/`,
  String.raw`code\.jquery\.com/(?<name>jquery(?:-migrate)?)-(?<version>\d[\d.]*\d(?:-(?:rc|beta|alpha)\.?\d+)?)`,
  String.raw`code\.jquery\.com/(?<name>ui|mobile)/${VERSION}/`,
  String.raw`ajax\.aspnetcdn\.com/ajax/jquery/(?<name>jquery)-(?<version>\d[\d.]*\d)`,
  String.raw`ajax\.aspnetcdn\.com/ajax/(?<name>[a-z][\w.-]*)/${VERSION}/`,
  String.raw`cdn\.ckeditor\.com/(?<name>ckeditor5)/${VERSION}/`,
  String.raw`(?:www\.)?d3js\.org/(?<name>d3)\.v(?<version>\d+)(?:\.min)?\.js`,
  String.raw`www\.gstatic\.com/(?<name>firebase)js/(?<version>\d[^/]*)/`,
];

/** Hosts of one library each. */
const HOMES: readonly (readonly [address: string, upstream: string])[] = [
  [`cdn\\.tailwindcss\\.com(?:/${VERSION})?(?:$|[?#])`, "pkg:npm/tailwindcss"],
  [`cdn\\.datatables\\.net/${VERSION}/(?:js|css)/`, "pkg:npm/datatables.net"],
  [String.raw`cdn\.ckeditor\.com/(?<version>4\.[\d.]*\d)/`, "pkg:npm/ckeditor4"],
  [
    String.raw`cdn\.plot\.ly/plotly(?:-[a-z][a-z0-9]*)*-(?:(?<version>\d[\d.]*\d)|latest)(?:\.min)?\.js`,
    "pkg:npm/plotly.js-dist",
  ],
  [
    String.raw`cdn\.(?:bokeh|pydata)\.org/bokeh/release/bokeh(?:-[a-z]+)*-(?<version>\d[\d.]*\d)(?:\.min)?\.js`,
    "pkg:pypi/bokeh",
  ],
];

/** The package of a library where a host calls it otherwise. */
const NAMES: Readonly<Record<string, string>> = {
  "twitter-bootstrap": "bootstrap",
  "angular.js": "angular",
  angularjs: "angular",
  "backbone.js": "backbone",
  datatables: "datatables.net",
  "handlebars.js": "handlebars",
  "jquery-validate": "jquery-validation",
  "jquery.validate": "jquery-validation",
  jqueryui: "jquery-ui",
  jquerymobile: "jquery-mobile",
  ui: "jquery-ui",
  mobile: "jquery-mobile",
  "lodash.js": "lodash",
  "moment.js": "moment",
  "mustache.js": "mustache",
  "require.js": "requirejs",
  "socket.io": "socket.io-client",
  "three.js": "three",
  threejs: "three",
  "underscore.js": "underscore",
  webfont: "webfontloader",
};

/** Addresses of hosts that serve libraries to browsers. */
export const CDN_RULES: readonly UrlRule[] = [
  ...REGISTRIES.map((address) =>
    urlRule(address, ({ name }) => toPurl("npm", (name ?? "").toLowerCase()), "semver", { partial: true }),
  ),
  ...LIBRARIES.map((address) => urlRule(address, ({ name, version }) => libraryPurl(name, version), "semver")),
  urlRule(
    String.raw`use\.fontawesome\.com/releases/${VERSION}/`,
    ({ version }) => toPurl("npm", /^v?[0-4]\./.test(version ?? "") ? "font-awesome" : FONT_AWESOME),
    "semver",
  ),
  ...HOMES.map(([address, upstream]) => {
    return urlRule(address, () => upstream, upstream.startsWith("pkg:pypi/") ? "pep440" : "semver");
  }),
];

const FONT_AWESOME = "@fortawesome/fontawesome-free";

function libraryPurl(written: string | undefined, version = ""): string {
  const name = (written ?? "").toLowerCase();
  if (name === "font-awesome" && !/^v?[0-4]\./.test(version)) return toPurl("npm", FONT_AWESOME);
  return toPurl("npm", own(NAMES, name) ?? name);
}
