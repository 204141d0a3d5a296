import { own } from "../../../domain/own.ts";
import { toPurl } from "../../../domain/upstream.ts";
import { HOLE, sliceValue, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import type { Reference } from "../../format.ts";
import { runtimeOf } from "../packages/read-runtime.ts";

/** Programs that install tools in versions, and the verbs with which they do. */
const VERBS: Readonly<Record<string, RegExp>> = {
  asdf: /^(?:install|global|local|set)$/,
  sdk: /^(?:install|default|i)$/,
  mise: /^(?:install|use|i|u)$/,
};
const VERSION = new RegExp(`^(?:v?\\d[\\w.+-]*|${HOLE})$`);

/** What SDKMAN calls otherwise than asdf, or has besides (https://sdkman.io/sdks). */
const SDKS: Readonly<Record<string, Pick<Reference, "upstream" | "tagTemplate">>> = {
  java: { upstream: toPurl("generic", "sdkman/java") }, // `21.0.2-tem`: each vendor has an order of its own
  gradle: { upstream: toPurl("github", "gradle/gradle"), tagTemplate: "v{version}" },
  maven: { upstream: toPurl("github", "apache/maven"), tagTemplate: "maven-{version}" },
  kotlin: { upstream: toPurl("github", "JetBrains/kotlin"), tagTemplate: "v{version}" },
  scala: { upstream: toPurl("github", "scala/scala"), tagTemplate: "v{version}" },
  sbt: { upstream: toPurl("github", "sbt/sbt"), tagTemplate: "v{version}" },
  springboot: { upstream: toPurl("github", "spring-projects/spring-boot"), tagTemplate: "v{version}" },
  quarkus: { upstream: toPurl("github", "quarkusio/quarkus") },
};

/** `asdf install elixir 1.17.3`, `sdk install java 21.0.2-tem`, `mise use node@22.11.0`. */
export function readVersionManager(words: readonly Value[]): Reference[] {
  const texts = words.map(visibleText);
  const at = texts.findIndex((text) => own(VERBS, text) !== undefined);
  const program = texts[at] ?? "";
  const rest = words.slice(at + 2).filter((word) => !visibleText(word).startsWith("-"));
  if (at < 0 || own(VERBS, program)?.test(texts[at + 1] ?? "") !== true) return [];
  if (program === "mise") return rest.flatMap(toolWithVersion);
  const [tool, version] = rest;
  const name = tool === undefined ? "" : visibleText(tool);
  return version === undefined ? [] : toolIn(name, version, program === "sdk" ? SDKS : {});
}

/** mise takes as many as there are, each in one word. */
function toolWithVersion(word: Value): Reference[] {
  const text = visibleText(word);
  const sign = text.lastIndexOf("@");
  return sign < 1 ? [] : toolIn(text.slice(0, sign), sliceValue(word, sign + 1, text.length), {});
}

function toolIn(tool: string, value: Value, others: typeof SDKS): Reference[] {
  if (!/^[a-z][\w.:/@-]*$/i.test(tool) || !VERSION.test(visibleText(value))) return [];
  const known = own(others, tool);
  const runtime = known === undefined ? runtimeOf(tool) : { scheme: "loose", ...known };
  return [{ kind: "version", value, name: tool, precision: "exact", numeric: true, ...runtime }];
}
