/**
 * True for an address whose path is not what is asked for in the end: with `.` and `..` between its slashes, however they
 * are written, or with characters that URLs leave out or turn into slashes
 * (https://url.spec.whatwg.org/#path-state). Names from files are parts of paths: such a one would be asked of another place of the
 * service, with its login.
 */
export function leadsElsewhere(url: string): boolean {
  const [path = ""] = url.replace(/^[a-z]+:\/\/[^/?#\\]*/i, "").split(/[?#]/);
  return /[\t\r\n\\]/.test(path) || path.split("/").some((part) => /^(?:\.|%2e){1,2}$/i.test(part));
}
