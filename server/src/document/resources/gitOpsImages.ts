// The images that Argo CD and Flux hand to kustomize: entries like those of a kustomization, in resources of their own.

import { readImage } from "../../image/placeholder.ts";
import type { ImageOwner, ImageUse } from "../analysis.ts";
import type { ImageScope } from "./imageUses.ts";
import { kustomizeImages, markedOwner } from "../kustomize/kustomization.ts";
import { maxMatches, pathOf, walkPath, type Path } from "./pathWalk.ts";
import type { ResourceId } from "./resourceId.ts";
import { rememberedInComment } from "../tagComment.ts";
import { scalarImage, type WrittenImage } from "../writtenImage.ts";
import type { YamlNode } from "../yaml/yamlDocument.ts";

/** Whether a resource is Flux's Kustomization, which is none of kustomize's own. */
export function isFluxKustomization({ apiVersion, kind }: ResourceId): boolean {
  return (
    kind === "Kustomization" && (apiVersion?.startsWith("kustomize.toolkit.fluxcd.io/") ?? false)
  );
}

/** A part of a resource that Argo CD or Flux hands to kustomize: it may hold `images` and `patches`. */
export interface KustomizePart {
  readonly node: YamlNode;
  /** What its fields' paths begin with: `spec.source.kustomize.` */
  readonly prefix: string;
  readonly tool: "flux" | "argo-cd";
  /** Who writes its images itself, if that is not the user. */
  readonly owner: ImageOwner | undefined;
}

/** The parts of a resource that are handed to kustomize; none of all other kinds. @param cut is called if there are more */
export function kustomizeParts(
  root: YamlNode,
  resource: ResourceId,
  cut: () => void,
): KustomizePart[] {
  if (isFluxKustomization(resource)) {
    const node = root.get("spec");
    return node === undefined ? [] : [{ node, prefix: "spec.", tool: "flux", owner: undefined }];
  }
  if (isHelmRelease(resource)) {
    return walkPath(root, postRenderers, cut).map(({ node, path }) => ({
      ...{ node, prefix: `${path}.`, tool: "flux", owner: undefined },
    }));
  }
  if (resource.apiVersion?.startsWith("argoproj.io/") !== true) return [];
  const owner = imageUpdater(root);
  return (argoParts.get(resource.kind ?? "") ?? [])
    .flatMap((path) => walkPath(root, path, cut))
    .map(({ node, path }) => ({ node, prefix: `${path}.`, tool: "argo-cd", owner }));
}

/** Flux's HelmRelease, whose post-renderers hand what a chart makes to kustomize (fluxcd/helm-controller `api/v2`). */
function isHelmRelease({ apiVersion, kind }: ResourceId): boolean {
  return kind === "HelmRelease" && (apiVersion?.startsWith("helm.toolkit.fluxcd.io/") ?? false);
}

const postRenderers = pathOf("spec.postRenderers[*].kustomize");

/** Argo CD Image Updater, where annotations tell it to update the Application or those that a set makes. */
function imageUpdater(root: YamlNode): ImageOwner | undefined {
  const template = root.get("spec")?.get("template");
  const isUpdaterNamed = [root, template].some((node) =>
    node
      ?.get("metadata")
      ?.get("annotations")
      ?.entries()
      .some(({ key }) => key.text.startsWith("argocd-image-updater.argoproj.io/")),
  );
  return isUpdaterNamed ? { tool: "argocd-image-updater" } : undefined;
}

/** Where an Application holds its sources: one, or several. */
function sourcesOf(application: string): readonly Path[] {
  return ["source", "sources[*]"].map((source) => pathOf(`${application}.${source}.kustomize`));
}

const argoParts: ReadonlyMap<string, readonly Path[]> = new Map([
  ["Application", sourcesOf("spec")],
  [
    "ApplicationSet",
    [...sourcesOf("spec.template.spec"), ...sourcesOf("spec.generators[*].*.template.spec")],
  ],
]);

/**
 * The images of such a part. Nobody sees from here what they reach.
 * Flux's entries have kustomize's fields (fluxcd/kustomize-controller `api/v1` `Images`); Argo CD's are the arguments of
 * `kustomize edit set image` (argo-cd `util/kustomize/kustomize.go`).
 * @param scope its paths begin with the part's
 */
export function gitOpsImages({ node, tool, owner }: KustomizePart, scope: ImageScope): ImageUse[] {
  if (tool === "flux") return kustomizeImages(node, scope);
  const items = node.get("images")?.items() ?? [];
  return items
    .slice(0, maxMatches)
    .flatMap((item, index) =>
      argoImage(item, `${scope.pathPrefix}images[${index}]`, { ...scope, owner }),
    );
}

/**
 * `[name=]image[:tag][@digest]`; none where it names no version, since the manifest's stays.
 * A pin of `image:tag` needs kustomize 5.2 or newer, which splits tag and digest.
 */
function argoImage(node: YamlNode, path: string, scope: ImageScope): ImageUse[] {
  const scalar = node.scalar();
  if (scalar === undefined) return [];
  const nameEnd = scalar.text.indexOf("=") + 1;
  const text = scalar.text.slice(nameEnd);
  const reference = readImage(text, scope.grammar);
  const isVersioned = /[:@]/.test(text.slice(Math.max(0, text.indexOf("/"))));
  if (!isVersioned && reference.kind !== "placeholder") return [];
  const image = scalarImage(reference, scalar, node.place);
  const written: WrittenImage = {
    ...image,
    // The name in front is a stretch of the scalar that the reference does not have.
    parts: image.parts.map((part) => ({ ...part, at: { start: -nameEnd, end: text.length } })),
    remembered:
      reference.kind === "digest" && reference.tag === undefined && scalar.style !== "block"
        ? rememberedInComment(
            scalar.span.end,
            scope.text,
            `${reference.registry}/${reference.repository}`,
          )
        : undefined,
  };
  const use: ImageUse = {
    ...written,
    role: "kustomize",
    platform: "knative",
    resource: scope.resource,
    container: null,
    pullPolicy: undefined,
    path,
    revisionName: undefined,
    owner: scope.owner ?? markedOwner(written, scope.text),
  };
  return [use];
}
