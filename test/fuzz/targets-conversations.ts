import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eMail } from "../../src/deliver/channels/e-mail.ts";
import { webhook } from "../../src/deliver/channels/webhook.ts";
import { isFailure } from "../../src/lib/failure.ts";
import type { Fetcher } from "../../src/lib/fetcher.ts";
import type { RepositoryName } from "../../src/lib/forge/branch.ts";
import type { Forge } from "../../src/lib/forge/forge.ts";
import { createForgejoForge } from "../../src/lib/forgejo/forge.ts";
import { createGitHub, type GitHub } from "../../src/lib/github/client.ts";
import { createGitHubForge } from "../../src/lib/github/forge.ts";
import { createGitLabForge } from "../../src/lib/gitlab/forge.ts";
import { createSmtp, type Smtp } from "../../src/lib/mail/smtp.ts";
import { createRegistry } from "../../src/lib/registry/client.ts";
import { readImageFacts } from "../../src/lib/registry/image-config.ts";
import { packagesOf, readImagePackages } from "../../src/lib/registry/image-packages.ts";
import { imagePlatforms } from "../../src/lib/registry/image-platforms.ts";
import { repositoryOfImage } from "../../src/lib/registry/image-source.ts";
import { collectEvidence } from "../../src/lib/verify/collect-evidence.ts";
import { refreshTrustRoots } from "../../src/lib/verify/sigstore/refresh-trust-roots.ts";
import { loadTrustRoots, readTrustedRoot } from "../../src/lib/verify/sigstore/trust-roots.ts";
import { aContext, aNotice, aRecipient } from "../deliver/support.ts";
import { NO_BLOBS } from "../support/blob-cache.ts";
import { aRelease, NOW } from "../support/build.ts";
import { anEvidenceContext } from "../support/evidence.ts";
import { type SmtpStandIn, startSmtp } from "../upstreams/smtp.ts";
import { answering } from "./answering.ts";
import type { Target } from "./target.ts";

const bytes = (...texts: readonly string[]) => texts.map((text) => Buffer.from(text));
/** Before each body: a status and a type, as `answering` reads them. */
const bodies = (...texts: readonly string[]) =>
  texts.flatMap((text) => [Buffer.concat([Buffer.from([1, 0]), Buffer.from(text)])]);
const textOf = (input: Uint8Array) => Buffer.from(input).toString("utf8");

const NOWHERE = {
  api: "https://nowhere.invalid",
  graphql: "https://nowhere.invalid/graphql",
  web: "https://nowhere.invalid",
};
const tokenOver = (fetcher: Fetcher): GitHub =>
  createGitHub({ fetcher, urls: NOWHERE, credential: { kind: "token", token: "fuzz" } });

const PASSWORD = "hunter2-hunter2";

/** Milliseconds after which the server goes on although it heard nothing. */
const IMPATIENT = 20;

/** A mail server that says what it is told to say, one part for each thing it hears, and then hangs up. */
let parts: readonly Buffer[] = [];
let talking: Promise<{ readonly server: Server; readonly port: number }> | undefined;
function talker() {
  talking ??= new Promise((resolve) => {
    const server = createServer((socket) => {
      const waiting = [...parts];
      let impatience: NodeJS.Timeout | undefined;
      const say = () => {
        clearTimeout(impatience);
        const part = waiting.shift();
        if (part === undefined) return socket.destroy();
        socket.write(part);
        impatience = setTimeout(say, IMPATIENT);
        return undefined;
      };
      socket.on("error", () => undefined); // whoever hangs up first
      socket.on("close", () => clearTimeout(impatience));
      socket.on("data", say);
      say();
    });
    server.unref();
    server.listen(0, "127.0.0.1", () => resolve({ server, port: (server.address() as { port: number }).port }));
  });
  return talking;
}

function aMessage(words: string) {
  const notice = aNotice({
    title: words,
    summary: words,
    facts: [{ mark: "in", text: words }],
    project: words,
    next: words,
  });
  const options = { from: "Headgate <headgate@example.org>", to: ["ann@example.org"] };
  const letter = eMail.letters?.write({ kind: "notice", notice }, aRecipient(), { options, now: NOW });
  const { date, ...message } = (letter?.content ?? {}) as { date: string } & Parameters<Smtp["send"]>[0];
  return { ...message, date: new Date(date) };
}

const GREETING = "220 mail.example.org ESMTP\r\n";
const HELLO = "250-mail.example.org\r\n250-AUTH PLAIN LOGIN\r\n250-SIZE 1000000\r\n250 8BITMIME\r\n";
const conversation = (...said: readonly string[]) => Buffer.from(said.join("\0"));

let postOffice: Promise<{ readonly standIn: SmtpStandIn; readonly smtp: Smtp }> | undefined;
function openPostOffice() {
  postOffice ??= (async () => {
    const standIn = await startSmtp();
    const smtp = await createSmtp(standIn.url);
    if (isFailure(smtp)) throw smtp;
    return { standIn, smtp };
  })();
  return postOffice;
}

/** Names of header fields that our mails have, and of no other one. */
const FIELDS =
  /^(?:from|to|subject|message-id|date|in-reply-to|references|list-[a-z]+|mime-version|content-[a-z-]+|importance|priority|x-[a-z-]+|auto-submitted|precedence|feedback-id):/i;

const MANIFEST =
  '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"digest":"sha256:00"},"layers":[{"digest":"sha256:00","size":9,"annotations":{"in-toto.io/predicate-type":"https://spdx.dev/Document"}}],"annotations":{"org.opencontainers.image.source":"https://github.com/acme/tool"}}';
const INDEX =
  '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000","platform":{"os":"linux","architecture":"arm64","variant":"v8"},"annotations":{"vnd.docker.reference.type":"attestation-manifest"}}]}';
const SBOM = '{"payload":"eyJwcmVkaWNhdGUiOnsicGFja2FnZXMiOlt7Im5hbWUiOiJhIiwidmVyc2lvbkluZm8iOiIxIn1dfX0="}';
const STATE =
  '{"data":{"repository":{"id":"R","isArchived":false,"url":"https://x/acme/suite","webCommitSignoffRequired":true,"defaultBranchRef":{"name":"main","target":{"oid":"a","tree":{"oid":"b"}}},"base":null,"head":{"id":"REF","target":{"oid":"c","message":"m","parents":{"totalCount":1},"signature":{"isValid":true,"wasSignedByGitHub":true}}},"pullRequests":{"nodes":[{"id":"PR","number":1,"url":"https://x/1","state":"OPEN","title":"t","body":"b","headRefName":"h","headRefOid":"c","isCrossRepository":false,"commits":{"totalCount":1},"closedAt":null,"mergedBy":null,"timelineItems":{"nodes":[]}}],"pageInfo":{"hasNextPage":true,"endCursor":"x"}},"label0":{"id":"L"}},"known":null,"viewer":{"login":"u","databaseId":1,"name":null},"nodes":[{"id":"PR"}]}}';

/** Everything that a forge is asked for without changing it. */
async function readAll(forge: Forge, repository: RepositoryName, pullRequestId: string): Promise<void> {
  await forge.readWriteState(repository, { base: undefined, head: "h", labels: ["a"], pullRequestId });
  await forge.readBlobIds(repository, "c", ["a", "b"]);
  await forge.isRecentCommitOf(repository, "main", "c");
  await forge.readLives(repository, [pullRequestId]);
  await forge.listOpen(repository);
  await forge.mayWrite(repository, "ada");
  await forge.readRemovedLines(repository, 1);
  await forge.readGrants(repository);
  const tree = await forge.readTree(repository, undefined);
  if (!isFailure(tree)) for (const entry of tree.entries.slice(0, 3)) await tree.read(entry);
}

/** Whoever answers may say anything: mail servers, webhooks, GitHub, registries of images, trust repositories. */
export const CONVERSATIONS: readonly Target[] = [
  {
    id: "smtp-replies",
    seeds: () => [
      conversation(
        GREETING,
        HELLO,
        "235 ok\r\n",
        "250 ok\r\n",
        "250 ok\r\n",
        "354 go on\r\n",
        "250 taken\r\n",
        "221 bye\r\n",
      ),
      conversation(GREETING, HELLO, `535 5.7.8 ${PASSWORD} is wrong\r\n`),
      conversation(GREETING, "250-mail\r\n250 STARTTLS\r\n", "220 go\r\n", "\u0016\u0003\u0001"),
      conversation("554 no\r\n"),
      conversation("220-a\r\n220-b\r\n220 c\r\n", "502 no\r\n", "250 x\r\n"),
    ],
    run: async (input) => {
      const text = Buffer.from(input).toString("latin1");
      parts = text
        .split("\0")
        .slice(0, 20)
        .map((part) => Buffer.from(part, "latin1"));
      const { port } = await talker();
      const smtp = await createSmtp(`smtp://robot:${PASSWORD}@127.0.0.1:${port}`);
      if (isFailure(smtp)) throw smtp;
      const failure = await smtp.send(aMessage("words"));
      smtp.close();
      if (failure === undefined) return;
      const control = /[\u0000-\u001f\u007f]/.test(failure.message);
      if (control || failure.message.includes(PASSWORD) || failure.message.length > 500)
        throw new Error(`says what it must not: ${JSON.stringify(failure.message)}`);
    },
  },
  {
    id: "mail-headers",
    seeds: () =>
      bytes("tag moved: example/tool", "x\r\nBcc: mallory@example.org", "x\n\n<script>", "=?utf-8?q?x?=", "\u2028é💣"),
    run: async (input) => {
      const { standIn, smtp } = await openPostOffice();
      const words = textOf(input).slice(0, 2_000);
      const failure = await smtp.send(aMessage(words));
      if (failure !== undefined) throw failure;
      const raw = standIn.messages.at(-1)?.raw.toString("latin1") ?? "";
      (standIn.messages as unknown[]).length = 0;
      const head = raw.slice(0, raw.indexOf("\r\n\r\n")).split("\r\n");
      const strange = head.filter((line) => !/^[ \t]/.test(line) && !FIELDS.test(line));
      if (strange.length > 0 || head.some((line) => /[\r\n\0]/.test(line) || line.length > 998))
        throw new Error(`a header that nobody wrote: ${JSON.stringify(strange)}`);
    },
  },
  {
    id: "webhook-replies",
    seeds: () => bodies("ok", "invalid_payload", '{"error":"x"}', "<html>"),
    run: async (input) => {
      const options = { hooks: [{ name: "x", url: "https://nowhere.invalid/x", secret: PASSWORD }] };
      const letter = webhook.letters?.write({ kind: "notice", notice: aNotice() }, aRecipient({ address: "x" }), {
        options,
        now: NOW,
      });
      if (letter === undefined) throw new Error("no letter");
      const batch = { kind: "letters", letters: [letter], claim: async () => true } as const;
      const results = await webhook.deliver(batch, aContext({ options, fetcher: answering(input) }));
      if (results.length !== 1 || JSON.stringify(results).includes(PASSWORD)) throw new Error(JSON.stringify(results));
    },
  },
  {
    id: "github-forge",
    seeds: () =>
      bodies(
        STATE,
        '{"data":{"createPullRequest":{"pullRequest":{"id":"P","number":1,"url":"https://x/1"}}},"errors":[{"type":"FORBIDDEN","path":["a"],"message":"no"}]}',
        '[{"sha":"c","filename":"a","patch":"@@ -1 +1 @@\\n-a\\n+b"}]',
        '{"permission":"write","private":true,"permissions":{"push":false},"owner":{"type":"Organization"}}',
        '{"data":{"repository":{"head":{"name":"main","target":{"oid":"a","tree":{"oid":"b"}}}}},"sha":"b","tree":[{"path":"a/../b","mode":"100644","type":"blob","sha":"0000000000000000000000000000000000000000","size":3}],"truncated":false}',
      ),
    run: async (input) => {
      const fetcher = answering(input);
      const github = tokenOver(fetcher);
      const forge = createGitHubForge(github, NO_BLOBS);
      const repository = { owner: "acme", name: "tool" };
      await readAll(forge, repository, "PR");
      await forge.open(repository, { repositoryId: "R", base: "main", head: "h", title: "t", body: "b", draft: false });
    },
  },
  {
    id: "forgejo-forge",
    seeds: () =>
      bodies(
        '{"id":7,"archived":false,"default_branch":"main","login":"u","permissions":{"admin":true,"push":true,"pull":true},"name":"main","commit":{"id":"a","message":"m","tree":{"sha":"b"},"sha":"c"},"sha":"c","parents":[{"sha":"d"}],"author":{"id":7,"login":"u"},"committer":null}',
        '[{"id":7,"number":1,"html_url":"https://x/1","state":"closed","merged":true,"title":"t","body":"b","user":{"id":7,"login":"u"},"head":{"label":"h","sha":"c","repo_id":7},"base":{"ref":"main"},"closed_at":"2026-11-20T12:00:00Z","merged_by":{"id":-2,"login":"forgejo-actions"},"type":"close","created_at":"2026-11-20T12:00:00Z"}]',
        '{"id":7,"number":1,"html_url":"https://x/1","state":"open","merged":false,"title":"WIP: t","body":null,"user":null,"head":{"label":"h","sha":"c","repo_id":7},"base":{"ref":"main"},"closed_at":null,"merged_by":null,"enable_status_check":true,"status_check_contexts":["ci"],"permission":"write"}',
        '{"tree":[{"path":"a/../b","mode":"100644","sha":"0000000000000000000000000000000000000000","size":3}],"truncated":false,"content":"YQ==","encoding":"base64","type":"file","sha":"a"}',
        'diff --git "a/\\303\\244" b/x\n--- "a/\\303\\244"\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n',
      ),
    run: async (input) => {
      const address = { url: "https://forgejo.example", token: "t" };
      const forge = createForgejoForge(answering(input), address, NO_BLOBS);
      const repository = { owner: "acme", name: "tool" };
      await readAll(forge, repository, "7/1");
      await forge.open(repository, { repositoryId: "7", base: "main", head: "h", title: "t", body: "b", draft: false });
      await forge.update(repository, { id: "7/1", title: "t", body: "b" });
      await forge.autoMerge(repository, "7/1", "c", "merge");
    },
  },
  {
    id: "gitlab-forge",
    seeds: () =>
      bodies(
        '{"id":7,"iid":1,"project_id":7,"archived":false,"default_branch":"main","path_with_namespace":"acme/tool","username":"u","name":"U","commit_email":"u@x","bot":true,"scopes":["api"],"expires_at":"2027-06-30","access_level":30,"state":"active","commit":{"id":"a","message":"m","parent_ids":["b"],"author_email":"u@x","committer_email":"u@x"},"verification_status":"verified_system"}',
        '[{"id":7,"iid":1,"project_id":7,"web_url":"https://x/1","state":"closed","title":"t","description":"b","draft":false,"author":{"id":7,"username":"u"},"source_branch":"h","source_project_id":7,"target_branch":"main","sha":"c","closed_by":{"id":8,"username":"v"},"closed_at":"2026-11-20T12:00:00Z","name":"a","body":"x","system":false,"created_at":"2026-11-20T12:00:00.000Z","label":{"name":"l"},"action":"add","path":"a/../b","mode":"100644","old_path":"a","new_path":"b","diff":"@@ -1 +1 @@\n-a\n+b\n"}]',
        '{"id":7,"iid":1,"project_id":7,"web_url":"https://x/1","state":"opened","title":"Draft: t","description":null,"draft":true,"author":null,"source_branch":"h","source_project_id":null,"target_branch":"main","sha":"c","only_allow_merge_if_pipeline_succeeds":true,"merge_method":"ff","detailed_merge_status":"checking","head_pipeline":{"source":"push"},"last_pipeline":{"id":4},"reviewers":[],"assignees":[]}',
        '{"message":{"base":["is not allowed"]},"error":"insufficient_scope","error_description":"more"}',
      ),
    run: async (input) => {
      const address = { url: "https://gitlab.example", token: "t" };
      const forge = createGitLabForge(answering(input), address, NO_BLOBS, async () => undefined);
      const repository = { owner: "acme/apps", name: "tool" };
      await readAll(forge, repository, "7/7/1");
      await forge.open(repository, { repositoryId: "7", base: "main", head: "h", title: "t", body: "b", draft: false });
      await forge.update(repository, { id: "7/7/1", title: "t", body: "b" });
      await forge.autoMerge(repository, "7/7/1", "c", "squash");
      await forge.setStatus(repository, "c", { state: "failure", description: "d" });
    },
  },
  {
    id: "images",
    seeds: () =>
      bodies(
        MANIFEST,
        INDEX,
        SBOM,
        '{"config":{"Labels":{"org.opencontainers.image.source":"https://github.com/a/b"}},"created":"2026-01-01T00:00:00Z"}',
        '{"predicate":{"components":[{"name":"a","version":"1"}]}}',
      ),
    run: async (input) => {
      const fetcher = answering(input);
      const registry = createRegistry(fetcher, {});
      const image = { host: "registry.invalid", repository: "a/b" };
      const digest = `sha256:${"0".repeat(64)}`;
      await readImageFacts(registry, image, "1.0");
      await readImagePackages(registry, image, digest);
      await imagePlatforms({ fetcher, registry }, { ...image, tag: "1.0", digest, hub: undefined });
      await imagePlatforms({ fetcher, registry }, { ...image, tag: "1.0", digest, hub: "https://nowhere.invalid" });
      await repositoryOfImage(image, "1.0", { fetcher, registry, urls: aContext().urls });
      try {
        packagesOf(JSON.parse(textOf(input.subarray(2))));
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
      }
    },
  },
  {
    id: "trust-repository",
    seeds: () =>
      bodies(
        '{"signatures":[{"keyid":"00","sig":"00"}],"signed":{"_type":"root","version":2,"spec_version":"1.0","expires":"2030-01-01T00:00:00Z","keys":{},"roles":{"root":{"keyids":["00"],"threshold":1},"timestamp":{"keyids":[],"threshold":1},"snapshot":{"keyids":[],"threshold":1},"targets":{"keyids":[],"threshold":1}},"consistent_snapshot":true}}',
        '{"signatures":[],"signed":{"_type":"timestamp","version":1,"spec_version":"1.0","expires":"2030-01-01T00:00:00Z","meta":{"snapshot.json":{"version":1}}}}',
        '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1","tlogs":[],"certificateAuthorities":[{"subject":{},"uri":"x","certChain":{"certificates":[{"rawBytes":"AA=="}]},"validFor":{"start":"2026-01-01T00:00:00Z"}}],"ctlogs":[],"timestampAuthorities":[]}',
      ),
    run: async (input) => {
      const folder = mkdtempSync(join(tmpdir(), "headgate-fuzz-trust-"));
      try {
        const before = JSON.stringify(loadTrustRoots(folder).origins);
        await refreshTrustRoots(folder, answering(input), {
          sigstore: "https://nowhere.invalid",
          github: "https://nowhere.invalid",
        });
        if (JSON.stringify(loadTrustRoots(folder).origins) !== before) throw new Error("trusts what nobody signed");
        readTrustedRoot(JSON.parse(textOf(input.subarray(2))), "x");
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  },
  {
    id: "evidence",
    seeds: () =>
      bodies(
        '{"attestations":[{"bundle":null,"bundle_url":"https://nowhere.invalid/x","predicateType":"https://slsa.dev/provenance/v1"}],"version":1,"attestation_bundles":[]}',
        '{"object":{"sha":"00","type":"tag"},"verification":{"verified":true,"reason":"valid","signature":"-----BEGIN SSH SIGNATURE-----","payload":"x"},"commit":{"verification":{"verified":false,"reason":"unsigned"}},"dist":{"signatures":[{"keyid":"SHA256:x","sig":"AA=="}],"attestations":{"url":"https://nowhere.invalid/x"}}}',
        "0000000000000000000000000000000000000000000000000000000000000000  tool.tar.gz\n",
        "-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n",
      ),
    run: async (input) => {
      const fetcher = answering(input);
      const context = anEvidenceContext({
        fetcher,
        registry: createRegistry(fetcher, {}),
        github: tokenOver(fetcher),
        roots: loadTrustRoots(),
      });
      const asset = { name: "tool.tar.gz", url: "https://nowhere.invalid/tool.tar.gz" };
      const assets = [
        asset,
        ...[".sig", ".asc", ".minisig", ".sigstore.json", ".sha256"].map((ending) => ({
          name: asset.name + ending,
          url: asset.url + ending,
        })),
      ];
      // GitHub itself is believed when it says that it verified the signature of a tag
      for (const upstream of [
        "pkg:pypi/tool",
        "pkg:npm/tool",
        "pkg:docker/a/b?repository_url=registry.invalid",
        "pkg:github/acme/tool",
      ])
        for (const one of await collectEvidence(
          aRelease({ upstream, tag: "v1.0.0", assets, digests: { index: `sha256:${"0".repeat(64)}` } }),
          context,
        ))
          if (one.level === "verified" && one.kind !== "git-signature")
            throw new Error(`believes ${JSON.stringify(one)}`);
    },
  },
];
