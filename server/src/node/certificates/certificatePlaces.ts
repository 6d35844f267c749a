// Where certificate authorities and the files for one host stand, by system.

import { pathsOf } from "../files/systemPaths.ts";

/** The bundles of Debian, Fedora and Alpine, older Fedora, openSUSE, Fedora 43. */
const linuxBundles: readonly string[] = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** Windows has none, and everybody may make the folder `\etc` of a drive there: who is trusted is not read from it. */
export function systemBundles(platform: NodeJS.Platform): readonly string[] {
  return platform === "win32" ? [] : linuxBundles;
}

/** The folders `certs.d` for a host. Docker leaves the colon out on Windows, where no name may have one. */
export function hostFolders(
  host: string,
  {
    home,
    platform = process.platform,
  }: { readonly home: string; readonly platform?: NodeJS.Platform },
): readonly string[] {
  const { join } = pathsOf(platform);
  const windows = platform === "win32";
  const own = [join(home, ".config", "containers", "certs.d"), join(home, ".docker", "certs.d")];
  const systems = windows ? [] : ["/etc/containers/certs.d", "/etc/docker/certs.d"];
  const name = windows ? host.replaceAll(":", "") : host;
  return [...own, ...systems].map((folder) => join(folder, name));
}
