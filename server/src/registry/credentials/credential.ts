// What a credential is, and where it came from.

/** Where a credential stands. The names are printed by `knative-digest explain`. */
export type CredentialSource =
  | "docker-auth-config"
  | "registry-auth-file"
  | "docker-config"
  | "podman-auth"
  | "dockercfg"
  | "credential-helper"
  | "pull-secret";

/** Where a credential came from: everything about it that may be shown. */
export interface CredentialOrigin {
  readonly source: CredentialSource;
  /** The file's path with `~` for the home folder, or the environment variable's name. */
  readonly place: string;
  /** The key as written there; for a helper without an entry of its own, the key passed to it. */
  readonly key: string;
  /** Undefined for a token without a user, or if a helper was not run yet. */
  readonly username: string | undefined;
  /** The suffix of the credential helper that holds the secret. */
  readonly helper?: string;
}

export type Secret =
  | { readonly kind: "password"; readonly username: string; readonly password: string }
  /** A refresh token for the token endpoint; user and password for endpoints that know no POST. */
  | {
      readonly kind: "identity-token";
      readonly token: string;
      readonly username: string;
      readonly password: string;
    }
  /** A token for the registry itself. */
  | { readonly kind: "registry-token"; readonly token: string };

export interface Credential {
  readonly origin: CredentialOrigin;
  readonly secret: Secret;
  /** Identifies the credential in memory: changes when the secret may have changed. Holds nothing secret. */
  readonly id: string;
}

/** A name for the place where a credential stands: changes when another one would be used. Not secret. */
export function credentialPlace({ source, key }: CredentialOrigin): string {
  return `${source} ${key}`;
}

/** Every secret of a credential by itself. */
export function secretsOf(secret: Secret | undefined): readonly string[] {
  if (secret === undefined) return [];
  if (secret.kind === "password") return [secret.password];
  return secret.kind === "registry-token" ? [secret.token] : [secret.token, secret.password];
}

/** `Basic …` for the header, undefined where user or password is empty: there are no credentials to send. */
export function basicAuthorization(secret: Secret): string | undefined {
  if (secret.kind === "registry-token" || secret.username === "" || secret.password === "") {
    return undefined;
  }
  const pair = Buffer.from(`${secret.username}:${secret.password}`, "utf8");
  return `Basic ${pair.toString("base64")}`;
}
