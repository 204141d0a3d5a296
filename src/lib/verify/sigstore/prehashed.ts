import type { KeyObject } from "node:crypto";

/** A curve y² = x³ - 3x + b over the numbers below p, with a base point of the order n (FIPS 186-5, SP 800-186). */
type Curve = { readonly p: bigint; readonly n: bigint; readonly base: Point; readonly bits: number };
/** A point in Jacobian coordinates: (x / z², y / z³); z = 0 is the point at infinity. */
type Point = { readonly x: bigint; readonly y: bigint; readonly z: bigint };

const CURVES: Readonly<Record<string, Curve>> = {
  "P-256": {
    p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    base: {
      x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
      y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
      z: 1n,
    },
    bits: 256,
  },
  "P-384": {
    p: 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffffn,
    n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    base: {
      x: 0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7n,
      y: 0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5fn,
      z: 1n,
    },
    bits: 384,
  },
};
const INFINITY: Point = { x: 1n, y: 1n, z: 0n };

/**
 * Whether an ECDSA signature (DER) is of content with this digest (FIPS 186-5, section 6.4.2); undefined for keys of other
 * kinds. Node verifies signatures of content only, and a large file need not be fetched where its digest is known. There
 * is nothing secret in a verification, so nothing here has to take the same time.
 */
export function verifyDigest(digest: Uint8Array, key: KeyObject, signature: Uint8Array): boolean | undefined {
  const { crv = "", x = "", y = "" } = key.asymmetricKeyType === "ec" ? key.export({ format: "jwk" }) : {};
  const curve = CURVES[crv];
  if (curve === undefined) return undefined;
  const [r, s] = readSignature(signature) ?? [0n, 0n];
  const { n, base, bits } = curve;
  if (r <= 0n || r >= n || s <= 0n || s >= n) return false;
  const hash = toNumber(digest) >> BigInt(Math.max(0, digest.length * 8 - bits));
  const inverse = power(s, n - 2n, n);
  // the key was imported, so its point lies on the curve
  const own = { x: toNumber(Buffer.from(x, "base64url")), y: toNumber(Buffer.from(y, "base64url")), z: 1n };
  const sum = combined(curve, [(hash * inverse) % n, base], [(r * inverse) % n, own]);
  return sum.z !== 0n && affineX(curve, sum) % n === r;
}

/** `SEQUENCE { INTEGER r, INTEGER s }` in DER, and nothing after it; undefined for anything else. */
function readSignature(der: Uint8Array): readonly [bigint, bigint] | undefined {
  const integer = (at: number): { readonly value: bigint; readonly end: number } | undefined => {
    const length = der[at + 1] ?? 0;
    const content = der.subarray(at + 2, at + 2 + length);
    const [first = 0x80, second = 0x80] = content;
    const padded = first === 0 && length > 1 && second < 0x80; // DER has one way to write a number
    if (der[at] !== 2 || length === 0 || content.length !== length || first >= 0x80 || padded) return undefined;
    return { value: toNumber(content), end: at + 2 + length };
  };
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return undefined;
  const r = integer(2);
  const s = r && integer(r.end);
  return r === undefined || s === undefined || s.end !== der.length ? undefined : [r.value, s.value];
}

type Multiple = readonly [factor: bigint, point: Point];

/** one · P + other · Q, bit by bit for both. */
function combined(curve: Curve, [one, p]: Multiple, [other, q]: Multiple): Point {
  const both = add(curve, p, q);
  let sum = INFINITY;
  for (let bit = BigInt(curve.bits) - 1n; bit >= 0n; bit--) {
    sum = double(curve, sum);
    const [a, b] = [(one >> bit) & 1n, (other >> bit) & 1n];
    if (a === 1n) sum = add(curve, sum, b === 1n ? both : p);
    else if (b === 1n) sum = add(curve, sum, q);
  }
  return sum;
}

/** https://hyperelliptic.org/EFD/g1p/auto-shortw-jacobian-3.html#doubling-dbl-2001-b */
function double({ p }: Curve, { x, y, z }: Point): Point {
  const delta = mod(z * z, p);
  const gamma = mod(y * y, p);
  const beta = mod(x * gamma, p);
  const alpha = mod(3n * (x - delta) * (x + delta), p);
  const nextX = mod(alpha * alpha - 8n * beta, p);
  const nextZ = mod((y + z) * (y + z) - gamma - delta, p);
  return { x: nextX, y: mod(alpha * (4n * beta - nextX) - 8n * gamma * gamma, p), z: nextZ };
}

/** https://hyperelliptic.org/EFD/g1p/auto-shortw-jacobian-3.html#addition-add-1998-cmo-2 */
function add(curve: Curve, one: Point, other: Point): Point {
  if (one.z === 0n) return other;
  if (other.z === 0n) return one;
  const { p } = curve;
  const [z1, z2] = [mod(one.z * one.z, p), mod(other.z * other.z, p)];
  const [u1, u2] = [mod(one.x * z2, p), mod(other.x * z1, p)];
  const [s1, s2] = [mod(one.y * other.z * z2, p), mod(other.y * one.z * z1, p)];
  const h = mod(u2 - u1, p);
  const r = mod(s2 - s1, p);
  if (h === 0n) return r === 0n ? double(curve, one) : INFINITY;
  const h2 = mod(h * h, p);
  const h3 = mod(h * h2, p);
  const v = mod(u1 * h2, p);
  const x = mod(r * r - h3 - 2n * v, p);
  return { x, y: mod(r * (v - x) - s1 * h3, p), z: mod(h * one.z * other.z, p) };
}

function affineX({ p }: Curve, { x, z }: Point): bigint {
  return mod(x * power(mod(z * z, p), p - 2n, p), p);
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let [square, rest] = [base % modulus, exponent]; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

function mod(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

function toNumber(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}
