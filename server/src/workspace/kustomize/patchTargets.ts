// Which resources a patch is laid over (kustomize `types.Selector`, `resmap.GetById`).

import type { ResourceId } from "../../document/analysis.ts";
import type { PatchTarget } from "../../document/kustomize/kustomizationSource.ts";
import type { LayeredResource } from "./layers.ts";
import { matchesWhole } from "./wholeMatch.ts";

export interface PatchMatch {
  readonly resources: readonly LayeredResource[];
  /** Whether it may match more or less than these. */
  readonly isUncertain: boolean;
}

/** The resources that a target selects. */
export function selected(target: PatchTarget, resources: readonly LayeredResource[]): PatchMatch {
  let isUncertain = target.hasSelectors;
  const fits = (pattern: string | undefined, value: string | null): boolean => {
    if (pattern === undefined || pattern === value) return true;
    const matches = matchesWhole(pattern, value ?? "");
    if (matches === undefined) isUncertain = true;
    return matches ?? true;
  };
  const found = resources.filter(({ id, madeNames }) => {
    const { group, version } = apiParts(id);
    return (
      fits(target.kind, id.kind) &&
      [id.name, ...madeNames].some((name) => fits(target.name, name)) &&
      fits(target.group, group) &&
      fits(target.version, version) &&
      (fits(target.namespace, id.namespace) || id.namespace === null)
    );
  });
  return { resources: found, isUncertain };
}

/** The resources that a patch names by being one of their kind and name. */
export function named(id: ResourceId, resources: readonly LayeredResource[]): PatchMatch {
  const group = apiParts(id).group;
  const found = resources.filter(
    ({ id: other, madeNames }) =>
      other.kind === id.kind &&
      (other.name === id.name || madeNames.includes(id.name ?? "")) &&
      apiParts(other).group === group &&
      (other.namespace === id.namespace || other.namespace === null || id.namespace === null),
  );
  return { resources: found, isUncertain: false };
}

function apiParts({ apiVersion }: ResourceId): { group: string; version: string } {
  const [first = "", second] = (apiVersion ?? "").split("/");
  return second === undefined ? { group: "", version: first } : { group: first, version: second };
}
