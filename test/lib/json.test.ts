import { expect, it } from "vitest";
import { parseJson } from "../../src/lib/json.ts";

it.each([
  ["a text", '{"a":[1]}', { a: [1] }],
  ["bytes", Buffer.from('{"ä":null}'), { ä: null }],
  ["bytes behind a byte order mark", Buffer.from("\uFEFF[1]"), [1]],
  ["an empty text", "", undefined],
  ["nothing", undefined, undefined],
  ["half of it", '{"a":', undefined],
  ["bytes that are no UTF-8", Buffer.from([0x7b, 0xff, 0x7d]), undefined],
])("reads %s", (_, written, value) => {
  expect(parseJson(written)).toEqual(value);
});
