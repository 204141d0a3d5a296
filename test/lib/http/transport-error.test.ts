import { expect, it } from "vitest";
import { failureOfError } from "../../../src/lib/http/transport-error.ts";

const thrown = (code: string) => Object.assign(new Error(`getaddrinfo ${code} example.org`), { code });

it.each([
  ["ENOTFOUND", "unavailable", "example.org could not be reached: its name has no address (ENOTFOUND)"],
  ["ECONNREFUSED", "unavailable", "example.org could not be reached: nothing listens there (ECONNREFUSED)"],
  ["EPROTO", "unavailable", "example.org could not be reached: getaddrinfo EPROTO example.org"],
  ["UND_ERR_CONNECT_TIMEOUT", "timeout", "example.org could not be connected in time"],
  ["UND_ERR_HEADERS_TIMEOUT", "timeout", "example.org did not answer in time"],
])("%s is said in words", (code, kind, message) => {
  expect(failureOfError(thrown(code), "example.org")).toMatchObject({ code: kind, message });
});
