// Debian's docker-registry on loopback: open, with a password, with tokens, with TLS, or in front of another one.

import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { freePort, startProgram, temporaryFolder } from "./programs.ts";

export interface RegistryOptions {
  /** Where its content stands; a folder of its own if not given. Registries may share one. */
  readonly storage?: string;
  /** Users may read only with this password. */
  readonly login?: "htpasswd";
  readonly token?: {
    readonly realm: string;
    readonly service: string;
    readonly issuer: string;
    /** The PEM certificate whose key signs the tokens. */
    readonly certificate: string;
  };
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** The URL of the registry that this one fetches from. */
  readonly proxyOf?: string;
  readonly address?: string;
}

export interface StartedRegistry {
  /** `127.0.0.1:5000` */
  readonly host: string;
  readonly url: string;
  readonly storage: string;
  /** Its log. */
  readonly output: () => string;
  readonly stop: () => Promise<void>;
}

/** The user and password of `login: "htpasswd"`. The password holds a colon and is easy to search for. */
export const reader = { username: "reader", password: "canary-S3cret:with-colon" } as const;

/** The password above by bcrypt, the only form that docker-registry reads. */
const htpasswd = `${reader.username}:$2y$05$8hBoRSqq6P9DmiqlxI2w1eBt6fym14S7FbysMzvhuO/qjhlwOKgsa\n`;

export async function startDockerRegistry(options: RegistryOptions = {}): Promise<StartedRegistry> {
  const folder = await temporaryFolder();
  const storage = options.storage ?? path.join(folder.path, "storage");
  await mkdir(storage, { recursive: true });
  const address = options.address ?? "127.0.0.1";
  const port = await freePort(address);
  const host = `${address.includes(":") ? `[${address}]` : address}:${port}`;
  await writeFile(path.join(folder.path, "htpasswd"), htpasswd);
  const files = { folder: folder.path, storage, host };
  const config = path.join(folder.path, "config.json");
  await writeFile(config, JSON.stringify(await configuration(options, files), null, 2));
  const program = await startProgram("docker-registry", ["serve", config], port, {
    OTEL_TRACES_EXPORTER: "none",
  });
  return {
    host,
    url: `${options.tls === undefined ? "http" : "https"}://${host}`,
    storage,
    output: program.output,
    async stop() {
      await program.stop();
      await folder.remove();
    },
  };
}

/** JSON is YAML, which is what the registry reads. */
async function configuration(
  options: RegistryOptions,
  { folder, storage, host }: { folder: string; storage: string; host: string },
): Promise<unknown> {
  const { tls, token } = options;
  if (tls !== undefined) {
    await writeFile(path.join(folder, "tls.crt"), tls.certificate);
    await writeFile(path.join(folder, "tls.key"), tls.key);
  }
  if (token !== undefined) await writeFile(path.join(folder, "token.crt"), token.certificate);
  return {
    version: 0.1,
    log: { level: "warn" },
    storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
    http: {
      addr: host,
      ...(tls === undefined
        ? {}
        : {
            tls: { certificate: path.join(folder, "tls.crt"), key: path.join(folder, "tls.key") },
          }),
    },
    ...(options.proxyOf === undefined ? {} : { proxy: { remoteurl: options.proxyOf } }),
    ...(options.login === undefined
      ? {}
      : {
          auth: {
            htpasswd: { realm: 'Registry, with "comma"', path: path.join(folder, "htpasswd") },
          },
        }),
    ...(token === undefined
      ? {}
      : {
          auth: {
            token: {
              realm: token.realm,
              service: token.service,
              issuer: token.issuer,
              rootcertbundle: path.join(folder, "token.crt"),
            },
          },
        }),
  };
}
