import { createECDH, createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { gzipSync } from "node:zlib";
import { isFailure } from "../../src/lib/failure.ts";
import type { Fetcher } from "../../src/lib/fetcher.ts";
import { createGitHub } from "../../src/lib/github/client.ts";
import { readInstallCode } from "../../src/lib/inspect/install-code.ts";
import { createPypiChangelog } from "../../src/lib/packages/pypi-changelog.ts";
import { readGitHubTree } from "../../src/lib/trees/github.ts";
import { readMinisignKey, verifyMinisign } from "../../src/lib/verify/signatures/minisign.ts";
import { verifyClearsigned, verifyOpenPgp } from "../../src/lib/verify/signatures/openpgp.ts";
import { verifyWithKeys } from "../../src/lib/verify/signatures/signing-key.ts";
import { blobBundle } from "../../src/lib/verify/sigstore/cosign.ts";
import { verifyDigest } from "../../src/lib/verify/sigstore/prehashed.ts";
import { aFileHost, plainTarball, tarHeader, zipOf } from "../support/archives.ts";
import { NO_BLOBS } from "../support/blob-cache.ts";
import { aRelease, NOW } from "../support/build.ts";
import { anyUrls } from "../support/urls.ts";
import { answering } from "./answering.ts";
import type { Target } from "./target.ts";

const NOWHERE = "https://nowhere.invalid";
const bytes = (...texts: readonly string[]) => texts.map((text) => Buffer.from(text));
const textOf = (input: Uint8Array) => Buffer.from(input).toString("utf8");

const PYPROJECT = '[build-system]\nrequires = []\nbuild-backend = "x.y"\nbackend-path = ["."]\n';
const PLAIN_TAR = Buffer.concat([tarHeader("t/setup.py", 1), Buffer.alloc(512, "x"), Buffer.alloc(1024)]);

/** A file under one of the names that are opened: the first byte says which. */
const FILES = ["t-1.0-py3-none-any.whl", "t-1.0.zip", "t-1.0.tar.gz", "t-1.0.tgz", "t-1.0.gem"] as const;
const UPSTREAM = {
  whl: "pkg:pypi/t",
  zip: "pkg:pypi/t",
  "tar.gz": "pkg:pypi/t",
  tgz: "pkg:npm/t",
  gem: "pkg:gem/t",
} as const;

function lookInto(input: Uint8Array) {
  const [kind = 0] = input;
  const content = Buffer.from(input.subarray(1));
  const name = FILES[kind % FILES.length] ?? FILES[0];
  const ending = name.replace(/^t-1\.0(?:-[\w-]+)?\./, "") as keyof typeof UPSTREAM;
  // what the mutations reach inside of an archive, they would seldom reach through a checksum and a packer
  const packed = content[0] === 0x1f || !["tar.gz", "tgz"].includes(ending) ? content : gzipSync(content, { level: 1 });
  const release = aRelease({
    upstream: UPSTREAM[ending],
    version: "1.0",
    assets: [{ name, url: `${NOWHERE}/${name}` }],
  });
  return readInstallCode(release, { fetcher: aFileHost(packed), urls: anyUrls() });
}

const MINISIGN = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
const privateKey = aKey();
const publicKey = createPublicKey(privateKey);
const DIGEST = createHash("sha256").update("content").digest();

/** The same in every run, so that the corpus stays of use. */
function aKey() {
  const ecdh = createECDH("prime256v1");
  ecdh.setPrivateKey(Buffer.alloc(32, 7));
  const [x, y] = [1, 33].map((at) =>
    ecdh
      .getPublicKey()
      .subarray(at, at + 32)
      .toString("base64url"),
  );
  const d = ecdh.getPrivateKey().toString("base64url");
  return createPrivateKey({ key: { kty: "EC", crv: "P-256", x: x ?? "", y: y ?? "", d }, format: "jwk" });
}

/** A GitHub that answers everything with one body. */
function gitHubOver(fetcher: Fetcher) {
  const urls = { api: NOWHERE, graphql: `${NOWHERE}/graphql`, web: NOWHERE };
  return createGitHub({ fetcher, urls, credential: { kind: "token", token: "fuzz" } });
}

const bodies = (...texts: readonly string[]) =>
  texts.map((text) => Buffer.concat([Buffer.from([1, 0]), Buffer.from(text)]));

/** What proves something, and what is looked into: nothing that is made up may be taken for the real thing. */
export const PROVEN: readonly Target[] = [
  {
    id: "install-code",
    seeds: () =>
      [
        zipOf({ "t.pth": "import os\n", "t-1.0.data/purelib/a.start": "a:b\n" }),
        zipOf({ "t/pyproject.toml": PYPROJECT, "t/setup.py": "x" }),
        PLAIN_TAR,
        plainTarball({ "package/package.json": '{"scripts":{"postinstall":"x"}}', "package/binding.gyp": "{}" }),
        plainTarball({ "metadata.gz": "x" }),
      ].map((file, kind) => Buffer.concat([Buffer.from([kind]), file])),
    run: async (input) => {
      const found = await lookInto(input);
      if (isFailure(found)) return;
      const { startupFiles = [], scripts = [], buildBackend = "", setup = "" } = found.code;
      const told = [...startupFiles, ...scripts, buildBackend, setup];
      if (told.some((text) => text.length > 70_000)) throw new Error("tells more than anybody reads");
    },
  },
  {
    id: "signatures",
    seeds: () =>
      bytes(
        "untrusted comment: x\nRUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=\ntrusted comment: timestamp:1\ny/rUw2y8/hOUYjZU71eHp/Wo1KZ40fGy2VJEDl34XMJM+TX48Ss/17u3IvIfbVR1FkZZSNCisQbuQY+bHwhEBg==\n",
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n00  tool\n-----BEGIN PGP SIGNATURE-----\n\niHUEABYKAB0WIQQAAAAAAAAAAAAAAAAAAAAAAAAAAAUCZQAAAAAKCRAAAAAAAAAA\n=AAAA\n-----END PGP SIGNATURE-----\n",
        '{"base64Signature":"MEUCIQ==","cert":"LS0t","rekorBundle":{"SignedEntryTimestamp":"AA==","Payload":{"body":"e30=","integratedTime":1,"logIndex":1,"logID":"00"}}}',
      ),
    run: async (input) => {
      const text = textOf(input);
      const key = readMinisignKey(MINISIGN);
      const pinned = [{ keyId: "x", der: publicKey.export({ format: "der", type: "spki" }) }];
      let json: unknown;
      try {
        json = JSON.parse(text);
      } catch {
        // most inputs are none
      }
      blobBundle(json, input);
      const outcomes = [
        isFailure(key) ? undefined : verifyMinisign(Buffer.from("content"), text, [key]),
        await verifyOpenPgp(Buffer.from("content"), input, []),
        await verifyClearsigned(text, []),
        verifyWithKeys(Buffer.from("content"), input, pinned),
      ];
      if (outcomes.some((outcome) => outcome?.reason === "verified")) throw new Error("believes what nobody signed");
    },
  },
  {
    id: "ecdsa",
    seeds: () => [
      sign("sha256", Buffer.from("content"), privateKey),
      sign("sha256", Buffer.from("another"), privateKey),
      Buffer.from([0x30, 6, 2, 1, 1, 2, 1, 1]),
    ],
    run: (input) => {
      const ours = verifyDigest(DIGEST, publicKey, input);
      const theirs = verify("sha256", Buffer.from("content"), publicKey, input);
      if (ours === true && !theirs) throw new Error("believes a signature that OpenSSL does not");
    },
  },
  {
    id: "pypi-changelog",
    seeds: () =>
      bodies(
        "<?xml version='1.0'?><methodResponse><params><param><value><int>7</int></value></param></params></methodResponse>",
        "<?xml version='1.0'?><methodResponse><params><param><value><array><data><value><array><data><value><string>tool</string></value><value><string>1.0</string></value><value><int>1764000000</int></value><value><string>new release</string></value><value><int>8</int></value></data></array></value></data></array></value></param></params></methodResponse>",
      ),
    run: async (input) => {
      let now = NOW;
      const updates = createPypiChangelog(answering(input), NOWHERE, () => now);
      for (const at of [NOW, "2026-11-20T12:05:00.000Z", "2026-11-21T12:05:00.000Z"]) {
        now = at;
        await updates.named();
        await updates.silentSince("tool", NOW);
      }
    },
  },
  {
    id: "trees",
    seeds: () =>
      bodies(
        JSON.stringify({
          data: {
            repository: { head: { name: "main", target: { oid: "00", tree: { oid: "01" } } }, b0: { text: "x" } },
          },
          ...{ tree: [{ path: "a/Dockerfile", mode: "100644", sha: "02", size: 1 }], truncated: false },
          ...{ content: "eA==", encoding: "base64" },
        }),
      ),
    run: async (input) => {
      const github = gitHubOver(answering(input));
      const tree = await readGitHubTree(github, { owner: "acme", name: "tool", cache: NO_BLOBS });
      if (!isFailure(tree)) for (const entry of tree.entries.slice(0, 5)) await tree.read(entry);
    },
  },
];
