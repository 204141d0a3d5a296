import { renderDigest, renderDigestMarkdown } from "../../src/deliver/render/digest.ts";
import type { Digest, DigestEntry } from "../../src/domain/digest.ts";
import { aDigest, anEntry } from "../deliver/support.ts";
import { aCandidate, aComponent, aDecision, anAdvisory, anAlert, aPin, aRelease } from "../support/build.ts";

/**
 * `npm run bench:digest`: how long a digest of 500 entries takes to be written, in all its forms, and how large it is.
 * Release notes are of the length that is usual. Fifteen runs, of which the first five warm up; the middle one counts. Times are the processor's: others may share it.
 */
const ENTRIES = 500;
const RUNS = 15;
const WARM_UP = 5;

/** Gmail cuts a message whose HTML is longer. */
const CLIP = 102 * 1024;

function main(): void {
  const digest = digestOf(ENTRIES);
  const [mail, took] = timed(() => renderDigest(digest));
  const [markdown, markdownTook] = timed(() => renderDigestMarkdown(digest));
  const html = Buffer.byteLength(mail.html);
  const attached = mail.attachments.reduce((sum, file) => sum + Buffer.byteLength(file.content), 0);
  print(
    `a mail of ${ENTRIES} entries, with text, HTML and what is attached`,
    `${took.toFixed(0)} ms of processor time`,
  );
  print("its HTML", `${(html / 1024).toFixed(1)} KiB of ${CLIP / 1024}`);
  print("the whole digest, attached as Markdown", `${(attached / 1024).toFixed(1)} KiB`);
  print(
    "the same as a Markdown file with release notes",
    `${markdownTook.toFixed(0)} ms of processor time, ${(markdown.length / 1024).toFixed(0)} KiB`,
  );
  process.exitCode = html < CLIP && attached > 0 ? 0 : 1;
}

/** The middle time of several runs, and what the last one gave. Each run has a digest of its own: nothing is remembered. */
function timed<Result>(run: () => Result): [Result, number] {
  const times: number[] = [];
  let result = run();
  for (let index = 0; index < RUNS; index++) {
    const begun = process.cpuUsage();
    result = run();
    const { user, system } = process.cpuUsage(begun);
    if (index >= WARM_UP) times.push((user + system) / 1_000);
  }
  return [result, times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0];
}

function digestOf(entries: number): Digest {
  const all = Array.from({ length: entries }, (_, index) => entryOf(index));
  const every = (step: number, rest: number) => all.filter((_, index) => index % step === rest);
  return aDigest({
    title: `example: ${entries} updates`,
    proposed: every(5, 0).concat(every(5, 1)),
    held: every(5, 2),
    waiting: every(5, 3).concat(every(25, 4)),
    blocked: all.filter((_, index) => index % 5 === 4 && index % 25 !== 4),
    alerts: Array.from({ length: 10 }, () => anAlert()),
    unpinned: Array.from({ length: 60 }, (_, index) => ({
      project: "example",
      upstream: `pkg:github/example/floating-${index}`,
      text: "latest",
      places: [{ path: `images/${index}/Dockerfile`, line: 1 }],
    })),
  });
}

function entryOf(index: number): DigestEntry {
  const upstream = `pkg:github/example/tool-${index}`;
  const pins = [aPin({ upstream, path: `images/${index}/Dockerfile`, line: index + 1 })];
  const to = aRelease({
    version: `1.${index}.0`,
    upstream,
    notes: NOTES,
    notesUrl: `https://github.com/example/tool-${index}/releases/tag/1.${index}.0`,
  });
  return anEntry({
    candidate: aCandidate({
      id: `c${index}`,
      component: aComponent({ pins }),
      to,
      between: [to],
      fixes: index % 20 === 0 ? [anAdvisory({ id: `GHSA-${index}` })] : [],
    }),
    decision: aDecision({
      reasons: [
        { rule: "wait-over", level: "note", summary: `First seen 9 days ago; the wait of 7 days is over (${index}).` },
        { rule: "content-changed", level: "warn", summary: "The asset's checksum was published later than the asset." },
      ],
    }),
    url: `https://github.com/example/project/pull/${index}`,
  });
}

const NOTES = `## What's changed\n${Array.from({ length: 12 }, (_, index) => `* A change that matters to some by @somebody in https://github.com/example/tool/pull/${index}`).join("\n")}\n\n**Full changelog**: https://github.com/example/tool/compare/v1...v2\n`;

function print(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(70)} ${figure}\n`);
}

main();
