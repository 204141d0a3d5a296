import { posix } from "node:path";
import { toPurl } from "../../domain/upstream.ts";
import { type IniSetting, readIni } from "../../lib/syntax/ini.ts";
import { literalValue, type Piece, type Span, sliceValue, type Value, visibleText } from "../../lib/syntax/pieces.ts";
import { type Format, NOTHING_READ, type Reading, type Reference, type Variable } from "../format.ts";

/**
 * PlatformIO projects (https://docs.platformio.org/en/latest/projectconf/index.html), and the files of any name that they
 * take in (`extra_configs`): those say what only such a file says.
 */
export const platformio: Format = {
  id: "platformio",
  title: "PlatformIO project (platformio.ini)",
  matches: (path) => /\.ini$/i.test(path) && !/(?:^|\/)tox\.ini$/.test(path),
  guesses: (path) => !NAMED.test(path),
  read: (text, path) => (NAMED.test(path) || PART.test(text) ? readPlatformio(text, path) : NOTHING_READ),
};

const NAMED = /(?:^|\/)platformio[\w.-]*\.ini$/;
const PART = /^(?:lib_deps|platform_packages|build_src_filter|board_build\.\w+)[ \t]*=/m;

const LISTS = new Set(["platform", "platform_packages", "lib_deps"]);
/** Names that people give to platforms and libraries that they keep aside. */
const ASIDE = /^(?:platform|lib_deps)_|_(?:platform|lib_deps)$/;
/** What comes with a platform: it has no version of its own. */
const BUILT_IN =
  /^(?:ArduinoOTA|AsyncUDP|BLE|BluetoothSerial|DNSServer|EEPROM|ESP8266(?:WiFi|HTTPClient|mDNS|WebServer|HTTPUpdateServer|httpUpdate)|ESPmDNS|Ethernet|FS|HTTPClient|HTTPUpdate|Hash|LittleFS|NetBIOS|Network|Preferences|SD|SD_MMC|SPI|SPIFFS|Ticker|USB|Update|WebServer|WiFi|WiFiClientSecure|Wire|(?:platformio\/)?native)$/;
/** `${section.option}` (https://docs.platformio.org/en/latest/projectconf/interpolation.html). */
const INTERPOLATION = /\$\{([^}.\s${]+)\.([^}\s${]+)\}/g;
const SINGLE = /^([\^~=]|>=|==)?\s*(v?\d[\w.+-]*)$/;

function readPlatformio(text: string, path: string): Reading {
  const settings = readIni(text);
  const references = [...listsOf(text, settings)].flatMap((setting) =>
    setting.lines.flatMap((line) => itemsOf(text, line)).flatMap((item) => readItem(text, setting, item) ?? []),
  );
  const takes = NAMED.test(path) ? [] : foldersAbove(path).map((folder) => posix.join(folder, "platformio.ini"));
  return { references, variables: variablesOf(text, settings), inclusions: [], takes, unordered: true, problems: [] };
}

/** The folder of a file and those above it, nearest first. */
function foldersAbove(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return [...parts.map((_, index) => parts.slice(0, parts.length - index).join("/")), "."];
}

/** The lists themselves, and the settings that a line of theirs consists of. */
function listsOf(text: string, settings: readonly IniSetting[]): ReadonlySet<IniSetting> {
  const named = new Map(settings.map((setting) => [`${setting.section}.${setting.key}`, setting]));
  const lists = new Set(settings.filter(({ key }) => LISTS.has(key) || ASIDE.test(key)));
  for (const { section, lines } of lists) {
    for (const { start, end } of lines) {
      const [whole, name = "", key] = /^\$\{([^}.\s${]+)\.([^}\s${]+)\}$/.exec(text.slice(start, end)) ?? [];
      const setting = whole === undefined ? undefined : named.get(`${name === "this" ? section : name}.${key}`);
      if (setting !== undefined) lists.add(setting);
    }
  }
  return lists;
}

/** The entries of a line; old projects write several on one. */
function itemsOf(text: string, { start, end }: Span): Span[] {
  return [...text.slice(start, end).matchAll(/[^\s,](?:[^,]|,(?=[ \t]*[<>=!~^]))*/g)].map((match) => {
    const from = start + match.index;
    return { start: from, end: from + match[0].trimEnd().length };
  });
}

function readItem(text: string, setting: IniSetting, item: Span): Reference | undefined {
  const value = interpolated(text, item, setting.section);
  const visible = visibleText(value);
  const address = /(?:git\+)?(?:https?|git|ssh):\/\/|git@/.exec(visible);
  const before = address === null ? "" : visible.slice(0, address.index).trimEnd();
  if (address !== null && (before === "" || /[@=]$/.test(before))) {
    const from = address.index + (address[0].startsWith("git+") ? "git+".length : 0);
    return readAddress(sliceValue(value, from, visible.length), before.slice(0, -1).trim());
  }
  if (/^\w+:\/\/|^[./~]/.test(visible) || BUILT_IN.test(visible)) return undefined;
  return LISTS.has(setting.key) || visible.includes("@") ? readPackage(value, visible, setting.key) : undefined;
}

/** An archive, or a repository with `#ref`. */
function readAddress(value: Value, name: string): Reference {
  const text = visibleText(value);
  const hash = text.indexOf("#");
  const end = hash < 0 ? text.length : hash;
  const address = sliceValue(value, 0, end);
  const named = name === "" ? {} : { name };
  if (/\.(?:zip|tar\.\w+|tgz)$/.test(text.slice(0, end))) return { kind: "url", value: address, ...named };
  const ref =
    hash < 0 || hash + 1 === text.length ? {} : { ref: sliceValue(value, hash + 1, text.length), pinnable: true };
  return { kind: "git", value: address, ...ref, ...named };
}

/** `owner/name @ ^1.2.3`. */
function readPackage(value: Value, text: string, key: string): Reference | undefined {
  const at = text.indexOf("@");
  const name = (at < 0 ? text : text.slice(0, at)).trim();
  if (!/^[A-Za-z][\w .+/()-]*$/.test(name)) return undefined;
  const path = key === "lib_deps" ? name : name.replace(/^platformio\//, "");
  const base = { kind: "version" as const, name, upstream: toPurl("generic", `platformio/${path}`), scheme: "loose" };
  const spec = at < 0 ? "" : text.slice(at + 1).trim();
  const end = text.trimEnd().length;
  if (spec === "" || spec === "*")
    return { ...base, value: sliceValue(value, at < 0 ? end : at, at < 0 ? end : at), precision: "floating" };
  const whole = sliceValue(value, end - spec.length, end);
  const [, operator = "", version] = SINGLE.exec(spec) ?? [];
  if (version === undefined) return { ...base, value: whole, precision: /\d/.test(spec) ? "range" : "exact" };
  const range = /[\^~>]/.test(operator);
  return {
    ...base,
    value: sliceValue(value, end - version.length, end),
    precision: range ? "range" : "exact",
    ...(range ? { written: spec } : {}),
  };
}

/** Settings of one line, by the names that interpolations call them. */
function variablesOf(text: string, settings: readonly IniSetting[]): Variable[] {
  return settings.flatMap(({ section, key, lines: [line, ...more] }) =>
    line === undefined || more.length > 0
      ? []
      : [{ name: `${section}.${key}`, value: interpolated(text, line, section) }],
  );
}

function interpolated(text: string, { start, end }: Span, section: string): Value {
  const pieces: Piece[] = [];
  let from = start;
  for (const match of text.slice(start, end).matchAll(INTERPOLATION)) {
    const at = start + match.index;
    const [whole, name = "", key = ""] = match;
    pieces.push(...literalValue(text, from, at).pieces);
    from = at + whole.length;
    pieces.push({ kind: "hole", name: `${name === "this" ? section : name}.${key}`, start: at, end: from });
  }
  return { start, end, pieces: [...pieces, ...literalValue(text, from, end).pieces] };
}
