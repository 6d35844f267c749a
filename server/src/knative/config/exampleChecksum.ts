// The checksum that protects the `_example` of Knative's ConfigMaps from being edited.

import { trimSpace } from "../go/goText.ts";
import { shippedExampleChecksums } from "./versionProfile.ts";

/** The key of `data` that only documents, and is never read. */
export const exampleKey = "_example";
/** The annotation whose checksum the webhook compares. */
export const exampleChecksumAnnotation = "knative.dev/example-checksum";

export type ExampleCheck =
  /** The example or the annotation is missing: the webhook compares nothing. */
  | { readonly kind: "unchecked" }
  | { readonly kind: "matches" }
  /** The webhook refuses the ConfigMap. */
  | {
      readonly kind: "differs";
      /** The checksum that the example has. */
      readonly computed: string;
      /** Whether some release shipped exactly this example, so that the annotation is what is wrong. */
      readonly shipped: boolean;
    };

/**
 * The webhook's check (knative.dev/pkg webhook/configmaps).
 * @param example the value of `_example`, undefined if there is none.
 * @param annotation the value of the annotation, undefined if there is none.
 */
export function checkExample(
  example: string | undefined,
  annotation: string | undefined,
): ExampleCheck {
  if (example === undefined || annotation === undefined) return { kind: "unchecked" };
  const computed = exampleChecksum(example);
  if (computed === annotation) return { kind: "matches" };
  return { kind: "differs", computed, shipped: isShippedExample(computed) };
}

/** Whether a release of Knative shipped an example with this checksum. */
export function isShippedExample(checksum: string): boolean {
  return shippedExampleChecksums.includes(checksum);
}

/**
 * The checksum of an example (knative.dev/pkg configmap/example.go `Checksum`): white space around it removed, each
 * run of line breaks replaced by a backslash and an `n`, CRC-32 of the UTF-8 bytes, eight hexadecimal digits.
 */
export function exampleChecksum(example: string): string {
  const normalized = trimSpace(example).replace(/(?:\r?\n)+/g, "\\n");
  return crc32(new TextEncoder().encode(normalized)).toString(16).padStart(8, "0");
}

/** CRC-32 with the IEEE polynomial, bit by bit: an example has a few thousand bytes. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
