import { randomBytes } from "node:crypto";

/** A secret that nobody would say by chance: letters and digits only, so that no encoding hides it. */
export type Canary = { readonly name: string; readonly secret: string };

/** A fresh canary. `prefix`: what a service's own tokens begin with; without, nothing tells it by its shape. */
export function aCanary(name: string, prefix = ""): Canary {
  return { name, secret: `${prefix}Cnry${randomBytes(12).toString("hex")}` };
}

/** Where a canary was found. */
export type Sighting = { readonly canary: string; readonly place: string; readonly around: string };

/** Looks for every canary in a text: as it is, percent-encoded, and within base64 at each of its three offsets. */
export function findCanaries(place: string, text: string, canaries: readonly Canary[]): Sighting[] {
  return canaries.flatMap(({ name, secret }) =>
    formsOf(secret).flatMap((form) => {
      const at = text.indexOf(form);
      return at < 0 ? [] : [{ canary: name, place, around: text.slice(Math.max(0, at - 120), at + 40) }];
    }),
  );
}

function formsOf(secret: string): string[] {
  const encoded = [0, 1, 2].map((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
    const whole = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString("base64");
    return whole.slice(offset === 0 ? 0 : 4); // what follows the first group does not depend on what stood before it
  });
  return [secret, Buffer.from(secret).toString("hex"), [...secret].reverse().join(""), ...encoded];
}
