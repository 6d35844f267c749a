// The settings: their type, their defaults, and how unchecked JSON becomes them.

import * as l10n from "@vscode/l10n";
import { isRecord } from "./base/record.ts";
import { parseExclusion } from "./paths/pathPattern.ts";

export type Severity = "error" | "warning" | "information" | "hint";
export type PinStyle = "tag-and-digest" | "digest" | "digest-and-comment";
export type ResolveMode = "automatic" | "on-demand" | "off";

/** What the user says of one registry. */
export interface RegistrySettings {
  /** A file of PEM certificates to trust for this host in addition to the system's. */
  readonly caFile?: string;
  /** Whether plain http and unverified certificates are accepted for this host. */
  readonly insecure?: boolean;
  /** A host to ask instead. */
  readonly mirror?: string;
}

/** A setting that says where requests and credentials go, and that cannot be understood. */
export interface UnusableSetting {
  readonly setting: string;
  /** The registry that must not be asked for it; undefined for all. */
  readonly host: string | undefined;
}

export interface Settings {
  readonly enable: boolean;
  readonly resolve: ResolveMode;
  /** The skip list, overriding what the workspace says; null if not set. */
  readonly skipRegistries: readonly string[] | null;
  /** Where on the command line it was set, as the end of a sentence; undefined for an editor's setting. */
  readonly skipRegistriesPlace?: string;
  /** The Knative release whose rules are assumed, `1.23`. */
  readonly knativeVersion: string;
  readonly pin: { readonly style: PinStyle };
  readonly inlayHints: { readonly enabled: boolean; readonly digestLength: number };
  /** Severities by diagnostic code, over the defaults. */
  readonly diagnostics: Readonly<Record<string, Severity | "off">>;
  /** Patterns of files that are not read, as `parseExclusion` reads them. */
  readonly exclude: readonly string[];
  /** Whether Deployments, Jobs, Pods and their like are looked at, too. */
  readonly kubernetesWorkloads: boolean;
  readonly registries: Readonly<Record<string, RegistrySettings>>;
  readonly caFile: string;
  /** A proxy's URL; empty means the environment's (in VS Code: the editor's). */
  readonly proxy: string;
  /** By registry host: the hosts that may be given its credentials to issue a token. */
  readonly trustedAuthHosts: Readonly<Record<string, readonly string[]>>;
  readonly timeoutSeconds: number;
  readonly requestsPerRegistry: number;
  readonly cache: { readonly minutes: number };
  readonly cluster: { readonly enabled: boolean; readonly context: string };
  /** What stops requests: going on as if it were not set could lead them where the user does not want them to go. */
  readonly unusable: readonly UnusableSetting[];
}

export const defaultSettings: Settings = {
  enable: true,
  resolve: "automatic",
  skipRegistries: null,
  knativeVersion: "1.23",
  pin: { style: "tag-and-digest" },
  inlayHints: { enabled: true, digestLength: 12 },
  diagnostics: {},
  exclude: [],
  kubernetesWorkloads: false,
  registries: {},
  caFile: "",
  proxy: "",
  trustedAuthHosts: {},
  timeoutSeconds: 10,
  requestsPerRegistry: 16,
  cache: { minutes: 5 },
  cluster: { enabled: false, context: "" },
  unusable: [],
};

/** A value that could not be used. */
interface WrongSetting {
  readonly setting: string;
  readonly message: string;
}

type Path = readonly string[];
type Reader<Value> = (raw: unknown) => Value | undefined;

/**
 * Reads settings from unchecked JSON: nested (`{ "pin": { "style": … } }`), with dotted names
 * (`{ "pin.style": … }`), or under a `knativeDigest` key. What is missing keeps its value in `base`.
 * @param shown how to quote a name that is not the name of a setting
 * @returns the settings, the values that could not be used (`wrong`), and a sentence for each of them and for each
 *   unknown name (`problems`)
 */
export function parseSettings(
  raw: unknown,
  base: Settings = defaultSettings,
  shown: (name: string) => string = (name) => name,
): { settings: Settings; problems: string[]; wrong: readonly WrongSetting[] } {
  const { read, readEach, readGuard, readGuards, flat, wrong, unusable } = readersOf(raw, shown);
  const settings: Settings = {
    enable: read("enable", base.enable, boolean),
    resolve: read("resolve", base.resolve, oneOf(["automatic", "on-demand", "off"])),
    skipRegistries: read("skipRegistries", { list: base.skipRegistries }, nullableStrings).list,
    knativeVersion: read("knativeVersion", base.knativeVersion, matching(/^1\.\d+(\.\d+)?$/)),
    pin: {
      style: read(
        "pin.style",
        base.pin.style,
        oneOf(["tag-and-digest", "digest", "digest-and-comment"]),
      ),
    },
    inlayHints: {
      enabled: read("inlayHints.enabled", base.inlayHints.enabled, boolean),
      digestLength: read("inlayHints.digestLength", base.inlayHints.digestLength, within(4, 64)),
    },
    diagnostics: readEach("diagnostics", base.diagnostics, severity),
    exclude: read("exclude", base.exclude, exclusions),
    kubernetesWorkloads: read("kubernetesWorkloads", base.kubernetesWorkloads, boolean),
    registries: readGuards("registries", base.registries, registry),
    caFile: readGuard("caFile", base.caFile, string),
    proxy: readGuard("proxy", base.proxy, string),
    trustedAuthHosts: readGuards("trustedAuthHosts", base.trustedAuthHosts, hostNames),
    timeoutSeconds: read("timeoutSeconds", base.timeoutSeconds, within(1, 600)),
    requestsPerRegistry: read("requestsPerRegistry", base.requestsPerRegistry, within(1, 64)),
    cache: { minutes: read("cache.minutes", base.cache.minutes, within(0, 525_600)) },
    cluster: {
      enabled: read("cluster.enabled", base.cluster.enabled, boolean),
      context: read("cluster.context", base.cluster.context, string),
    },
    unusable,
  };
  const unknown = Array.from(flat.keys(), (name) => l10n.t("Unknown setting {0}.", shown(name)));
  return { settings, problems: [...wrong.map(({ message }) => message), ...unknown], wrong };
}

/** What reads the settings one by one, and notes what cannot be used. */
interface SettingReaders {
  readonly read: <Value>(path: string, fallback: Value, reader: Reader<Value>) => Value;
  /** By name: one wrong value takes none of the others with it. */
  readonly readEach: ReadRecord;
  /** One that guards: good, or it stops the requests. */
  readonly readGuard: <Value>(path: string, fallback: Value, reader: Reader<Value>) => Value;
  /** By host: what it says of one is good or stops the requests to it. */
  readonly readGuards: ReadRecord;
  /** What was not read yet. */
  readonly flat: ReadonlyMap<string, unknown>;
  readonly wrong: WrongSetting[];
  readonly unusable: UnusableSetting[];
}

type ReadRecord = <Value>(
  path: string,
  fallback: Readonly<Record<string, Value>>,
  reader: Reader<Value>,
) => Readonly<Record<string, Value>>;

function readersOf(raw: unknown, shown: (name: string) => string): SettingReaders {
  const wrong: WrongSetting[] = [];
  const flat = flatten(raw);
  const read = <Value>(path: string, fallback: Value, reader: Reader<Value>): Value => {
    const value = flat.get(path);
    flat.delete(path);
    if (value === undefined) return fallback;
    const parsed = reader(value);
    if (parsed === undefined) {
      wrong.push({ setting: path, message: l10n.t("Invalid value of the setting {0}.", path) });
    }
    return parsed ?? fallback;
  };
  const readEach: ReadRecord = (path, fallback, reader) => {
    const values = read(path, undefined, (raw) => (isRecord(raw) ? raw : undefined));
    if (values === undefined) return fallback;
    const parsed = Object.entries(values).flatMap(([key, raw]) => {
      const value = reader(raw);
      if (value !== undefined) return [[key, value] as const];
      const message = l10n.t("Invalid value for {1} in the setting {0}.", path, shown(key));
      wrong.push({ setting: path, message });
      return [];
    });
    return Object.fromEntries(parsed);
  };
  const unusable: UnusableSetting[] = [];
  const readGuard = <Value>(path: string, fallback: Value, reader: Reader<Value>): Value => {
    const before = wrong.length;
    const value = read(path, fallback, reader);
    if (wrong.length > before) unusable.push({ setting: path, host: undefined });
    return value;
  };
  const readGuards: ReadRecord = (path, fallback, reader) => {
    const values = readGuard(path, undefined, (value) => recordOrNull(value));
    if (values === undefined) return fallback;
    const parsed = Object.entries(values).flatMap(([key, raw]) => {
      const host = hostName(key);
      const value = host === undefined ? undefined : reader(raw);
      if (host !== undefined && value !== undefined) return [[host, value] as const];
      unusable.push({ setting: path, host });
      wrong.push({ setting: path, message: l10n.t("Invalid entry in the setting {0}.", path) });
      return [];
    });
    return Object.fromEntries(parsed);
  };
  flat.delete("trace.server");
  return { read, readEach, readGuard, readGuards, flat, wrong, unusable };
}

const recordOrNull: Reader<Readonly<Record<string, unknown>>> = (raw) =>
  raw === null ? {} : isRecord(raw) ? raw : undefined;

/** The levels of `knativeDigest.pin.style`. */
const maxDepth = 3;
const objectSettings: readonly string[] = ["diagnostics", "registries", "trustedAuthHosts"];

function flatten(raw: unknown): Map<string, unknown> {
  const flat = new Map<string, unknown>();
  const visit = (value: unknown, path: Path): void => {
    const name = path.join(".");
    // A value of YAML may hold itself; no setting is nested as deeply.
    if (isRecord(value) && !objectSettings.includes(name) && path.length <= maxDepth) {
      for (const [key, inner] of Object.entries(value)) visit(inner, [...path, key]);
    } else if (name !== "") {
      flat.set(name.replace(/^knativeDigest\./, ""), value);
    }
  };
  const root = isRecord(raw) && isRecord(raw["knativeDigest"]) ? raw["knativeDigest"] : raw;
  visit(root, []);
  return flat;
}

/** The names of all settings, `pin.style`. */
export const settingNames: readonly string[] = [...flatten(defaultSettings).keys()].filter(
  (name) => name !== "unusable",
);

const boolean: Reader<boolean> = (raw) => (typeof raw === "boolean" ? raw : undefined);
const string: Reader<string> = (raw) =>
  typeof raw === "string" ? raw : raw === null ? "" : undefined;

function oneOf<const Value extends string>(values: readonly Value[]): Reader<Value> {
  return (raw) => values.find((value) => value === raw);
}

function matching(pattern: RegExp): Reader<string> {
  return (raw) => (typeof raw === "string" && pattern.test(raw) ? raw : undefined);
}

function within(min: number, max: number): Reader<number> {
  return (raw) => (typeof raw === "number" && raw >= min && raw <= max ? raw : undefined);
}

function strings(raw: unknown): readonly string[] | undefined {
  if (!Array.isArray(raw)) return undefined;
  return raw.every((item) => typeof item === "string") ? raw : undefined;
}

const nullableStrings: Reader<{ list: readonly string[] | null }> = (raw) => {
  if (raw === null) return { list: null };
  const list = strings(raw);
  return list === undefined ? undefined : { list };
};

const exclusions: Reader<readonly string[]> = (raw) => {
  const patterns = strings(raw);
  return patterns?.every((pattern) => parseExclusion(pattern) !== undefined) === true
    ? patterns
    : undefined;
};

const severity = oneOf(["error", "warning", "information", "hint", "off"]);
/** A host with an optional port, also where it is written as a URL; undefined for anything else. */
function hostName(written: string): string | undefined {
  const host = written.trim().replace(/^https?:\/\/([^/]*)\/*$/i, "$1");
  return /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/.test(host) ? host : undefined;
}

const hostNames: Reader<readonly string[]> = (raw) => {
  const list = typeof raw === "string" ? [raw] : strings(raw);
  const hosts = list?.map(hostName);
  return hosts?.every((host) => host !== undefined) === true ? hosts : undefined;
};

/** What is written of one registry; undefined where anything in it cannot be understood. */
const registry: Reader<RegistrySettings> = (raw) => {
  if (!isRecord(raw)) return undefined;
  const given = Object.entries(raw).filter(([, value]) => value !== null && value !== undefined);
  const types: Readonly<Record<string, string>> = {
    caFile: "string",
    insecure: "boolean",
    mirror: "string",
  };
  if (given.some(([name, value]) => typeof value !== types[name])) return undefined;
  return Object.fromEntries(given);
};
