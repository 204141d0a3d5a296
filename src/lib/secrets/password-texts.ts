/** The password of an address as it is written, decoded, and as mail servers (RFC 4616) and proxies are told it; none: empty. */
export function passwordTexts(url: string | undefined): string[] {
  if (url === undefined || !URL.canParse(url)) return [];
  const { username, password } = new URL(url);
  if (password === "") return [];
  const [name, word] = [username, password].map((text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text; // a percent sign that encodes nothing
    }
  }) as [string, string];
  return [password, word, base64(word), base64(`${name}:${word}`), base64(`\0${name}\0${word}`)];
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
