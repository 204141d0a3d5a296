import { z } from "zod";
import { Failure } from "../../failure.ts";

/** What an attestation says: of which artifacts, and what kind of thing (https://github.com/in-toto/attestation). */
export type Statement = {
  readonly predicateType: string;
  readonly predicate: unknown;
  readonly subjects: readonly StatementSubject[];
};

/** An artifact by name and by digests: algorithm → hex, lower case. */
export type StatementSubject = { readonly name: string; readonly digest: Readonly<Record<string, string>> };

/** The payload type of in-toto statements inside a signed envelope. */
const IN_TOTO = "application/vnd.in-toto+json";

const STATEMENT = z.object({
  _type: z.enum(["https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"]),
  predicateType: z.string().min(1),
  predicate: z.unknown().optional(),
  subject: z
    .array(
      z.object({
        name: z.string().nullish(),
        digest: z.record(
          z.string(),
          z.string().transform((hex) => hex.toLowerCase()),
        ),
      }),
    )
    .min(1),
});

/** Reads the statement of a verified envelope; `unreadable` when it holds something else. */
export function readStatement(payload: { readonly type: string; readonly bytes: Uint8Array }): Statement | Failure {
  if (payload.type !== IN_TOTO) return new Failure("unreadable", `the envelope holds ${payload.type}, not a statement`);
  try {
    const { predicateType, predicate, subject } = STATEMENT.parse(JSON.parse(new TextDecoder().decode(payload.bytes)));
    return {
      predicateType,
      predicate,
      subjects: subject.map(({ name, digest }) => ({ name: name ?? "", digest })),
    };
  } catch (error) {
    return new Failure("unreadable", "the envelope holds no in-toto statement", { cause: error });
  }
}

/** The subject with this digest (`sha256:…`), and this name where one is given; undefined: the statement is about something else. */
export function subjectOf(statement: Statement, digest: string, name?: string): StatementSubject | undefined {
  const [algorithm = "", hex = ""] = digest.split(":");
  return statement.subjects.find(
    (subject) =>
      hex !== "" && subject.digest[algorithm] === hex.toLowerCase() && (name === undefined || subject.name === name),
  );
}
