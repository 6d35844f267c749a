// References that Knative reads as Docker Hub although another registry was most likely meant.

import { dockerHub, type TagReference } from "../image/imageReference.ts";
import { hostOf } from "./skipList/registryClass.ts";

/** What was most likely meant instead of Docker Hub. */
export type AccidentalDockerHub =
  /** `localhost/foo`: this machine. `registries` are those of that host which the workspace names, with their ports. */
  | { readonly kind: "localhost"; readonly registries: readonly string[] }
  /** `registry/foo`: a host without dot or colon, which Knative takes for an account on Docker Hub. */
  | { readonly kind: "bare-host"; readonly host: string; readonly registries: readonly string[] }
  /** `registry.example.com:5000`: a registry without a repository, read as an official image and a tag. */
  | { readonly kind: "no-repository"; readonly registry: string };

/** Hosts that people call their registry; Docker Hub's accounts that could be meant are left out. */
const registryNames =
  /^(?:(?:[a-z0-9]+-)*[a-z]*registry\d*(?:-[a-z0-9]+)*|harbor|nexus|artifactory)$/;

/**
 * Whether a tag that Knative looks for on Docker Hub looks like one of another registry; undefined if it does not.
 * @param seenRegistries the registries that the workspace names, as Knative spells them: they show that
 *   `kind/foo` means `kind:5000`, and what to write instead.
 */
export function accidentalDockerHub(
  reference: TagReference,
  seenRegistries: readonly string[] = [],
): AccidentalDockerHub | undefined {
  if (reference.registry !== dockerHub) return undefined;
  const written = reference.text;
  const slash = written.indexOf("/");
  if (slash < 0) return withoutRepository(reference);
  const host = written.slice(0, slash);
  // `docker.io/registry/foo` and the like name Docker Hub themselves.
  if (/[.:]/.test(host)) return undefined;
  const registries = seenRegistries.filter(
    (seen) => hostOf(seen) === host || seen.startsWith(`${host}.`),
  );
  if (host === "localhost") return { kind: "localhost", registries };
  const withPort = registries.some((seen) => hostOf(seen) === host);
  if (!withPort && !registryNames.test(host)) return undefined;
  return { kind: "bare-host", host, registries };
}

/** An official image has no dot in its name: `gcr.io`, `localhost:5000` and `1.0` are none. */
function withoutRepository(reference: TagReference): AccidentalDockerHub | undefined {
  const name = reference.text.slice(0, reference.tagStart);
  const port = /^\d+$/.test(reference.tag);
  const isHost = name.includes(".") || (name === "localhost" && port);
  if (!isHost) return undefined;
  return { kind: "no-repository", registry: port ? reference.text : name };
}
