import type { Alert } from "./bump.ts";

/** What an alert is about, in the same words on pages, in mails and in the terminal. */
export const ALERTS: Readonly<Record<Alert["class"], string>> = {
  "tag-moved": "Tag moved",
  "mass-move": "Several tags moved at once",
  "asset-replaced": "File replaced",
  "asset-removed": "File removed",
  "checksum-mismatch": "Other checksum than the one pinned",
  deleted: "Deleted",
  yanked: "Yanked",
  quarantined: "Quarantined",
  renamed: "Renamed",
  transferred: "Transferred to another owner",
  recreated: "Another repository under the same name",
  malware: "Malware reported",
  advisory: "Advisory overdue",
  "source-stale": "Not heard from",
};
