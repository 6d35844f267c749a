// The protocol's messages as they may stand in the log: without what signs in to a proxy.

/**
 * The text of a message without the values of `authorization` and without users and passwords in URLs:
 * the editor's proxy settings hold both, and the server receives them.
 */
export function withoutSecrets(text: string): string {
  return text
    .replace(/("(?:proxyA|a)uthorization"\s*:\s*)"(?:[^"\\]|\\.)*"/g, '$1"…"')
    .replace(/:\/\/[^\s"/]*@/g, "://…@");
}
