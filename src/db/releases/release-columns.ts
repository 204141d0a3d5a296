import { releases } from "../schema/releases.ts";
import { getTableColumns } from "../sql/orm.ts";

const { purl: upstream, ...others } = getTableColumns(releases);

/** The columns of a release beside its purl, under their names in the table. */
export const OTHER_COLUMNS = others;

/** All of them; the purl is called as the domain calls it. */
export const RELEASE_COLUMNS = { upstream, ...others };

/** A row of them. */
export type ReleaseRow = Omit<typeof releases.$inferSelect, "purl"> & { readonly upstream: string };
