// A registry where every repository has the tags `v1` and `v2` and no other, and `placeholder/web` has none.

import { singleImage, type SampleImage } from "../../demo/sampleImages.ts";
import { startFaultServer, type FaultServer } from "./faultServer.ts";

/**
 * What the registry does wrong: `ping` is `/v2/`; `once` is the first request for a manifest, which `cut` ends without a
 * response; `html` is the content type of its manifests.
 */
export type CaseFault = `ping ${number}` | `${number} once` | "cut once" | "html";

const tags = ["v1", "v2"];

/** The digest of `repository:tag`, for a tag that the registry has. */
export function caseDigest(image: string): string {
  return imageOf(image).top.digest;
}

function imageOf(image: string): SampleImage {
  return singleImage(image);
}

/** Starts it on loopback. */
export function startCaseRegistry(fault?: CaseFault): Promise<FaultServer> {
  const ping = /^ping (\d+)$/.exec(fault ?? "")?.[1];
  let once = /^(\d+|cut) once$/.exec(fault ?? "")?.[1];
  return startFaultServer(
    ({ path, method }, response) => {
      const end = (
        status: number,
        headers: Readonly<Record<string, string>>,
        body: Buffer,
      ): void => {
        response.writeHead(status, { ...headers, "content-length": body.length });
        response.end(method === "HEAD" ? undefined : body);
      };
      const json = { "content-type": "application/json" };
      if (path === "/v2/") {
        end(Number(ping ?? 200), json, Buffer.from("{}"));
        return;
      }
      const [, repository = "", kind, name = ""] =
        /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^/]+)$/.exec(path) ?? [];
      if (kind === "manifests" && once !== undefined) {
        if (once === "cut") response.destroy();
        else end(Number(once), json, Buffer.from("{}"));
        once = undefined;
        return;
      }
      if (kind === "tags" && repository !== "placeholder/web") {
        end(200, json, Buffer.from(JSON.stringify({ name: repository, tags })));
        return;
      }
      const found = kind === undefined ? undefined : contentOf(repository, kind, name);
      if (found === undefined) {
        const errors = [{ code: "MANIFEST_UNKNOWN", message: "manifest unknown" }];
        end(404, json, Buffer.from(JSON.stringify({ errors })));
        return;
      }
      const { digest, mediaType, body } = found;
      const type = fault === "html" ? "text/html; charset=utf-8" : mediaType;
      end(200, { "content-type": type, "docker-content-digest": digest }, body);
    },
    { handlesPing: "noted" },
  );
}

function contentOf(repository: string, kind: string, name: string) {
  if (repository === "placeholder/web") return undefined;
  for (const tag of tags) {
    const { top, blobs } = imageOf(`${repository}:${tag}`);
    if (kind === "manifests" && (name === tag || name === top.digest)) return top;
    const blob = blobs.find(({ digest }) => digest === name);
    if (kind === "blobs" && blob !== undefined) return blob;
  }
  return undefined;
}
