// What a manifest's body and its image's configuration say: platforms, size, age, source. Untrusted text.

import { isRecord } from "../base/record.ts";
import { isDigest } from "../image/digest.ts";
import { isIndexType } from "./manifestAnswer.ts";
import { parseJson } from "./transport/serverText.ts";

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant: string | undefined;
}

/** One platform's manifest inside an index. */
export interface PlatformManifest {
  readonly platform: Platform;
  readonly digest: string;
}

/** What can be read from one body; undefined where it does not say. */
export interface ManifestFacts {
  readonly isIndex: boolean;
  readonly entries: readonly PlatformManifest[];
  /** Bytes of all layers, compressed. */
  readonly layersSize: number | undefined;
  /** Digest of the image's configuration. */
  readonly config: string | undefined;
  readonly created: string | undefined;
  readonly source: string | undefined;
}

/** What an image's configuration says. */
export interface ConfigFacts {
  readonly platform: Platform | undefined;
  readonly created: string | undefined;
  readonly source: string | undefined;
}

const maxEntries = 200;
const maxLayers = 1000;

/** Reads a manifest or index; undefined if it is neither. */
export function parseManifest(
  body: Uint8Array,
  mediaType: string | undefined,
): ManifestFacts | undefined {
  const json = parseJson(new TextDecoder().decode(body));
  if (!isRecord(json)) return undefined;
  const isIndex = isIndexType(mediaType) || Array.isArray(json["manifests"]);
  const annotations = isRecord(json["annotations"]) ? json["annotations"] : {};
  return {
    isIndex,
    entries: listOf(json["manifests"]).slice(0, maxEntries).flatMap(toEntry),
    layersSize: isIndex ? undefined : sizeOf(json["layers"]),
    config: digestOf(json["config"]),
    created: shortText(annotations["org.opencontainers.image.created"]),
    source: shortText(annotations["org.opencontainers.image.source"]),
  };
}

/** Reads an image's configuration; what it does not say is undefined. */
export function parseConfig(body: Uint8Array): ConfigFacts {
  const json = parseJson(new TextDecoder().decode(body));
  if (!isRecord(json)) return { platform: undefined, created: undefined, source: undefined };
  const config = isRecord(json["config"]) ? json["config"] : {};
  const labels = isRecord(config["Labels"]) ? config["Labels"] : {};
  return {
    platform: toPlatform(json),
    created: shortText(json["created"]),
    source: shortText(labels["org.opencontainers.image.source"]),
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Attestations stand in indexes under the platform `unknown/unknown`: they run nowhere. */
function toEntry(entry: unknown): readonly PlatformManifest[] {
  if (!isRecord(entry)) return [];
  const digest = digestOf(entry);
  const platform = toPlatform(entry["platform"]);
  if (digest === undefined || platform === undefined || platform.os === "unknown") return [];
  return [{ digest, platform }];
}

function toPlatform(value: unknown): Platform | undefined {
  if (!isRecord(value)) return undefined;
  const os = shortText(value["os"]);
  const architecture = shortText(value["architecture"]);
  if (os === undefined || architecture === undefined) return undefined;
  return { os, architecture, variant: shortText(value["variant"]) };
}

function digestOf(value: unknown): string | undefined {
  const digest = isRecord(value) ? value["digest"] : undefined;
  return typeof digest === "string" && isDigest(digest) ? digest : undefined;
}

function sizeOf(layers: unknown): number | undefined {
  const list = listOf(layers).slice(0, maxLayers);
  if (list.length === 0) return undefined;
  return list.reduce<number>((sum, layer) => {
    const size = isRecord(layer) ? layer["size"] : undefined;
    return sum + (typeof size === "number" && size > 0 ? size : 0);
  }, 0);
}

function shortText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" && value.length <= 512 ? value : undefined;
}
