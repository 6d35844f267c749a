// Initialization options of a client other than settings: trust, folders, and the editor's proxy.

import { isRecord } from "../base/record.ts";
import type { EditorProxy } from "../node/registryAccess.ts";

export interface OwnOptions {
  /** Our own client: it follows command links in hovers and takes our notifications. */
  readonly isOwnClient: boolean;
  /** Whether the user trusts the workspace; editors without such a notion are trusted. */
  readonly trusted: boolean;
  /** A file with our texts in the editor's language; empty for English, or for what the locale says. */
  readonly l10nBundle: string;
  /** Where answers are kept for the next session; empty keeps them in memory. */
  readonly cacheFolder: string;
  /** What the editor says of its proxy: taken from our own client alone. */
  readonly proxy: EditorProxy;
}

/** The names of these options, which are passed next to the settings but are not settings. */
export const ownOptionNames: readonly string[] = [
  "commandLinks",
  "trusted",
  "l10nBundle",
  "cacheFolder",
  "proxy",
];

const noProxy: EditorProxy = { url: "", authorization: "", strictSsl: true, noProxy: [] };

/** Reads `initializationOptions`; what is missing or of another type is as if it were not said. */
export function readOwnOptions(raw: unknown): OwnOptions {
  const options = isRecord(raw) ? raw : {};
  const { commandLinks, trusted, l10nBundle, cacheFolder, proxy } = options;
  const isOwnClient = commandLinks === true;
  return {
    isOwnClient,
    trusted: trusted !== false,
    l10nBundle: isOwnClient && typeof l10nBundle === "string" ? l10nBundle : "",
    cacheFolder: typeof cacheFolder === "string" ? cacheFolder : "",
    proxy: isOwnClient ? readEditorProxy(proxy) : noProxy,
  };
}

/** Reads what the client sends of the editor's proxy, at the start and after each change. */
export function readEditorProxy(raw: unknown): EditorProxy {
  if (!isRecord(raw)) return noProxy;
  const { url, authorization, strictSsl, noProxy: except } = raw;
  return {
    url: typeof url === "string" ? url : "",
    authorization: typeof authorization === "string" ? authorization : "",
    strictSsl: strictSsl !== false,
    noProxy: Array.isArray(except)
      ? except.filter((entry): entry is string => typeof entry === "string")
      : [],
  };
}
