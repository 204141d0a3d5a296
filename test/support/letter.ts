import type { Message } from "../../src/lib/mail/smtp.ts";

/** A short digest to one maintainer. */
export function aLetter(more: Partial<Message> = {}): Message {
  return {
    from: "headgate@example.org",
    to: "maintainer@example.org",
    subject: "Digest",
    text: "news",
    html: "<p>news</p>",
    messageId: "<1@example.org>",
    date: new Date("2026-11-20T12:00:00Z"),
    list: { id: "digest.example.org", name: "digest", unsubscribe: ["mailto:headgate@example.org"] },
    headers: {},
    ...more,
  };
}
