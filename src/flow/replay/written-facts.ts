import { z } from "zod";
import { signature } from "./written-signature.ts";
import { person, text, when } from "./written-values.ts";

/** As PyPI's provenance names a publisher; a Google account has a mail address instead of a repository. */
const publisher = z
  .union([
    z.literal(false).transform(() => ({ none: true as const })),
    z.string().transform((repository) => (/^none$/i.test(repository) ? { none: true as const } : { repository })),
    z.strictObject({
      kind: text,
      repository: text,
      workflow: text,
      workflow_filename: text,
      workflow_filepath: text,
      environment: text,
      ref: text,
      email: text,
      sub: z.unknown().optional(),
      claims: z.unknown().optional(),
    }),
  ])
  .transform((written) => {
    if ("none" in written || !("kind" in written)) return written;
    const { kind: _, repository, email, workflow, workflow_filename, workflow_filepath, environment, ref } = written;
    return {
      repository: repository ?? email,
      workflow: workflow ?? workflow_filename ?? workflow_filepath,
      environment: environment === "*" ? undefined : environment,
      ref,
    };
  });

/** A name, or a requirement as a package's metadata writes it (PEP 508). */
const dependency = z.union([
  z.string().transform((name) => ({ name })),
  z.strictObject({ name: z.string(), since: when.optional(), ageDays: z.number().min(0).optional() }),
]);

const installCode = z
  .strictObject({
    startupFiles: z.array(z.string()).optional(),
    pth: z.array(z.string()).optional(),
    scripts: z.array(z.string()).optional(),
    buildBackend: z.string().optional(),
    setup: z.string().optional(),
  })
  .transform(({ pth, startupFiles, ...rest }) => {
    const files = startupFiles ?? pth;
    return { ...rest, ...(files !== undefined && { startupFiles: files }) };
  });

/** Facts of one release as a record of an incident holds them. Every one may be missing. */
export const FACTS = {
  /** Of the tag or its commit, as the forge reports it. */
  signature: signature.optional(),
  /** Of the release's files: OpenPGP, minisign. */
  fileSignature: signature.optional(),
  /** Attestation of the registry or the forge: PEP 740, npm provenance, artifact attestations. */
  provenance: signature.optional(),
  imageSignature: signature.optional(),
  publisher: publisher.optional(),
  account: person.optional(),
  /** Who made the release on its forge: the same, in GitHub's word. */
  author: person.optional(),
  maintainers: z.array(person).optional(),
  mailDomains: z.record(z.string(), when).optional(),
  onBranch: z.boolean().optional(),
  /** Whether the source repository has a tag for it. */
  tagExists: z.boolean().optional(),
  origin: z
    .strictObject({
      repository: z.string().optional(),
      tag: z.boolean().optional(),
      release: z.boolean().optional(),
      run: z.boolean().optional(),
    })
    .optional(),
  otherDigests: z.record(z.string(), z.string()).optional(),
  fileTimes: z.record(z.string(), when).optional(),
  dependencies: z
    .union([
      z.array(dependency),
      z.record(z.string(), z.unknown()).transform((all) => Object.keys(all).map((name) => ({ name }))),
    ])
    .optional(),
  installCode: installCode.optional(),
  checksums: z
    .union([
      z.enum(["match", "none"]).transform((word) => ({ published: word === "match", mismatches: [] })),
      z.strictObject({ published: z.boolean().default(true), mismatches: z.array(z.string()).default([]) }),
    ])
    .optional(),
  repository: z
    .strictObject({
      id: z.coerce.string().optional(),
      ownerId: z.coerce.string().optional(),
      name: z.string().optional(),
      archived: z.boolean().optional(),
    })
    .optional(),
} as const;

const factsShape = z.object(FACTS);

/** Facts of one release, read. */
export type WrittenFacts = z.output<typeof factsShape>;

/** A dependency, with its age where that is on record. */
export type WrittenDependency = z.output<typeof dependency>;
