// What is known of a cluster now, as findings and views ask for it.

import type { ImageUse } from "../document/analysis.ts";
import type { NamespaceAnswer } from "./askCluster.ts";
import type { ClusterConfig } from "./answers/config.ts";
import { clusterImage, clusterTarget, type ClusterImage, type TemplateOf } from "./clusterImage.ts";

/** Snapshots: neither asks anything. */
export interface ClusterKnown {
  /** Knative's configuration; undefined while it is not known. */
  readonly config: ClusterConfig | undefined;
  /**
   * What the cluster says of an image; undefined where that is not known or no cluster is asked about it.
   * @property templateOf finds the template of an image in its file
   */
  readonly image: (use: ImageUse, templateOf: TemplateOf) => ClusterImage | undefined;
}

/** @param answerOf what a namespace answered, by its name; the empty one is that of the context */
export function clusterKnown(
  context: string,
  config: ClusterConfig | undefined,
  answerOf: (namespace: string) => NamespaceAnswer | undefined,
): ClusterKnown {
  /** A use ends with its document's text: until then an answer of a registry changes nothing here. */
  const compared = new WeakMap<ImageUse, ClusterImage>();
  return {
    config,
    image(use, templateOf) {
      const target = clusterTarget(use);
      if (target === undefined) return undefined;
      const answer = answerOf(target.namespace);
      if (answer?.kind !== "facts") return undefined;
      const image = compared.get(use) ?? clusterImage(use, target, answer, { context, templateOf });
      compared.set(use, image);
      return image;
    },
  };
}
