// The page of an image on its registry's web site, where one is known.

import { dockerHub, type ValidReference } from "../image/imageReference.ts";

/** A part of a repository's path, as the distribution spec has it. */
const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

type Page = (repository: string) => string | undefined;

const pages: Readonly<Record<string, Page>> = {
  [dockerHub]: (repository) =>
    repository.startsWith("library/")
      ? `https://hub.docker.com/_/${repository.slice("library/".length)}`
      : `https://hub.docker.com/r/${repository}`,
  "quay.io": (repository) => `https://quay.io/repository/${repository}`,
  "ghcr.io": (repository) => `https://ghcr.io/${repository}`,
  "public.ecr.aws": (repository) => `https://gallery.ecr.aws/${repository}`,
  "mcr.microsoft.com": (repository) => `https://mcr.microsoft.com/artifact/mar/${repository}/about`,
};

/** The address of a page for people; undefined for registries that have none. */
export function registryPage({ registry, repository }: ValidReference): string | undefined {
  // Only what a repository may be made of goes into an address.
  if (!repository.split("/").every((part) => component.test(part))) return undefined;
  if (/^(?:[a-z0-9-]+-docker\.pkg\.dev|(?:(?:us|eu|asia)\.)?gcr\.io)$/.test(registry))
    return `https://${registry}/${repository}`;
  return Object.hasOwn(pages, registry) ? pages[registry]?.(repository) : undefined;
}
