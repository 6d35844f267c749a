// The settings of each document, asked from the client and kept until they change.

import type { Connection } from "vscode-languageserver";
import type { Log } from "../../environment.ts";
import { createBoundedMap } from "../../base/boundedMap.ts";
import { defaultSettings, parseSettings, type Settings } from "../../settings.ts";
import type { ClientProfile } from "../clientProfile.ts";
import { isInFolder } from "../folderUris.ts";
import { ownOptionNames } from "../ownOptions.ts";

export interface SettingsStore {
  /** The settings of a document or a folder, or of the machine if no URI is given. */
  for(uri?: string): Promise<Settings>;
  /** The same without waiting: what was asked last of it or its folder, else what the client said at the start. */
  known(uri?: string): Settings;
  /** Forgets what was asked. @param pushed what the client sent along, in any of its shapes. */
  changed(pushed: unknown): void;
  forget(uri: string): void;
}

const section = "knativeDigest";

/** Codes that an editor shows only as a hint by default: being offline is not a problem of the file. */
const quietCodes: Settings["diagnostics"] = { "registry-unreachable": "off" };

/** Documents and folders whose settings are kept: a command for the workspace asks for those of every file. */
const maxKept = 2000;

/** @param initial the client's `initializationOptions`: settings may stand there in any shape. */
export function createSettingsStore(options: {
  readonly connection: Connection;
  readonly profile: ClientProfile;
  readonly log: Log;
  readonly initial: unknown;
}): SettingsStore {
  const { connection, profile, log } = options;
  const asked = createBoundedMap<Promise<Settings>>(maxKept);
  const answered = createBoundedMap<Settings>(maxKept);
  const first = parsed(settingsIn(options.initial), defaultSettings);
  let base = first;

  function parsed(raw: unknown, under: Settings): Settings {
    const { settings, problems } = parseSettings(raw, under);
    for (const problem of problems) log("warning", problem);
    return { ...settings, diagnostics: { ...quietCodes, ...settings.diagnostics } };
  }
  async function ask(key: string): Promise<Settings> {
    const item = key === "" ? { section } : { section, scopeUri: key };
    let raw: unknown;
    try {
      raw = await connection.workspace.getConfiguration(item);
    } catch (error) {
      log("warning", `workspace/configuration failed: ${String(error)}`);
    }
    const settings = parsed(raw ?? {}, base);
    answered.set(key, settings);
    return settings;
  }
  /** A file that is not open has the settings of the folder that it lies in. */
  function ofFolder(uri: string): Settings | undefined {
    const keys = answered.entries().map(([key]) => key);
    const around = keys.filter((key) => key !== "" && isInFolder(key, uri));
    return answered.get(around.sort((a, b) => b.length - a.length)[0] ?? uri);
  }
  return {
    for(uri = "") {
      if (!profile.configuration) return Promise.resolve(base);
      const waiting = asked.get(uri) ?? ask(uri);
      asked.set(uri, waiting);
      return waiting;
    },
    known: (uri = "") => answered.get(uri) ?? ofFolder(uri) ?? answered.get("") ?? base,
    changed(pushed) {
      asked.clear();
      base = parsed(settingsIn(pushed), first);
    },
    forget(uri) {
      asked.delete(uri);
      answered.delete(uri);
    },
  };
}

/** Clients nest the settings under our name, or send them bare; our own options are passed next to them. */
function settingsIn(raw: unknown): unknown {
  if (typeof raw !== "object" || raw === null) return {};
  if (section in raw) return raw[section as keyof typeof raw];
  return Object.fromEntries(Object.entries(raw).filter(([name]) => !ownOptionNames.includes(name)));
}
