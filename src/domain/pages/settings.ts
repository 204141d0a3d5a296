/** One part of the configuration as it takes effect: options and what they are, in words, without secrets. */
export type SettingsSection = {
  readonly title: string;
  /** What it decides. */
  readonly about: string;
  readonly rows: readonly { readonly name: string; readonly value: string }[];
};
