import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** A certificate with its key, both PEM. */
export type Certified = { readonly cert: string; readonly key: string };

/** A private certificate authority of one test: `certify` gives a server certificate for host names. */
export type TestAuthority = { readonly cert: string; readonly certify: (...hosts: string[]) => Certified };

const OIDS = {
  commonName: [0x55, 0x04, 0x03],
  basicConstraints: [0x55, 0x1d, 0x13],
  subjectAltName: [0x55, 0x1d, 0x11],
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
};

/** Makes an authority (X.509 v3, RFC 5280) of which nobody else knows the key. */
export function anAuthority(name = "Headgate test authority"): TestAuthority {
  const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const isAuthority = extension(OIDS.basicConstraints, der(0x30, der(0x01, [0xff])));
  return {
    cert: certificate({ subject: name, issuer: name, publicKey: own.publicKey, signer: own.privateKey }, isAuthority),
    certify: (...hosts) => {
      const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const names = hosts.map((host) => der(0x82, Buffer.from(host, "latin1")));
      const subject = { subject: hosts[0] ?? "", issuer: name, publicKey: keys.publicKey, signer: own.privateKey };
      return {
        cert: certificate(subject, extension(OIDS.subjectAltName, der(0x30, ...names))),
        key: keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      };
    },
  };
}

type Content = Buffer | readonly number[];
type Subject = {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
};

function certificate({ subject, issuer, publicKey, signer }: Subject, ...extensions: Buffer[]): string {
  const algorithm = der(0x30, der(0x06, OIDS.ecdsaWithSha256));
  const day = 86_400_000;
  const validity = der(0x30, utcTime(Date.now() - day), utcTime(Date.now() + day));
  const toBeSigned = der(
    0x30,
    der(0xa0, der(0x02, [2])),
    der(0x02, [0x01, ...randomBytes(8)]),
    algorithm,
    nameOf(issuer),
    validity,
    nameOf(subject),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, der(0x30, ...extensions)),
  );
  const signature = der(0x03, [0x00], sign("sha256", toBeSigned, signer));
  const body = der(0x30, toBeSigned, algorithm, signature).toString("base64");
  return `-----BEGIN CERTIFICATE-----\n${body.match(/.{1,64}/g)?.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function nameOf(text: string): Buffer {
  return der(0x30, der(0x31, der(0x30, der(0x06, OIDS.commonName), der(0x0c, Buffer.from(text)))));
}

function extension(oid: readonly number[], value: Buffer): Buffer {
  return der(0x30, der(0x06, oid), der(0x04, value));
}

function utcTime(time: number): Buffer {
  const text = new Date(time).toISOString().replace(/[-:T]|\.\d+/g, "");
  return der(0x17, Buffer.from(text.slice(2)));
}

/** One DER value: tag, length, contents (X.690). */
function der(tag: number, ...contents: Content[]): Buffer {
  const body = Buffer.concat(contents.map((content) => Buffer.from(content)));
  const { length } = body;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}
