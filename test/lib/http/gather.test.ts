import { expect, it } from "vitest";
import { gather } from "../../../src/lib/http/gather.ts";

it("a million single bytes are some sixty pieces, in their order", () => {
  const gathered = gather();
  for (let index = 0; index < 1_000_000; index++) gathered.add(Uint8Array.of(index % 251));
  const pieces = gathered.all();
  expect(pieces.length).toBeLessThan(70);
  expect(Buffer.concat(pieces).every((byte, index) => byte === index % 251)).toBe(true);
});

it("long and short pieces keep their order, and the long ones are not copied", () => {
  const [long, gathered] = [Buffer.alloc(5_000, "l"), gather()];
  for (const piece of [Buffer.from("a"), Buffer.from("b"), long, Buffer.from("c"), Buffer.alloc(0)])
    gathered.add(piece);
  expect(Buffer.concat(gathered.all()).toString()).toBe(`ab${long}c`);
  expect(gathered.all()[1]).toBe(long);
});
