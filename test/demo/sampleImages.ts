// Small but whole images: manifests, indexes and blobs as a registry stores them, each under its digest.

import { createHash } from "node:crypto";

/** Bytes under their digest. */
export interface StoredContent {
  readonly digest: string;
  readonly mediaType: string;
  readonly body: Buffer;
}

/** A tag's content: what the tag points at, and everything that hangs below it. */
export interface SampleImage {
  readonly top: StoredContent;
  readonly children: readonly StoredContent[];
  readonly blobs: readonly StoredContent[];
}

type Format = "oci" | "docker";

const mediaTypes = {
  oci: {
    manifest: "application/vnd.oci.image.manifest.v1+json",
    index: "application/vnd.oci.image.index.v1+json",
    config: "application/vnd.oci.image.config.v1+json",
    layer: "application/vnd.oci.image.layer.v1.tar+gzip",
  },
  docker: {
    manifest: "application/vnd.docker.distribution.manifest.v2+json",
    index: "application/vnd.docker.distribution.manifest.list.v2+json",
    config: "application/vnd.docker.container.image.v1+json",
    layer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
  },
} as const;

/**
 * An image for one platform.
 * @param label told apart by it: two labels give two digests
 * @param architecture as Go names it, `amd64`
 */
export function singleImage(
  label: string,
  architecture = "amd64",
  format: Format = "oci",
): SampleImage {
  const types = mediaTypes[format];
  const layer = store(types.layer, Buffer.from(`layer of ${label}`));
  const config = storeJson(types.config, {
    created: "2026-10-01T08:00:00Z",
    architecture,
    os: "linux",
    config: { Labels: { "org.opencontainers.image.title": label } },
    rootfs: { type: "layers", diff_ids: [layer.digest] },
  });
  const top = storeJson(types.manifest, {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: describe(config),
    layers: [describe(layer)],
  });
  return { top, children: [], blobs: [config, layer] };
}

/** An image for amd64 and arm64: an OCI index, or the manifest list that docker makes. */
export function multiPlatformImage(label: string, format: Format = "oci"): SampleImage {
  const images = ["amd64", "arm64"].map((architecture) => ({
    architecture,
    image: singleImage(`${label} for ${architecture}`, architecture, format),
  }));
  const top = storeJson(mediaTypes[format].index, {
    schemaVersion: 2,
    mediaType: mediaTypes[format].index,
    manifests: images.map(({ architecture, image }) => ({
      ...describe(image.top),
      platform: { architecture, os: "linux" },
    })),
  });
  return {
    top,
    children: images.map(({ image }) => image.top),
    blobs: images.flatMap(({ image }) => image.blobs),
  };
}

function storeJson(mediaType: string, value: unknown): StoredContent {
  return store(mediaType, Buffer.from(JSON.stringify(value, undefined, 2)));
}

function store(mediaType: string, body: Buffer): StoredContent {
  return { digest: `sha256:${createHash("sha256").update(body).digest("hex")}`, mediaType, body };
}

function describe({ mediaType, digest, body }: StoredContent): object {
  return { mediaType, digest, size: body.length };
}
