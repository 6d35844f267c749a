// How a registry's answer about a manifest is read: media types, the digest header, kinds of manifests.

import type { HttpResponse } from "../environment.ts";
import { isDigest } from "../image/digest.ts";

const indexTypes: readonly string[] = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];
/** The digest of a signed schema 1 manifest is not that of its bytes: the signatures are left out. */
const signedSchema1 = "application/vnd.docker.distribution.manifest.v1+prettyjws";
const schema1 = "application/vnd.docker.distribution.manifest.v1+json";

/**
 * All six types that Knative's controller accepts (go-containerregistry `allManifestMediaTypes`), in one header.
 * With fewer, registries answer with another digest: that of a child, or of a converted manifest.
 */
export const manifestAccept = [
  ...indexTypes,
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  signedSchema1,
  schema1,
].join(", ");

/** Whether the type is that of an index or a manifest list. */
export function isIndexType(mediaType: string | undefined): boolean {
  return mediaType !== undefined && indexTypes.includes(mediaType);
}

/** Whether the manifest's bytes do not hash to its digest. */
export function isSignedSchema1(mediaType: string | undefined): boolean {
  return mediaType === signedSchema1;
}

/** The first value of a header, undefined if it did not come. */
export function headerValue(response: HttpResponse, name: string): string | undefined {
  return response.headers[name]?.[0];
}

/** The media type without its parameters, lower case. */
export function mediaTypeOf(response: HttpResponse): string | undefined {
  const type = headerValue(response, "content-type")?.split(";")[0]?.trim().toLowerCase();
  return type === "" ? undefined : type;
}

/** The length that the answer announces, undefined if it announces none or a nonsensical one. */
export function announcedLength(response: HttpResponse): number | undefined {
  const text = headerValue(response, "content-length");
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/**
 * The digest in `Docker-Content-Digest`: `missing` if there is none, `malformed` if it is not sha256 as Knative
 * reads it. Of a header that came twice the first counts, as in Go (`http.Header.Get`).
 */
export function digestHeader(response: HttpResponse): string {
  const first = headerValue(response, "docker-content-digest") ?? "";
  if (first === "") return "missing";
  return isDigest(first) ? first : "malformed";
}
