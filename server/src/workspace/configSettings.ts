// A configuration's entries as Knative's rules take them.

import type { ConfigSource } from "../document/analysis.ts";
import type { ConfigSetting } from "../knative/config/configProblem.ts";

export function configSettings(config: ConfigSource): ConfigSetting[] {
  return config.entries.map(({ key, value, items }) => ({
    key: key.text,
    value: value?.text,
    isString: value?.isString ?? false,
    ...(value === undefined ? { collection: items?.map(({ text }) => text) ?? "map" } : {}),
  }));
}
