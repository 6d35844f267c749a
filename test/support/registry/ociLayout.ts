// Images made of nothing: an OCI layout on disk that skopeo can push.

import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";

export interface ImageSpecification {
  /** The tag in the layout, and what makes the content differ from that of others. */
  readonly name: string;
  /** `linux/amd64`, `linux/arm/v7`; one makes a single manifest, several an index. */
  readonly platforms: readonly string[];
  readonly created?: string;
  readonly source?: string;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const indexType = "application/vnd.oci.image.index.v1+json";

/** Writes a layout with all images into the folder. Each can be named `oci:<folder>:<name>`. */
export async function writeOciLayout(
  folder: string,
  images: readonly ImageSpecification[],
): Promise<void> {
  await mkdir(path.join(folder, "blobs/sha256"), { recursive: true });
  const manifests = [];
  for (const image of images) {
    const descriptor = await writeImage(folder, image);
    manifests.push({
      ...descriptor,
      annotations: { "org.opencontainers.image.ref.name": image.name },
    });
  }
  const index = { schemaVersion: 2, mediaType: indexType, manifests };
  await writeFile(path.join(folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(path.join(folder, "index.json"), JSON.stringify(index));
}

async function writeImage(folder: string, image: ImageSpecification): Promise<Descriptor> {
  const children = [];
  for (const platform of image.platforms) {
    const [os = "linux", architecture = "amd64", variant] = platform.split("/");
    const described = { os, architecture, ...(variant === undefined ? {} : { variant }) };
    const descriptor = await writeManifest(folder, image, described);
    children.push({ ...descriptor, platform: described });
  }
  const [only] = children;
  if (children.length === 1 && only !== undefined) return only;
  const index = { schemaVersion: 2, mediaType: indexType, manifests: children };
  return writeBlob(folder, JSON.stringify(index), indexType);
}

async function writeManifest(
  folder: string,
  image: ImageSpecification,
  platform: { readonly os: string; readonly architecture: string },
): Promise<Descriptor> {
  // An empty tar archive is two blocks of zeros; the gzip header's comment keeps images apart.
  const layer = gzipSync(Buffer.alloc(1024));
  const layerDescriptor = await writeBlob(
    folder,
    layer,
    "application/vnd.oci.image.layer.v1.tar+gzip",
  );
  const configuration = {
    ...platform,
    created: image.created ?? "2024-01-02T03:04:05Z",
    config: {
      Labels: {
        "org.opencontainers.image.source": image.source ?? "https://example.com/source",
        name: image.name,
      },
    },
    rootfs: { type: "layers", diff_ids: [digestOf(Buffer.alloc(1024))] },
    history: [],
  };
  const config = await writeBlob(
    folder,
    JSON.stringify(configuration),
    "application/vnd.oci.image.config.v1+json",
  );
  const manifest = { schemaVersion: 2, mediaType: manifestType, config, layers: [layerDescriptor] };
  return writeBlob(folder, JSON.stringify(manifest), manifestType);
}

async function writeBlob(
  folder: string,
  content: string | Buffer,
  mediaType: string,
): Promise<Descriptor> {
  const bytes = Buffer.from(content);
  const digest = digestOf(bytes);
  await writeFile(path.join(folder, "blobs/sha256", digest.slice("sha256:".length)), bytes);
  return { mediaType, digest, size: bytes.length };
}

/** `sha256:…` of the bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
