// What a kustomization's entry names, among the files that are known.

import { withoutEnd } from "../../image/trim.ts";
import { kustomizationNames } from "../../paths/fileNames.ts";
import type { FileAnalysis } from "../../document/analysis.ts";
import { hasPlaceholder } from "../../image/placeholder.ts";
import { relativeUri } from "../relativeUri.ts";

export type Included =
  | { readonly kind: "file"; readonly uri: string; readonly analysis: FileAnalysis }
  | { readonly kind: "kustomization"; readonly uri: string }
  /** Remote, missing, templated, or not read. */
  | { readonly kind: "unseen" };

/** The URIs that a name may mean, seen from a kustomization; empty for what is remote or a template. */
export function candidateUris(kustomization: string, name: string): readonly string[] {
  if (!isLocalName(name)) return [];
  const uri = relativeUri(kustomization, withoutEnd(name, "/"));
  const isFile = /\.(?:ya?ml|json)$/i.test(name);
  return isFile ? [uri] : kustomizationNames.map((file) => `${uri}/${file}`);
}

/** Whether a name can be followed: URLs, repositories and absolute paths are not. */
function isLocalName(name: string): boolean {
  if (name === "" || name.length > 1000 || hasPlaceholder(name)) return false;
  return !/^[a-z][a-z0-9+.-]*:|^\/|\/\/|\?|[\n\\]|^git@|^[\w.-]+\.(?:com|org|io)\//i.test(name);
}
