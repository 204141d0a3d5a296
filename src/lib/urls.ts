/** Base URLs of every outside service, as configured under `upstreams`. None ends in a slash. */
export type ServiceUrls = {
  readonly github: { readonly api: string; readonly graphql: string; readonly web: string };
  readonly pypi: { readonly url: string };
  /** By registry host as written in image names; hosts that are not listed are reached at `https://<host>`. */
  readonly registries: Readonly<Record<string, { readonly url: string; readonly hub?: string }>>;
  readonly osv: { readonly url: string };
  readonly depsDev: { readonly url: string };
  readonly scorecard: { readonly url: string };
  readonly endoflife: { readonly url: string };
};
