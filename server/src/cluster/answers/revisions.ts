// Revisions as the cluster has them: what each container became, and which conditions are not met.

import type { ClusterFailure } from "../clusterFailure.ts";
import { identity, listAt, mapAt, readList, textAt, timeAt, type Json } from "./kubectlJson.ts";
import {
  readTemplate,
  templateContainer,
  type Template,
  type TemplateContainer,
} from "./template.ts";

/** A container of a Revision, with what it became. */
export interface RevisionContainer extends TemplateContainer {
  /** `repository@digest`; undefined where none is recorded (a skipped tag). */
  readonly runs: string | undefined;
}

/** A condition that is not met. */
export interface UnmetCondition {
  /** `False` or `Unknown`. */
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** Milliseconds since 1970. */
  readonly since: number | undefined;
}

export interface ClusterRevision extends Template<RevisionContainer> {
  readonly namespace: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly created: number | undefined;
  readonly isReady: boolean;
  /** Those of `Ready`, `ContainerHealthy` and `ResourcesAvailable` that are not met. */
  readonly unmet: readonly UnmetCondition[];
}

/** Reads Revisions. */
export function readRevisions(text: string): readonly ClusterRevision[] | ClusterFailure {
  return readList(text, (item) => {
    const id = identity(item);
    if (item["kind"] !== "Revision" || id === undefined) return [];
    const status = mapAt(item, "status");
    const recorded = recordedDigests(status);
    const conditions = listAt(status, "conditions");
    return [
      {
        ...id,
        ...readTemplate(mapAt(item, "spec"), (container, index, isInit) => ({
          ...templateContainer(container),
          runs: recorded(textAt(container, "name"), index, isInit),
        })),
        created: timeAt(mapAt(item, "metadata"), "creationTimestamp"),
        isReady: conditions.some((each) => each["type"] === "Ready" && each["status"] === "True"),
        unmet: conditions.flatMap(unmetCondition),
      },
    ];
  });
}

/**
 * The digests that a Revision's status records, by the container's name, else by its place: they are in the order of
 * the spec (serving pkg/reconciler/revision/revision.go `reconcileDigest`).
 */
function recordedDigests(
  status: Json,
): (name: string | undefined, index: number, isInit: boolean) => string | undefined {
  const containers = listAt(status, "containerStatuses");
  const initContainers = listAt(status, "initContainerStatuses");
  return (name, index, isInit) => {
    const list = isInit ? initContainers : containers;
    const entry = list.find((each) => each["name"] === name) ?? list[index];
    const recorded = textAt(entry ?? {}, "imageDigest");
    return isRecordedDigest(recorded) ? recorded : undefined;
  };
}

/** Whether a text is `repository@digest`. */
export function isRecordedDigest(text: string | undefined): text is string {
  return text !== undefined && /^[^\s@]+@sha256:[0-9a-f]{64}$/.test(text);
}

const imageConditions: readonly unknown[] = ["Ready", "ContainerHealthy", "ResourcesAvailable"];

function unmetCondition(condition: Json): readonly UnmetCondition[] {
  const status = textAt(condition, "status") ?? "";
  if (status === "True" || !imageConditions.includes(condition["type"])) return [];
  return [
    {
      status,
      reason: textAt(condition, "reason") ?? "",
      message: textAt(condition, "message") ?? "",
      since: timeAt(condition, "lastTransitionTime"),
    },
  ];
}
