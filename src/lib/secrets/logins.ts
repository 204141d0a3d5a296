/** Who to be at an address. `prefix` is `host[:port]/path`: the login goes there, over https, and nowhere else. */
export type UrlLogin = { readonly prefix: string; readonly authorization: string };

/**
 * Logins from a netrc file (https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html), by
 * machine: `host`, or `host:port` where the port is not the usual one. `default` would go to any host and is left out.
 */
export function readNetrc(text: string): UrlLogin[] {
  const words = text.replace(/^macdef[\s\S]*?(?:\n[ \t]*\n|$(?![\s\S]))/gm, "").match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  const machines: { host: string; login: string; password: string }[] = [];
  for (let at = 0; at < words.length; at++) {
    if (words[at] === "machine") machines.push({ host: plain(words[++at]), login: "", password: "" });
    else if (words[at] === "default") machines.push({ host: "", login: "", password: "" });
    else if (words[at] === "login") Object.assign(machines.at(-1) ?? {}, { login: plain(words[++at]) });
    else if (words[at] === "password") Object.assign(machines.at(-1) ?? {}, { password: plain(words[++at]) });
  }
  return machines.flatMap(({ host, login, password }) =>
    host === "" || password === "" ? [] : [{ prefix: `${host.toLowerCase()}/`, authorization: basic(login, password) }],
  );
}

/**
 * Logins from npm's own configuration (https://docs.npmjs.com/cli/configuring-npm/npmrc#auth-related-configuration): the
 * lines `//host/path/:_authToken=…` and their older forms. `${NAME}` stands for a variable of the environment.
 */
export function readNpmrc(text: string, environment: Readonly<Record<string, string | undefined>>): UrlLogin[] {
  const byPrefix = new Map<string, Record<string, string>>();
  for (const line of text.split(/\r?\n/)) {
    const [, prefix, key, value] =
      /^\s*\/\/([^\s=]+?)\/?:(_authToken|_auth|username|_password)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (prefix === undefined || key === undefined || value === undefined) continue;
    const filled = plain(value).replace(/\$\{([^}]+)\}/g, (_, name: string) => environment[name] ?? "");
    byPrefix.set(`${prefix}/`, { ...byPrefix.get(`${prefix}/`), [key]: filled });
  }
  return [...byPrefix].flatMap(([prefix, { _authToken, _auth, username, _password }]) => {
    if (_authToken) return [{ prefix, authorization: `Bearer ${_authToken}` }];
    if (_auth) return [{ prefix, authorization: `Basic ${_auth}` }];
    if (!username || !_password) return [];
    return [{ prefix, authorization: basic(username, Buffer.from(_password, "base64").toString("utf8")) }];
  });
}

/** The login for an address: of the longest prefix that it begins with. */
export function loginFor(url: URL, logins: readonly UrlLogin[]): string | undefined {
  const address = `${url.host}${url.pathname}`;
  const fitting = logins.filter(({ prefix }) => address.startsWith(prefix));
  return fitting.sort((a, b) => b.prefix.length - a.prefix.length)[0]?.authorization;
}

function basic(login: string, password: string): string {
  return `Basic ${Buffer.from(`${login}:${password}`).toString("base64")}`;
}

function plain(word = ""): string {
  return word.startsWith('"') && word.endsWith('"') && word.length > 1
    ? word.slice(1, -1).replace(/\\(.)/g, "$1")
    : word;
}
