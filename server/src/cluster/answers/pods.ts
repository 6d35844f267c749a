// What the pods of Revisions run.

import type { ClusterFailure } from "../clusterFailure.ts";
import { listAt, mapAt, nameAt, readList, textAt } from "./kubectlJson.ts";
import { isRecordedDigest } from "./revisions.ts";

/** A container of a pod. */
export interface PodContainer {
  readonly revision: string;
  readonly name: string;
  /** `repository@digest`, as the node's runtime has it. */
  readonly runs: string;
}

/** Reads what the pods of Revisions run. */
export function readPods(text: string): readonly PodContainer[] | ClusterFailure {
  return readList(text, (item) => {
    const labels = mapAt(mapAt(item, "metadata"), "labels");
    const revision = nameAt(labels, "serving.knative.dev/revision");
    if (item["kind"] !== "Pod" || revision === undefined) return [];
    const status = mapAt(item, "status");
    const all = [
      ...listAt(status, "containerStatuses"),
      ...listAt(status, "initContainerStatuses"),
    ];
    return all.flatMap((container) => {
      const name = nameAt(container, "name");
      // `docker-pullable://` is Docker's; an image that was loaded onto the node has no repository.
      const runs = textAt(container, "imageID")?.replace(/^[a-z-]+:\/\//, "");
      return name !== undefined && isRecordedDigest(runs) ? [{ revision, name, runs }] : [];
    });
  });
}
