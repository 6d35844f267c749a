// The errors with which Knative rejects a `config-deployment`, in its own words.

import { configKeys, findConfigKey, isReadBy, type ConfigKey } from "./configKeys.ts";
import { formatDuration, parseDuration } from "../go/goDuration.ts";
import { quote, trimSpace } from "../go/goText.ts";
import { quantityProblem } from "../go/quantity.ts";
import { runtimeClassesProblem, type YamlResult } from "./runtimeClasses.ts";
import { versionProfile } from "./versionProfile.ts";

/** What the rules depend on besides the values. */
export interface ConfigRules {
  /** The Knative release, `1.23`; the newest known one if left out. */
  readonly version?: string;
  /** Reads YAML for `runtime-class-name`, which is not checked without it. */
  readonly parseYaml?: (text: string) => YamlResult;
}

/** One key's own mistake. */
export interface ConfigValueError {
  /** As the data has it; the kebab-case name if the key is missing. */
  readonly key: string;
  /** Knative's words. */
  readonly message: string;
}

type Data = ReadonlyMap<string, string>;

const noSidecarImage = "queue-sidecar-image cannot be empty or unset";

/**
 * Every key's own error, in Knative's order: legacy keys, kebab-case keys, then what follows only from the values
 * together (pkg/deployment/config.go `NewConfigFromMap`). Knative itself stops at the first; a value that cannot be
 * parsed has no second error.
 */
export function configValueErrors(
  data: Data,
  rules: ConfigRules = {},
): readonly ConfigValueError[] {
  const { version } = versionProfile(rules.version);
  const known = configKeys.filter((key) => isReadBy(key, version));
  const errors = [
    ...known.map((key) => parseError(data, key, key.legacyName)),
    ...known.map((key) => parseError(data, key, key.name)),
    sidecarError(data, rules),
    durationError(data, "progress-deadline"),
    durationError(data, "digest-resolution-timeout"),
    known.some((key) => key.type === "affinity") ? affinityError(data) : undefined,
    known.some((key) => key.type === "runtime-classes")
      ? runtimeClassError(data, rules)
      : undefined,
  ];
  return errors.filter((error) => error !== undefined);
}

function parseError(
  data: Data,
  key: ConfigKey,
  name: string | undefined,
): ConfigValueError | undefined {
  const value = name === undefined ? undefined : data.get(name);
  if (name === undefined || value === undefined) return undefined;
  const problem = parseProblem(key, value);
  if (problem === undefined) return undefined;
  return { key: name, message: `failed to parse ${quote(name)}: ${problem}` };
}

/** What Knative's parser of that type says of the value; nothing is trimmed. */
function parseProblem(key: ConfigKey, value: string): string | undefined {
  switch (key.type) {
    case "duration": {
      const duration = parseDuration(value);
      return duration.kind === "error" ? duration.message : undefined;
    }
    case "quantity":
      return quantityProblem(value);
    case "boolean":
      return isGoBool(value)
        ? undefined
        : `strconv.ParseBool: parsing ${quote(value)}: invalid syntax`;
    case "image":
    case "registries":
    case "string-set":
    case "string":
    case "affinity":
    case "runtime-classes":
      return undefined;
  }
}

/** Go's `strconv.ParseBool`. */
function isGoBool(text: string): boolean {
  return /^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(text);
}

/** Which of a key's two names decides: the kebab-case one wherever it is there. */
function decidingName(data: Data, name: string): string {
  const legacyName = findConfigKey(name)?.legacyName;
  return !data.has(name) && legacyName !== undefined && data.has(legacyName) ? legacyName : name;
}

function sidecarImage(data: Data, rules: ConfigRules): string {
  const value = data.get(decidingName(data, "queue-sidecar-image")) ?? "";
  return versionProfile(rules.version).trimsStrings ? trimSpace(value) : value;
}

function sidecarError(data: Data, rules: ConfigRules): ConfigValueError | undefined {
  if (sidecarImage(data, rules) !== "") return undefined;
  return { key: decidingName(data, "queue-sidecar-image"), message: noSidecarImage };
}

/** The deciding value of a duration or its default, in nanoseconds; undefined if it cannot be parsed. */
function durationOf(data: Data, name: string): bigint | undefined {
  const value = data.get(decidingName(data, name)) ?? findConfigKey(name)?.defaultValue ?? "";
  const duration = parseDuration(value);
  return duration.kind === "duration" ? duration.nanoseconds : undefined;
}

function durationError(data: Data, name: string): ConfigValueError | undefined {
  const nanoseconds = durationOf(data, name);
  if (nanoseconds === undefined) return undefined;
  const key = decidingName(data, name);
  const was = formatDuration(nanoseconds);
  if (nanoseconds <= 0n) {
    return { key, message: `${name} cannot be a non-positive duration, was ${was}` };
  }
  if (name !== "progress-deadline" || nanoseconds % 1_000_000_000n === 0n) return undefined;
  return { key, message: `${name} must be rounded to a whole second, was: ${was}` };
}

function affinityError(data: Data): ConfigValueError | undefined {
  const name = "default-affinity-type";
  const value = data.get(name);
  if (value === undefined || findConfigKey(name)?.values.includes(value) === true) return undefined;
  return { key: name, message: `unsupported ${name} value: ${quote(value)}` };
}

function runtimeClassError(data: Data, rules: ConfigRules): ConfigValueError | undefined {
  const name = "runtime-class-name";
  const value = data.get(name);
  if (value === undefined || rules.parseYaml === undefined) return undefined;
  const text = versionProfile(rules.version).trimsStrings ? trimSpace(value) : value;
  const message = runtimeClassesProblem(rules.parseYaml(text));
  return message === undefined ? undefined : { key: name, message };
}
