/** What the percent signs of a text stand for (RFC 3986, section 2.1); where one stands for nothing, the text as it is. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
