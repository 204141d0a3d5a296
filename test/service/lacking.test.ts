import { expect, it } from "vitest";
import { readConfigText } from "../../src/config.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { lackingOf } from "../../src/service/lacking.ts";

const MAIL = 'e-mail: { url: "smtp://127.0.0.1:25", from: me@example.org, to: [me@example.org] }';

it.each([
  ["", ["deliver: nothing is sent, neither pull requests nor digests; the dashboard and `headgate plan` tell."]],
  ["pull-request: {}", ["deliver.e-mail: no digest is sent; `headgate digest --preview FILE` shows it."]],
  [MAIL, []],
])("a start says what is not sent, with { %s } under deliver", (deliver, said) => {
  const text = `watch: [{ repository: acme/suite }]\ndeliver: { ${deliver} }\n`;
  const config = readConfigText(text, "headgate.yaml", { GITHUB_TOKEN: "sesame" });
  if (isFailure(config)) throw config;
  expect(lackingOf(config)).toEqual(said);
});
