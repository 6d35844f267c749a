// Details from a manifest's body and the image's configuration: read when a person asks for them.

import type { Lookup } from "./transport/exchange.ts";
import {
  parseConfig,
  parseManifest,
  type ConfigFacts,
  type PlatformManifest,
  type ManifestFacts,
} from "./manifestFacts.ts";
import {
  readManifest,
  refuseStatus,
  type ManifestBody,
  type ManifestParts,
  type HostedManifest,
} from "./manifestLookup.ts";
import { RegistryError } from "./registryError.ts";

/** What only the manifest's body says. Costs a GET, so it is read only on request. */
export interface ManifestDetails {
  readonly digest: string;
  readonly mediaType: string;
  /** Empty for a manifest of a single platform whose configuration was not read. */
  readonly platforms: readonly PlatformManifest[];
  /** Bytes of all layers, compressed; undefined for an index. */
  readonly layersSize: number | undefined;
  /** When the image was built (ISO 8601), where it says so. */
  readonly created: string | undefined;
  /** `org.opencontainers.image.source`, where the image says so. Untrusted text. */
  readonly source: string | undefined;
}

const maxConfig = 4 * 1024 * 1024;

/**
 * Reads a manifest by GET, and where it does not say when and from what the image was built, the configuration of
 * the image, of an index that for linux/amd64 or the first. Throws a `RegistryError` if the manifest cannot be had.
 */
export async function readDetails(
  target: HostedManifest,
  lookup: Lookup,
  parts: ManifestParts,
): Promise<ManifestDetails> {
  const manifest = await readManifest(target, lookup, parts);
  const facts = factsOf(manifest);
  const config = await configOf(target, facts, lookup, parts);
  const own =
    facts.isIndex || config.platform === undefined
      ? []
      : [{ digest: manifest.digest, platform: config.platform }];
  return {
    digest: manifest.digest,
    mediaType: manifest.mediaType ?? "",
    platforms: facts.isIndex ? facts.entries : own,
    layersSize: facts.layersSize,
    created: facts.created ?? config.created,
    source: facts.source ?? config.source,
  };
}

function factsOf({ body, mediaType, host }: ManifestBody): ManifestFacts {
  const facts = parseManifest(body, mediaType);
  if (facts !== undefined) return facts;
  throw new RegistryError({ kind: "invalid-response", reason: "unreadable", status: 200 }, host);
}

const nothing: ConfigFacts = { platform: undefined, created: undefined, source: undefined };

/** Everything but the manifest is optional: what cannot be fetched is left out. */
async function configOf(
  target: HostedManifest,
  facts: ManifestFacts,
  lookup: Lookup,
  parts: ManifestParts,
): Promise<ConfigFacts> {
  if (facts.isIndex && facts.created !== undefined && facts.source !== undefined) return nothing;
  try {
    const digest = facts.isIndex ? await childConfig(target, facts, lookup, parts) : facts.config;
    return digest === undefined ? nothing : await readConfig(target, digest, lookup, parts);
  } catch (error) {
    if (error instanceof RegistryError) return nothing;
    throw error;
  }
}

/** On Docker Hub each manifest is one more pull, so that of a platform is not read there. */
async function childConfig(
  target: HostedManifest,
  { entries }: ManifestFacts,
  lookup: Lookup,
  parts: ManifestParts,
): Promise<string | undefined> {
  const usual = entries.find(
    ({ platform }) => platform.os === "linux" && platform.architecture === "amd64",
  );
  const child = usual ?? entries[0];
  if (child === undefined || target.host.isDockerHub) return undefined;
  const manifest = await readManifest({ ...target, reference: child.digest }, lookup, parts);
  return factsOf(manifest).config;
}

async function readConfig(
  { host, repository }: HostedManifest,
  digest: string,
  lookup: Lookup,
  parts: ManifestParts,
): Promise<ConfigFacts> {
  const path = `/v2/${host.pathPrefix}${repository}/blobs/${digest}`;
  const headers = { "accept-encoding": "identity" };
  const request = { method: "GET", path, headers, maxBytes: maxConfig } as const;
  const answer = await parts.send({ host, repository }, request, lookup);
  refuseStatus(answer);
  const { body, truncated } = answer.response;
  const matches = !truncated && `sha256:${parts.sha256(body)}` === digest;
  return matches ? parseConfig(body) : nothing;
}
