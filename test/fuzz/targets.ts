import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";
import { SCHEMES } from "../../src/compare/schemes.ts";
import { readConfig } from "../../src/config.ts";
import { sanitiseNotes } from "../../src/deliver/notes/sanitise.ts";
import { notesToHtml, notesToText } from "../../src/deliver/notes/to-mail.ts";
import { readCommand } from "../../src/deliver/read-command.ts";
import { discover } from "../../src/discover/discover.ts";
import { FORMATS } from "../../src/discover/formats.ts";
import { readIncidents } from "../../src/flow/replay/replay-file.ts";
import { cvssBaseScore } from "../../src/lib/advisories/cvss.ts";
import { readExploited, readProbabilities } from "../../src/lib/advisories/exploits.ts";
import { createOsv } from "../../src/lib/advisories/osv.ts";
import { readScanReport } from "../../src/lib/advisories/scan-report.ts";
import { changelogSection } from "../../src/lib/changelog.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { readPktLines } from "../../src/lib/git/pkt-line.ts";
import { createGitHub } from "../../src/lib/github/client.ts";
import { createGitHubReader } from "../../src/lib/github/upstream/reader.ts";
import { clientAddress, visitorOf } from "../../src/lib/http/client-address.ts";
import { nextPageQuery } from "../../src/lib/http/next-page.ts";
import { retryAtOf } from "../../src/lib/http/retry-after.ts";
import { readTar } from "../../src/lib/inspect/tar.ts";
import { findDirectory, readDirectory, readEntry } from "../../src/lib/inspect/zip-directory.ts";
import { retractionsOf } from "../../src/lib/packages/go-retractions.ts";
import { readChallenges } from "../../src/lib/registry/challenge.ts";
import { readDockerLogins } from "../../src/lib/registry/docker-config.ts";
import { parseImageReference } from "../../src/lib/registry/image-reference.ts";
import { readNetrc, readNpmrc } from "../../src/lib/secrets/logins.ts";
import { parseRequirement } from "../../src/lib/syntax/requirement.ts";
import { unpackSnappy } from "../../src/lib/verify/collect/snappy.ts";
import { digestInChecksums } from "../../src/lib/verify/signatures/checksums.ts";
import { readMinisignKey } from "../../src/lib/verify/signatures/minisign.ts";
import { readOpenPgpFingerprints } from "../../src/lib/verify/signatures/openpgp.ts";
import { keyOfGitSignature } from "../../src/lib/verify/signatures/signature-key.ts";
import { readSigningKey } from "../../src/lib/verify/signatures/signing-key.ts";
import { verifyBundle } from "../../src/lib/verify/sigstore/bundle.ts";
import { pep740Evidence } from "../../src/lib/verify/sigstore/pep740.ts";
import { readStatement } from "../../src/lib/verify/sigstore/statement.ts";
import { loadTrustRoots } from "../../src/lib/verify/sigstore/trust-roots.ts";
import type { Source } from "../../src/poll/source.ts";
import { SOURCES } from "../../src/poll/sources.ts";
import { localPath, nameFrom } from "../../src/web/routes/login.ts";
import { fixturesOf } from "../discover/support.ts";
import { aPollContext, aPollRequest } from "../support/poll-context.ts";
import { WAYS } from "../support/source-ways.ts";
import { answering } from "./answering.ts";
import type { Target } from "./target.ts";
import { CONVERSATIONS } from "./targets-conversations.ts";
import { FACTS } from "./targets-facts.ts";
import { GITHUB } from "./targets-github.ts";
import { PROVEN } from "./targets-proven.ts";
import { STORED } from "./targets-stored.ts";

const NOW = "2026-11-20T12:00:00.000Z";
const bytes = (...texts: readonly string[]) => texts.map((text) => Buffer.from(text));
const textOf = (input: Uint8Array) => Buffer.from(input).toString("utf8");

/** A file of one format, under a path that it matches. Edits must lie within the text. */
const formats: readonly Target[] = FORMATS.map((format) => {
  const files = fixturesOf(format);
  const path = files[0]?.path ?? "x";
  return {
    id: `format-${format.id}`,
    seeds: () => files.slice(0, 4).map(({ text }) => Buffer.from(text).subarray(0, 8_192)),
    run: (input) => {
      const text = textOf(input);
      for (const pin of discover([{ path, text }]).pins) {
        for (const edit of pin.edits) {
          if (edit.start < 0 || edit.end < edit.start || edit.end > text.length)
            throw new Error(`an edit outside of the text: ${edit.start}..${edit.end}`);
        }
      }
    },
  };
});

const BODIES = [
  '{"name":"tool","files":[{"filename":"tool-1.0-py3-none-any.whl","url":"https://x/y","hashes":{"sha256":"00"},"upload-time":"2026-01-01T00:00:00Z","yanked":false}],"versions":["1.0"],"meta":{"api-version":"1.1"}}',
  '{"name":"tool","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"version":"1.0.0","dist":{"shasum":"00","integrity":"sha512-AA==","tarball":"https://x/y.tgz"},"deprecated":"no"}},"time":{"1.0.0":"2026-01-01T00:00:00Z"}}',
  '{"name":"library/tool","tags":["1.0","latest"]}',
  '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"digest":"sha256:00","platform":{"os":"linux","architecture":"amd64"}}]}',
  '{"data":{"repository":{"nameWithOwner":"acme/tool","databaseId":1,"releases":{"nodes":[{"tagName":"v1.0.0","isPrerelease":false,"publishedAt":"2026-01-01T00:00:00Z"}]},"refs":{"nodes":[{"name":"v1.0.0","target":{"oid":"0000000000000000000000000000000000000000"}}]}}}}',
  '[{"number":"1.0.0","created_at":"2026-01-01T00:00:00Z","platform":"ruby","sha":"00","prerelease":false}]',
  '[{"tag_name":"v1.0.0","released_at":"2026-01-01T00:00:00Z","description":"x","assets":{"links":[]}}]',
  '{"name":"tool","vers":"1.0.0","cksum":"00","yanked":false,"deps":[],"features":{}}\n',
  "v1.0.0\nv1.1.0\n",
  "<metadata><versioning><versions><version>1.0</version></versions><lastUpdated>20260101000000</lastUpdated></versioning></metadata>",
  '<!DOCTYPE html><a href="tool-1.0.tar.gz#sha256=00" data-yanked="x">tool-1.0.tar.gz</a>',
  "001e# service=git-upload-pack\n0000000eversion 2\n0000",
];

const sources: readonly Target[] = SOURCES.map((source: Source) => ({
  id: `source-${source.id}`,
  seeds: () =>
    BODIES.flatMap((body) => [0, 1, 2, 3].map((type) => Buffer.concat([Buffer.from([1, type]), Buffer.from(body)]))),
  run: async (input) => {
    const fetcher = answering(input);
    const urls = {
      api: "https://nowhere.invalid",
      graphql: "https://nowhere.invalid/graphql",
      web: "https://nowhere.invalid",
    };
    const github =
      source.id === "github" && (input[1] ?? 0) % 2 === 0
        ? createGitHubReader(createGitHub({ fetcher, urls, credential: { kind: "token", token: "fuzz" } }))
        : undefined;
    const context = { ...aPollContext(fetcher), github };
    const upstream = WAYS.find((way) => way.source === source.id)?.upstream ?? "";
    await source.poll(aPollRequest({ upstream, pinnedRefs: ["1.0", "v1.0.0"] }), context);
    await source.details?.(upstream, ["v1.0.0"], context);
    await source.repository?.(upstream, context, "1.0");
  },
}));

const configFile = join(mkdtempSync(join(tmpdir(), "headgate-fuzz-")), "headgate.yaml");
const roots = loadTrustRoots();

async function* chunksOf(input: Uint8Array): AsyncGenerator<Buffer> {
  for (let at = 0; at < input.length; at += 512) yield Buffer.from(input.subarray(at, at + 512));
}

function aTar(name: string, content: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write("0000644\0", 100);
  header.write(content.length.toString(8).padStart(11, "0"), 124);
  header.write("ustar\x0000", 257);
  header.write("0", 156);
  header.fill(" ", 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, Buffer.from(content.padEnd(512, "\0")), Buffer.alloc(1024)]);
}

function aZip(name: string, content: string): Buffer {
  const packed = deflateRawSync(content);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(packed.length, 18);
  local.writeUInt32LE(content.length, 22);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt32LE(content.length, 24);
  entry.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(46 + name.length, 12);
  end.writeUInt32LE(30 + name.length + packed.length, 16);
  return Buffer.concat([local, Buffer.from(name), packed, entry, Buffer.from(name), end]);
}

function readZip(input: Uint8Array): void {
  const archive = Buffer.from(input);
  const tail = archive.subarray(-65_557);
  const place = findDirectory(tail, archive.length - tail.length);
  if (place instanceof Error) return;
  const entries = readDirectory(archive.subarray(place.offset, place.offset + place.size), {
    files: place.files,
    most: 1_000,
  });
  if (entries instanceof Error) return;
  for (const entry of entries.slice(0, 20)) {
    const content = readEntry(archive.subarray(entry.offset), entry, 64 * 1024);
    if (!(content instanceof Error) && content.length > 64 * 1024) throw new Error("more than it may be");
  }
}

/** A text for one of several small readers: the first byte says which. */
const SMALL: readonly ((text: string) => unknown)[] = [
  readChallenges,
  (text) =>
    retryAtOf(
      {
        status: 429,
        headers: { "retry-after": text, "x-ratelimit-reset": text, "x-ratelimit-remaining": "0" },
      } as never,
      Date.parse(NOW),
    ),
  (text) => nextPageQuery({ status: 200, url: "https://x.example/a", headers: { link: text }, body: Buffer.alloc(0) }),
  parseImageReference,
  parseRequirement,
  cvssBaseScore,
  (text) => digestInChecksums(text, "tool.tar.gz"),
  (text) => changelogSection(text, "1.2.3"),
  retractionsOf,
  readCommand,
  readNetrc,
  (text) => readNpmrc(text, {}),
  readDockerLogins,
  (text) =>
    SCHEMES.map((scheme) => scheme.isVersion(text) && [scheme.compare(text, "1.2.3"), scheme.compare("1.2.3", text)]),
  (text) => readPktLines(Buffer.from(text, "latin1")),
  (text) => clientAddress("10.0.0.2", text, ["10.0.0.0/8"]),
  (text) => visitorOf(text),
  (text) => [localPath(text), nameFrom(text)],
];

const others: readonly Target[] = [
  {
    id: "configuration",
    seeds: () => [
      readFileSync(join(import.meta.dirname, "../../config/headgate.example.yaml")),
      readFileSync(join(import.meta.dirname, "../../config/headgate.yaml")),
      ...bytes("watch: [{ path: . }]\n"),
    ],
    run: (input) => {
      writeFileSync(configFile, input);
      readConfig({ file: configFile, environment: {} });
    },
  },
  {
    id: "notes",
    seeds: () =>
      bytes(
        "# 1.0\n\n- fix [x](y) @who #1 <b>html</b> ![i](j)\n\n| a | b |\n|---|---|\n| `c` | ~~d~~ |\n\n> q\n\n```js\nx\n```\n1. a\n   - b\n",
      ),
    run: (input) => {
      const sanitised = sanitiseNotes(textOf(input), { repositoryUrl: "https://github.com/acme/tool" } as never);
      notesToHtml(sanitised);
      notesToText(sanitised);
    },
  },
  {
    id: "advisories",
    seeds: () =>
      bytes(
        '{"results":[{"vulns":[{"id":"GHSA-x","modified":"2026-01-01T00:00:00Z"}]}]}',
        '{"id":"GHSA-x","modified":"2026-01-01T00:00:00Z","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],"affected":[{"package":{"purl":"pkg:pypi/tool"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.1"}]}]}]}',
      ).map((one) => Buffer.concat([Buffer.from([1, 0]), one])),
    run: async (input) => {
      const fetcher = answering(input);
      const { urls } = aPollContext(fetcher, { pypi: { url: "https://nowhere.invalid" } });
      await createOsv(fetcher, urls).query(["pkg:pypi/tool@1.0"]);
    },
  },
  {
    id: "scan-report",
    seeds: () =>
      bytes(
        '{"ArtifactName":"x:1","Results":[{"Vulnerabilities":[{"VulnerabilityID":"CVE-1","PkgName":"a","InstalledVersion":"1","FixedVersion":"2","Severity":"HIGH","Title":"t"}]}]}',
        '{"version":"2.1.0","runs":[{"tool":{"driver":{"rules":[{"id":"r","properties":{"security-severity":"9.8"}}]}},"results":[{"ruleId":"r","level":"error","message":{"text":"m"}}]}]}',
      ),
    run: (input) => readScanReport(textOf(input)),
  },
  {
    id: "replay",
    seeds: () =>
      bytes(
        '[{"name":"x","upstream":"pkg:pypi/tool","releases":[{"version":"1.0","publishedAt":"2026-01-01T00:00:00Z"}]}]',
      ),
    run: (input) => readIncidents(textOf(input), "x.json"),
  },
  {
    id: "attestations",
    seeds: () =>
      bytes(
        '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"certificate":{"rawBytes":"AA=="},"tlogEntries":[{"logIndex":"1","logId":{"keyId":"AA=="},"kindVersion":{"kind":"dsse","version":"0.0.1"},"integratedTime":"1","canonicalizedBody":"AA=="}]},"dsseEnvelope":{"payload":"e30=","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"AA=="}]}}',
        '{"version":1,"attestation_bundles":[{"publisher":{"kind":"GitHub","repository":"a/b","workflow":"w.yml"},"attestations":[{"version":1,"verification_material":{"certificate":"AA==","transparency_entries":[{}]},"envelope":{"statement":"e30=","signature":"AA=="}}]}]}',
        '{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"x","digest":{"sha256":"00"}}],"predicateType":"https://slsa.dev/provenance/v1","predicate":{}}',
      ),
    run: (input) => {
      readStatement({ type: "application/vnd.in-toto+json", bytes: input });
      let json: unknown;
      try {
        json = JSON.parse(textOf(input));
      } catch {
        return;
      }
      verifyBundle(json, { roots });
      pep740Evidence(json, { name: "x", sha256: "00" }, { roots }, NOW);
    },
  },
  {
    id: "keys",
    seeds: () =>
      bytes(
        "untrusted comment: minisign public key\nRWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3\n",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZ\n=AAAA\n-----END PGP PUBLIC KEY BLOCK-----\n",
        "-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTk=\n-----END SSH SIGNATURE-----\n",
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----\n",
      ),
    run: async (input) => {
      const text = textOf(input);
      readMinisignKey(text);
      readSigningKey(text);
      await keyOfGitSignature(text);
      await readOpenPgpFingerprints(text);
    },
  },
  {
    id: "zip",
    seeds: () => [aZip("tool/__init__.py", "import os\n"), aZip("../evil", "x".repeat(5_000))],
    run: readZip,
  },
  {
    id: "tar",
    seeds: () =>
      [aTar("package/package.json", '{"scripts":{"install":"x"}}'), aTar("../../evil", "x")].flatMap((tar) => [
        Buffer.concat([Buffer.from([0]), tar]),
        Buffer.concat([Buffer.from([1]), gzipSync(tar)]),
      ]),
    run: async (input) => {
      const read = await readTar(chunksOf(input.subarray(1)), {
        wanted: () => true,
        packed: (input[0] ?? 0) % 2 === 1,
      });
      // the library's own reader waits for ever at some lengths: those are refused before it sees them
      if (isFailure(read) && /holds up/.test(read.message)) throw read;
    },
  },
  {
    id: "snappy",
    seeds: () => [Buffer.from([4, 12, 97, 98, 99, 100]), Buffer.from([20, 16, 97, 98, 99, 100, 101, 58, 5, 0])],
    run: (input) => unpackSnappy(input, 64 * 1024),
  },
  {
    id: "exploits",
    seeds: () => bytes('  {"vulnerabilities":[{"cveID":"CVE-2026-1","dateAdded":"2026-01-01"}]}'),
    run: async (input) => {
      await readExploited(answering(input), "https://nowhere.invalid");
      await readProbabilities(answering(input), "https://nowhere.invalid", ["CVE-2026-1"]);
    },
  },
  {
    id: "small",
    seeds: () =>
      SMALL.map((_, index) =>
        Buffer.concat([
          Buffer.from([index]),
          Buffer.from('Bearer realm="https://a/b",service="x",scope="repository:a:pull", Basic realm="x"'),
        ]),
      ),
    run: (input) => SMALL[(input[0] ?? 0) % SMALL.length]?.(textOf(input.subarray(1))),
  },
];

/** Every reader of outside data. */
export const TARGETS: readonly Target[] = [
  ...formats,
  ...sources,
  ...others,
  ...FACTS,
  ...GITHUB,
  ...CONVERSATIONS,
  ...STORED,
  ...PROVEN,
];
