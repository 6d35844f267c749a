// References that Knative's webhook accepts and that are certain to fail afterwards.

import { withoutEnd, withoutStart } from "../image/trim.ts";
import { dockerHub, type ValidReference } from "../image/imageReference.ts";
import { hostOf, portOf } from "./skipList/registryClass.ts";

/** Why a reference is certain to fail, as data. `meant` is the reference that was meant, where one is plain. */
export type DoomedReason =
  /** A Go import path that `ko` must replace first. */
  | { readonly kind: "ko" }
  /** A URL: its scheme became the registry (`https:`, `docker:`). */
  | { readonly kind: "url-scheme"; readonly scheme: string; readonly meant: string }
  /** `localhost/foo`: no registry without a port, so it is looked up on Docker Hub. */
  | { readonly kind: "localhost-is-docker-hub" }
  /** Docker Hub's web site by a name that Knative does not rewrite: `Docker.io`, `docker.io:443`. */
  | { readonly kind: "docker-hub-website"; readonly registry: string; readonly meant: string }
  /** A slash too many: at the start or the end of the repository, or two together. */
  | { readonly kind: "slashes"; readonly meant: string | undefined }
  /** A registry that no container runtime can read: an empty or impossible port, an empty label, other letters. */
  | { readonly kind: "registry-form"; readonly registry: string }
  /** A path component that no registry and no container runtime accepts (`-foo`, `foo..bar`). */
  | { readonly kind: "repository-form"; readonly component: string }
  /** A tag that begins with `-` or `.`. */
  | { readonly kind: "tag-form"; readonly tag: string };

/**
 * Why no container runtime can read the reference, whatever Knative does with its tag: the kubelet refuses it with
 * InvalidImageName (grammar of github.com/distribution/reference). Undefined if it can be read.
 * The form of the reference alone decides, so this holds for skipped registries, too.
 */
export function unreadableByKubelet(reference: ValidReference): DoomedReason | undefined {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/s.exec(reference.text);
  if (scheme?.[1] !== undefined) {
    if (scheme[1] === "ko") return { kind: "ko" };
    return { kind: "url-scheme", scheme: scheme[1], meant: withoutWebPage(scheme[2] ?? "") };
  }
  const components = reference.repository.split("/");
  if (components.includes("")) {
    return { kind: "slashes", meant: withSingleSlashes(reference.text) };
  }
  if (!isRegistryForm(reference.registry) && !isPathComponent(reference.registry)) {
    return { kind: "registry-form", registry: reference.registry };
  }
  const component = components.find((part) => !isPathComponent(part));
  if (component !== undefined) return { kind: "repository-form", component };
  const tag = reference.tag ?? "";
  return /^[-.]/.test(tag) ? { kind: "tag-form", tag } : undefined;
}

/**
 * Why resolving the tag is certain to fail although the reference can be read. Undefined if it can succeed.
 *
 * Only `localhost/…` is taken for a registry that was meant: nobody can push to the Docker Hub account `localhost`,
 * and every container tool but Knative reads it as this machine. `registry/foo` stays `resolve`, because a Docker Hub
 * account may have any other name: what is not certain is the warning `accidental-docker-hub`, no outcome.
 */
export function unresolvable(reference: ValidReference): DoomedReason | undefined {
  if (reference.registry === dockerHub && reference.repository.startsWith("localhost/")) {
    // `docker.io/localhost/foo` says where it is meant to be.
    if (reference.text.startsWith("localhost/")) return { kind: "localhost-is-docker-hub" };
  }
  if (isDockerHubWebsite(reference.registry)) {
    const meant = `docker.io/${reference.text.slice(reference.registry.length + 1)}`;
    return { kind: "docker-hub-website", registry: reference.registry, meant };
  }
  return undefined;
}

/** `docker.io` in another case or with a port: the name of a web site, which serves no registry. */
function isDockerHubWebsite(registry: string): boolean {
  return /^docker\.io(:\d*)?$/i.test(registry);
}

/** What follows the scheme of a URL; a page of Docker Hub becomes the image that it shows. */
function withoutWebPage(rest: string): string {
  const path = withoutEnd(withoutStart(rest, "/"), "/");
  const page = /^hub\.docker\.com\/(?:_|r)\/([^/]+(?:\/[^/]+)?)/.exec(path)?.[1];
  return page ?? path;
}

/** The reference with one slash wherever it had several, and none at its ends; undefined if nothing is left. */
function withSingleSlashes(text: string): string | undefined {
  const meant = text
    .replace(/\/{2,}/g, "/")
    .replace(/^\//, "")
    .replace(/\/(?=$|@|:[^/]*$)/, "");
  return meant === "" ? undefined : meant;
}

/** `domain` of distribution/reference: labels of letters, digits and inner hyphens, or an IPv6 address; digits as port. */
function isRegistryForm(registry: string): boolean {
  const port = portOf(registry);
  const host = hostOf(registry);
  const readable = /^\[[a-fA-F0-9:]+\]$/.test(host) || host.split(".").every(isLabel);
  return readable && (port === undefined || isPort(port));
}

function isLabel(text: string): boolean {
  return /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/.test(text);
}

function isPort(text: string): boolean {
  return text !== "" && Number(text) <= 65_535;
}

/**
 * `path-component` of distribution/reference. A registry that is not a domain but looks like a component (`my_reg.local`)
 * passes for the first part of a path there, so it is not certain to fail.
 */
function isPathComponent(text: string): boolean {
  return /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/.test(text);
}
