// Validates a `config-deployment` and lists all its problems.

import { hasPlaceholder, isPlaceholder } from "../../image/placeholder.ts";
import { configValueErrors } from "./configDeployment.ts";
import { findConfigKey, type ConfigKey } from "./configKeys.ts";
import type { ConfigFix, ConfigPlace, ConfigProblem, ConfigSetting } from "./configProblem.ts";
import { checkExample, exampleKey } from "./exampleChecksum.ts";
import { editedExampleSettings } from "./exampleSettings.ts";
import { skipListProblems } from "../skipList/skipListProblems.ts";
import type { YamlResult } from "./runtimeClasses.ts";
import { findUnknownKey, type UnknownKey } from "./unknownKey.ts";
import { suggestedValue } from "./valueSuggestion.ts";
import { isBeforeFirst, newestKnownVersion } from "./versionProfile.ts";

/** Inputs of the validation other than the settings. */
export interface ConfigContext {
  /** A ConfigMap replaces all settings; a KnativeServing sets single ones over those that Knative ships. */
  readonly origin: "config-map" | "knative-serving";
  /** Whether only a part of the ConfigMap is written here, as in a patch. */
  readonly partial?: boolean;
  /** The annotation `knative.dev/example-checksum`, undefined if there is none. */
  readonly checksum: string | undefined;
  /** The Knative release, `1.23`. */
  readonly version: string;
  /** The registries of the workspace's images, as Knative spells them. */
  readonly seenRegistries: readonly string[];
  /** Reads YAML for `runtime-class-name`, which is not checked without it. */
  readonly parseYaml?: (text: string) => YamlResult;
}

/** All mistakes: those of each setting in the order of the settings, then what is missing. */
export function validateConfig(
  settings: readonly ConfigSetting[],
  context: ConfigContext,
): readonly ConfigProblem[] {
  const data = stringData(settings);
  const known = isBeforeFirst(context.version) ? newestKnownVersion : context.version;
  const errors = new Map(
    configValueErrors(data, { ...context, version: known }).map(({ key, message }) => [
      key,
      message,
    ]),
  );
  const problems = settings.flatMap((setting): readonly ConfigProblem[] => {
    if (hasPlaceholder(setting.key)) return [];
    if (setting.key === exampleKey) return exampleProblems(setting, data, context);
    if (isPlaceholder(setting.value ?? "")) {
      return nameProblems(setting, data, context).map(withoutRemoval);
    }
    const key = findConfigKey(setting.key);
    const message = errors.get(setting.key);
    return [
      ...nameProblems(setting, data, context),
      ...(setting.isString ? [] : notAString(setting, context)),
      ...(message === undefined || !setting.isString ? [] : [invalidValue(setting, message)]),
      ...(key?.type === "registries" && decides(key, setting, data) && setting.isString
        ? skipListProblems(
            setting.key,
            setting.value ?? "",
            context.seenRegistries,
            context.version,
          )
        : []),
    ];
  });
  return [...problems, ...missingImage(settings, context)];
}

/** What a template fills in is not taken away. */
function withoutRemoval(problem: ConfigProblem): ConfigProblem {
  return { ...problem, fixes: problem.fixes.filter(({ kind }) => kind !== "remove-key") };
}

/** The settings that Kubernetes takes, as Knative gets them. */
export function stringData(settings: readonly ConfigSetting[]): ReadonlyMap<string, string> {
  return new Map(
    settings.flatMap(({ key, value, isString }) =>
      isString && value !== undefined ? [[key, value] as const] : [],
    ),
  );
}

/** Whether the setting is the one of a key's two spellings that Knative goes by. */
function decides(
  key: ConfigKey,
  setting: ConfigSetting,
  data: ReadonlyMap<string, string>,
): boolean {
  return setting.key === key.name || !data.has(key.name);
}

function nameProblems(
  setting: ConfigSetting,
  data: ReadonlyMap<string, string>,
  context: ConfigContext,
): readonly ConfigProblem[] {
  // Before 1.0 the camelCase keys were the only ones; a key that no release ever read was not read then either.
  const isEarly = isBeforeFirst(context.version);
  const unknown = findUnknownKey(setting.key, isEarly ? newestKnownVersion : context.version);
  if (isEarly && unknown?.cause !== "never-read") return [];
  return unknown === undefined ? legacyName(setting, data) : unknownName(setting, data, unknown);
}

function unknownName(
  { key, value }: ConfigSetting,
  data: ReadonlyMap<string, string>,
  { cause, meant }: UnknownKey,
): readonly ConfigProblem[] {
  // Empty as it was shipped: what reads it and what does not do the same.
  if (cause !== "never-read" && value === "") return [];
  const replaceable = cause === "never-read" && meant !== undefined && !data.has(meant.name);
  const rename = replaceable ? [{ kind: "rename-key", key, to: meant.name } as const] : [];
  const release =
    cause === "too-new" ? meant?.since : cause === "removed" ? meant?.until : undefined;
  const known = { key, cause, meant: meant?.name, release };
  const fixes: readonly ConfigFix[] = [...rename, { kind: "remove-key", key }];
  return [{ kind: "unknown-config-key", ...known, place: { at: "key", key }, fixes }];
}

/** The camelCase spelling from before 1.0. */
function legacyName(
  setting: ConfigSetting,
  data: ReadonlyMap<string, string>,
): readonly ConfigProblem[] {
  const key = findConfigKey(setting.key);
  if (key === undefined || key.name === setting.key) return [];
  const overruled = data.has(key.name);
  // Knative itself shipped the sidecar's image under both names, for those who came from before 1.0.
  if (key.type === "image" && data.get(key.name) === setting.value) return [];
  const fix: ConfigFix = overruled
    ? { kind: "remove-key", key: setting.key }
    : { kind: "rename-key", key: setting.key, to: key.name };
  const legacy = { key: setting.key, replacement: key.name, overruled };
  const place: ConfigPlace = { at: "key", key: setting.key };
  return [{ kind: "legacy-config-key", ...legacy, place, fixes: [fix] }];
}

function exampleProblems(
  setting: ConfigSetting,
  data: ReadonlyMap<string, string>,
  context: ConfigContext,
): readonly ConfigProblem[] {
  const example = setting.value ?? "";
  if (hasPlaceholder(example) && example.includes("{{")) return [];
  const check = checkExample(setting.value, context.checksum);
  // What Knative shipped, whatever its release, has the checksum that is written next to it.
  if (check.kind === "matches") return [];
  const edited = editedExampleSettings(example, context.version).filter(
    ({ key, value }) => data.get(key.name) !== value,
  );
  return [
    ...(check.kind === "differs"
      ? [
          {
            kind: "example-checksum",
            computed: check.computed,
            shipped: check.shipped,
            place: { at: "key", key: exampleKey },
            fixes: [{ kind: "set-checksum", checksum: check.computed }],
          } as const,
        ]
      : []),
    ...edited.map(({ key, value, start, end }) => {
      const add = { kind: "add-key", key: key.name, value } as const;
      const place = { at: "value", key: exampleKey, start, end } as const;
      const fixes = data.has(key.name) ? [] : [add];
      return { kind: "config-in-example", key: key.name, value, place, fixes } as const;
    }),
  ];
}

/** Kubernetes' error for a value that is not a string. It reads null as empty or missing, so null is not an error. */
function notAString(setting: ConfigSetting, { origin }: ConfigContext): readonly ConfigProblem[] {
  const { key, value = "", collection } = setting;
  if (collection !== undefined) return [collectionProblem(key, collection, origin)];
  if (value === "" || /^(?:~|null|Null|NULL)$/.test(value)) return [];
  const type = /^(?:true|false)$/i.test(value) ? "bool" : "number";
  const message = mistyped(key, origin, type, jsonSchemaType(type, value));
  const place: ConfigPlace = { at: "value", key, start: 0, end: value.length };
  return [
    {
      ...{ kind: "invalid-config-value", key, value, is: "number", message, place },
      fixes: [{ kind: "quote-value", key }],
    },
  ];
}

/** The fix of a list written as YAML: its entries joined to one text with commas. */
function collectionProblem(
  key: string,
  collection: "map" | readonly string[],
  origin: ConfigContext["origin"],
): ConfigProblem {
  const type = collection === "map" ? "object" : "array";
  const known = findConfigKey(key)?.type;
  const isList = known === "registries" || known === "string-set";
  const fixes: readonly ConfigFix[] =
    collection === "map" || !isList
      ? []
      : [{ kind: "join-items", key, value: collection.join(",") }];
  const message = mistyped(key, origin, type, type);
  const place: ConfigPlace = { at: "value", key, start: 0, end: 0 };
  const is = collection === "map" ? "map" : "list";
  return { kind: "invalid-config-value", key, value: "", is, message, place, fixes };
}

/** Kubernetes' words, of Go's JSON parser for a ConfigMap and of the schema for a KnativeServing. */
function mistyped(
  key: string,
  origin: ConfigContext["origin"],
  goType: string,
  schemaType: string,
): string {
  return origin === "config-map"
    ? `json: cannot unmarshal ${goType} into Go struct field ConfigMap.data of type string`
    : `spec.config.deployment.${key} in body must be of type string: ${JSON.stringify(schemaType)}`;
}

function jsonSchemaType(type: "bool" | "number", value: string): string {
  if (type === "bool") return "boolean";
  return /^[-+]?\d+$/.test(value) ? "integer" : "number";
}

function invalidValue({ key, value = "" }: ConfigSetting, message: string): ConfigProblem {
  const known = findConfigKey(key);
  const suggested = known === undefined ? undefined : suggestedValue(known, value);
  const values =
    suggested !== undefined
      ? [suggested]
      : known === undefined || known.values.length > 0
        ? (known?.values ?? [])
        : [known.defaultValue].filter((fallback) => fallback !== undefined);
  const fixes = values.map((text): ConfigFix => {
    return { kind: "change-value", key, change: { start: 0, end: value.length, text } };
  });
  const place: ConfigPlace = { at: "value", key, start: 0, end: value.length };
  return { kind: "invalid-config-value", key, value, is: "string", message, place, fixes };
}

/** The webhook refuses a ConfigMap without the image, and applying one without it takes it away (serving#8273). */
function missingImage(
  settings: readonly ConfigSetting[],
  { origin, partial }: ConfigContext,
): readonly ConfigProblem[] {
  if (origin === "knative-serving" || partial === true) return [];
  const known = settings.some(({ key }) => findConfigKey(key)?.type === "image");
  return known ? [] : [{ kind: "config-loses-sidecar-image", place: { at: "map" }, fixes: [] }];
}
