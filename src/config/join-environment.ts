/** Adds a URL to what is written of e-mail. The mail server's URL holds a password, so it may come from the environment. */
export function addSmtpUrl(raw: unknown, url: string | undefined): unknown {
  const file = raw as { deliver?: { "e-mail"?: object | null } } | null;
  const mail = file?.deliver?.["e-mail"];
  if (url === undefined || mail === undefined || mail === null) return raw;
  return { ...file, deliver: { ...file?.deliver, "e-mail": { url, ...mail } } };
}

/** What the environment holds of webhooks joins the hooks that name its variables; WEBHOOK_SECRET is for all the others. */
export function addWebhooks(raw: unknown, variables: Readonly<Record<string, string>>): unknown {
  const file = raw as { deliver?: { webhook?: { hooks?: unknown } | null } } | null;
  const hooks = file?.deliver?.webhook?.hooks;
  if (!Array.isArray(hooks)) return raw;
  const complete = (hook: unknown) => {
    if (typeof hook !== "object" || hook === null) return hook;
    const { "url-from": from, "secret-from": key = "WEBHOOK_SECRET" } = hook as Record<string, string | undefined>;
    const [url, secret] = [from === undefined ? undefined : variables[from], variables[key]];
    return { ...(url !== undefined && { url }), ...(secret !== undefined && { secret }), ...hook };
  };
  return { ...file, deliver: { ...file?.deliver, webhook: { ...file?.deliver?.webhook, hooks: hooks.map(complete) } } };
}
