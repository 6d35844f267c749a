// The sender of HTTP requests: undici and the certificates are loaded with the first request.

import type { HttpSender } from "../../environment.ts";
import type { SenderOptions } from "./undiciSender.ts";

/** A sender that costs nothing until it sends. */
export function createHttpSender(options: SenderOptions): HttpSender {
  let loading: Promise<HttpSender> | undefined;
  const load = (): Promise<HttpSender> => {
    loading ??= import("./undiciSender.ts").then((module) => module.createUndiciSender(options));
    return loading;
  };
  return {
    send: async (request) => (await load()).send(request),
    reset() {
      options.certificates.reset();
      void loading?.then((sender) => sender.reset());
    },
    async close() {
      await (await loading)?.close();
    },
  };
}
