// The editor's own proxy settings: the server is another process, which they do not reach by themselves.

import * as vscode from "vscode";

/** The editor's proxy settings, as sent to the server. */
export interface EditorProxy {
  /** Empty for none. */
  readonly url: string;
  /** The `Proxy-Authorization` header; empty for none. */
  readonly authorization: string;
  readonly strictSsl: boolean;
  readonly noProxy: readonly string[];
}

/** Settings that decide about it. */
export const proxySection = "http";

export function editorProxy(): EditorProxy {
  const settings = vscode.workspace.getConfiguration(proxySection);
  const isOff = settings.get<string>("proxySupport") === "off";
  return {
    url: isOff ? "" : (settings.get<string | null>("proxy") ?? ""),
    authorization: settings.get<string | null>("proxyAuthorization") ?? "",
    strictSsl: settings.get<boolean>("proxyStrictSSL") ?? true,
    noProxy: settings.get<readonly string[] | null>("noProxy") ?? [],
  };
}
