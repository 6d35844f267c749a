// Where credentials may stand on this machine, in the order in which they count.

import type { CredentialSource } from "../registry/credentials/credential.ts";
import type { ConfigFormat } from "../registry/credentials/dockerConfig.ts";
import { pathsOf } from "./files/systemPaths.ts";

export interface CredentialPlaces {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** The user's number, where the system has such; for podman's folder. */
  readonly uid: number | undefined;
  /** Nothing inside these is read: a workspace must not choose where credentials come from. */
  readonly workspaceFolders: () => readonly string[];
}

/** One place where credentials may stand. */
export interface Place {
  readonly source: CredentialSource;
  readonly format: ConfigFormat;
  /** A file, or the text itself. */
  readonly file?: string;
  readonly text?: string;
  readonly name: string;
}

/** The places in order: what is set explicitly for a tool before what stands in its usual file. */
export function credentialPlaces(places: CredentialPlaces): readonly Place[] {
  const { variables, home, platform } = places;
  const { join, sep } = pathsOf(platform);
  const variable = (name: string): string => variables[name] ?? "";
  const file = (source: CredentialSource, format: ConfigFormat, name: string): Place => ({
    source,
    format,
    file: name,
    name: home !== "" && name.startsWith(`${home}${sep}`) ? `~${name.slice(home.length)}` : name,
  });
  const inline = variable("DOCKER_AUTH_CONFIG");
  const authFile = variable("REGISTRY_AUTH_FILE");
  const dockerFolder = variable("DOCKER_CONFIG") || join(home, ".docker");
  return [
    ...(inline === ""
      ? []
      : [
          {
            source: "docker-auth-config",
            format: "docker-environment",
            text: inline,
            name: "DOCKER_AUTH_CONFIG",
          } as const,
        ]),
    ...(authFile === "" ? [] : [file("registry-auth-file", "podman", authFile)]),
    file("docker-config", "docker", join(dockerFolder, "config.json")),
    ...podmanFiles(places).map((name) => file("podman-auth", "podman", name)),
    file("dockercfg", "dockercfg", join(home, ".dockercfg")),
  ];
}

function podmanFiles({ variables, home, platform, uid }: CredentialPlaces): readonly string[] {
  const { join } = pathsOf(platform);
  const config = variables["XDG_CONFIG_HOME"] ?? "";
  const files = [join(config === "" ? join(home, ".config") : config, "containers", "auth.json")];
  if (platform !== "linux") return files;
  const runtime = variables["XDG_RUNTIME_DIR"] ?? "";
  const folder = runtime === "" ? `/run/containers/${uid ?? 0}` : join(runtime, "containers");
  return [join(folder, "auth.json"), ...files];
}
