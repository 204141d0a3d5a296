import fc from "fast-check";
import { expect, it } from "vitest";
import { withoutExecForm } from "../../../src/lib/syntax/exec-form.ts";

it.each([
  ['RUN ["pip", "install", "a,b==1"]', 'RUN  "pip"  "install"  "a,b==1" '],
  ['  run [ "a" ]  \r', '  run   "a"    \r'],
  ['RUN ["a", 1]', 'RUN ["a", 1]'],
  ["RUN [ -f x ]", "RUN [ -f x ]"],
  ['CMD ["a"]', 'CMD ["a"]'],
])("reads %j as %j", (text, expected) => {
  expect(withoutExecForm(text)).toBe(expected);
});

it("keeps every offset, whatever the text", () => {
  const part = fc.constantFrom("RUN ", "[", "]", '"', "\\", ",", "a", "\n", '["a", "b"]', " ");
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const text = parts.join("");
      const words = withoutExecForm(text);
      expect(words.length).toBe(text.length);
      for (const [at, character] of [...words].entries()) expect([text[at], " "]).toContain(character);
    }),
  );
});
