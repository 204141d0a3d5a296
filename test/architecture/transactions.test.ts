import { parseSync, Visitor } from "oxc-parser";
import { describe, expect, it } from "vitest";
import { IMPORTS, OUR_IMPORTS, placeOf, reachedFrom, SOURCE_FILES, textOf } from "../support/source-graph.ts";

type Call = { readonly path: string; readonly called: string };

/** What is called by its name inside of the functions that are handed to `transaction()`. */
function callsInTransactions(path: string): Call[] {
  const { text } = textOf(path);
  if (!text.includes(".transaction(")) return [];
  const within: [number, number][] = [];
  const calls: { readonly at: number; readonly called: string }[] = [];
  new Visitor({
    CallExpression: ({ callee, arguments: given, start }) => {
      if (callee.type === "Identifier") calls.push({ at: start, called: callee.name });
      if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return;
      if (callee.property.name === "transaction") for (const one of given) within.push([one.start, one.end]);
    },
  }).visit(parseSync(path, text).program);
  const inside = ({ at }: { readonly at: number }) => within.some(([start, end]) => at >= start && at < end);
  return calls.filter(inside).map(({ called }) => ({ path, called }));
}

describe("a transaction", () => {
  it("of the flow calls the store and pure functions alone: nothing is enqueued, asked or waited for meanwhile", () => {
    const calls = SOURCE_FILES.filter((path) => placeOf(path) === "flow").flatMap(callsInTransactions);
    expect(calls.length).toBeGreaterThan(5);
    const stored = ({ path, called }: Call) =>
      OUR_IMPORTS.some(
        ({ from, to, names }) => from === path && ["db", "domain"].includes(placeOf(to)) && names.includes(called),
      );
    expect(calls.filter((call) => !stored(call))).toEqual([]);
  });

  it("of the store can reach no network and no queue", () => {
    const reached = reachedFrom(SOURCE_FILES.filter((path) => placeOf(path) === "db"));
    const outside =
      /^(?:lib\/(?:fetcher|http\/connections|mail\/smtp|git\/remote)\.ts|queue\/.*|undici|bullmq|nodemailer)$/;
    expect([...reached].filter((path) => outside.test(path))).toEqual([]);
    expect(IMPORTS.some(({ to }) => outside.test(to))).toBe(true);
  });
});
