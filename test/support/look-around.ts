import { REPORT_IDS } from "../../src/views/reports.ts";

/** Hears every page that links lead to from the first one, and everything that the API gives out. */
export async function lookAround(
  url: string,
  token: string,
  hear: (place: string, text: string) => void,
): Promise<{ readonly pages: number; readonly operations: number }> {
  const login = await fetch(`${url}/login`, {
    method: "POST",
    redirect: "manual",
    headers: { origin: url, "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ token: token, person: "maintainer" }).toString(),
  });
  const cookie = login.headers.get("set-cookie")?.split(";")[0] ?? "";
  const seen = new Set<string>();
  const todo = ["/"];
  for (let path = todo.shift(); path !== undefined && seen.size < 60; path = todo.shift()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const answer = await fetch(`${url}${path}`, { headers: { cookie }, redirect: "manual" });
    const text = await answer.text();
    hear(`page ${path}`, text);
    const links = [...text.matchAll(/href="(\/[^"#]*)"/g)].map(([, link = ""]) => link.replaceAll("&amp;", "&"));
    todo.push(...links.filter((link) => !link.startsWith("/assets") && !/[?&](?:page|order|by)=/.test(link)));
  }
  const headers = { authorization: `Bearer ${token}` };
  const document = await (await fetch(`${url}/api/openapi.json`, { headers })).json();
  const { paths } = document as { paths: Record<string, { get?: unknown }> };
  const readable = Object.entries(paths).flatMap(([path, { get }]) =>
    get !== undefined && !path.includes("{") ? [path] : [],
  );
  for (const path of [...readable, ...REPORT_IDS.map((id) => `/api/v1/exports/${id}`)])
    hear(`GET ${path}`, await (await fetch(`${url}${path}`, { headers })).text());
  return { pages: seen.size, operations: readable.length };
}
