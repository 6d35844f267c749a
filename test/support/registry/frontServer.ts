// Stands in front of a real registry: notes requests, delays them, and changes answers where a test wants it.

import { request as send, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import {
  startFaultServer,
  type FaultServer,
  type FaultServerOptions,
  type RecordedRequest,
} from "./faultServer.ts";

export interface FrontOptions extends FaultServerOptions {
  /** Milliseconds before each request goes on. */
  readonly delayMs?: number;
  /** Answers instead of the registry; returns whether it did. */
  readonly intercept?: (request: RecordedRequest, response: ServerResponse) => boolean;
  /** The answer's headers as they should be. */
  readonly headers?: (
    headers: IncomingHttpHeaders,
    request: RecordedRequest,
  ) => IncomingHttpHeaders;
}

/** A server before the one at `target`, `host:port`, or at what that gives for a request. */
export function startFrontServer(
  target: string | ((request: RecordedRequest) => string),
  options: FrontOptions = {},
): Promise<FaultServer> {
  return startFaultServer(
    (request, response) => {
      if (options.intercept?.(request, response) === true) return;
      const to = typeof target === "string" ? target : target(request);
      const go = (): void => forward(to, request, response, options);
      if (options.delayMs === undefined) go();
      else setTimeout(go, options.delayMs);
    },
    { handlesPing: "unnoted", ...options },
  );
}

function forward(
  target: string,
  request: RecordedRequest,
  response: ServerResponse,
  { headers = (same) => same }: FrontOptions,
): void {
  const [host = "", port = ""] = target.split(":");
  const outgoing = send(
    { host, port, method: request.method, path: request.url, headers: request.headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, headers(answer.headers, request));
      answer.pipe(response);
    },
  );
  outgoing.on("error", () => response.destroy());
  outgoing.end(request.body);
}
