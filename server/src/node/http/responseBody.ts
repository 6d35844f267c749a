// Reads the body of a response up to a bound, before and after its content coding is undone.

import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import type { Dispatcher } from "undici";
import { TransportError, type HttpRequest } from "../../environment.ts";

/** Counts bytes itself: undici's limit does not hold in every case. */
export async function readBody(
  response: Dispatcher.ResponseData,
  { method, maxBytes }: HttpRequest,
): Promise<{ bytes: Uint8Array; truncated: boolean }> {
  if (method === "HEAD") {
    await response.body.dump();
    return { bytes: new Uint8Array(), truncated: false };
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    const bytes = chunk as Buffer;
    length += bytes.length;
    if (length > maxBytes) {
      const kept = Buffer.concat([...chunks, bytes]).subarray(0, maxBytes);
      return { bytes: kept, truncated: true };
    }
    chunks.push(bytes);
  }
  return { bytes: Buffer.concat(chunks), truncated: false };
}

const decoders = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
} as const;

/** Undoes a content coding that was not requested, with the limit on what comes out of it. */
export async function decodeBody(
  bytes: Uint8Array,
  coding: string | undefined,
  maxOutputLength: number,
): Promise<Uint8Array> {
  const name = (coding ?? "").trim().toLowerCase();
  if (bytes.length === 0 || !Object.hasOwn(decoders, name)) return bytes;
  const decoder = decoders[name as keyof typeof decoders];
  try {
    return await decoder(bytes, { maxOutputLength });
  } catch (error) {
    throw new TransportError("not-http", "the body's content coding cannot be undone", {
      cause: error,
    });
  }
}
