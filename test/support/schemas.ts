import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Ajv } from "ajv";
import formatsModule from "ajv-formats";

const require = createRequire(import.meta.url);

/** Says what is wrong with a document by a schema: a line each, none when it is valid. */
export type Validate = (document: unknown) => string[];

const addFormats = formatsModule as unknown as (ajv: Ajv) => void; // its types name the ES module, Node gives the other

/** The official schema of CycloneDX 1.6, as its own library carries it. */
export function cyclonedxSchema(): Validate {
  const folder = join(dirname(require.resolve("@cyclonedx/cyclonedx-library")), "../res/schema");
  const read = (name: string) => readJson(join(folder, `${name}.SNAPSHOT.schema.json`));
  const ajv = newAjv();
  for (const name of ["spdx", "jsf-0.82"])
    ajv.addSchema(read(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  return validator(ajv, read("bom-1.6"));
}

/** The official schema of SARIF 2.1.0. It is written for draft 4, of which it uses nothing that changed but the name of `id`. */
export function sarifSchema(): Validate {
  const {
    $schema: _,
    id,
    ...rest
  } = readJson(join(import.meta.dirname, "../fixtures/schemas/sarif-schema-2.1.0.json"));
  return validator(newAjv(), { $id: id, ...rest });
}

function newAjv(): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
  addFormats(ajv);
  // Formats of later drafts, by what they are made of.
  ajv.addFormat("iri-reference", { validate: (text: string) => URL.canParse(text, "https://base.example") });
  ajv.addFormat("idn-email", { validate: (text: string) => /^[^@\s]+@[^@\s]+$/.test(text) });
  return ajv;
}

function validator(ajv: Ajv, schema: object): Validate {
  const validate = ajv.compile(schema);
  return (document) => {
    validate(document);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
}

function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
}
