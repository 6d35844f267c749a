// nginx on loopback, as companies put it before registries.

import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { freePort, startProgram, temporaryFolder } from "./programs.ts";
import type { KeyPair } from "./certificates.ts";

export interface Nginx {
  readonly host: string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts nginx before the registry at `target`.
 * @param directives go into the `location`; `shared` ones stand outside the server.
 */
export async function startNginx(
  target: string,
  directives: readonly string[],
  options: {
    readonly shared?: readonly string[];
    readonly tls?: KeyPair;
    readonly http2?: boolean;
  } = {},
): Promise<Nginx> {
  const folder = await temporaryFolder();
  const at = (name: string): string => path.join(folder.path, name);
  await mkdir(at("logs"));
  const port = await freePort();
  const { tls } = options;
  if (tls !== undefined) {
    await writeFile(at("tls.crt"), tls.certificate);
    await writeFile(at("tls.key"), tls.key);
  }
  const listen = `127.0.0.1:${port}${tls === undefined ? "" : ` ssl${options.http2 === true ? " http2" : ""}`}`;
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${at(name)};`,
  );
  const config = [
    "daemon off;",
    `pid ${at("nginx.pid")};`,
    `error_log ${at("logs/error.log")};`,
    "worker_processes 1;",
    "events { worker_connections 256; }",
    "http {",
    "access_log off;",
    ...temporary,
    ...(options.shared ?? []),
    "server {",
    `listen ${listen};`,
    ...(tls === undefined
      ? []
      : [`ssl_certificate ${at("tls.crt")};`, `ssl_certificate_key ${at("tls.key")};`]),
    "location / {",
    `proxy_pass http://${target};`,
    "proxy_set_header Host $http_host;",
    ...directives,
    "} } }",
  ].join("\n");
  await writeFile(at("nginx.conf"), config);
  const args = ["-p", folder.path, "-e", at("logs/error.log"), "-c", at("nginx.conf")];
  const program = await startProgram("nginx", args, port);
  return {
    host: `127.0.0.1:${port}`,
    async stop() {
      await program.stop();
      await folder.remove();
    },
  };
}
