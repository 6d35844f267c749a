// Services and Configurations as the cluster has them.

import type { ClusterTemplate } from "../appliedTemplate.ts";
import type { ClusterFailure } from "../clusterFailure.ts";
import {
  identity,
  listAt,
  mapAt,
  nameAt,
  parseJson,
  readList,
  textAt,
  type Json,
} from "./kubectlJson.ts";
import { readTemplate, templateContainer, type Template } from "./template.ts";

/** A Service or a Configuration. */
export interface ClusterResource extends Template {
  readonly kind: "Service" | "Configuration";
  readonly namespace: string;
  readonly name: string;
  /** The whole template, to be compared with a file's. */
  readonly template: ClusterTemplate;
  readonly latestCreated: string | undefined;
  readonly latestReady: string | undefined;
  /** Shares of the traffic by Revision, in percent; empty for a Configuration. */
  readonly traffic: ReadonlyMap<string, number>;
}

/** Reads Services and Configurations. */
export function readResources(text: string): readonly ClusterResource[] | ClusterFailure {
  return readList(text, (item) => {
    const kind = textAt(item, "kind");
    const id = identity(item);
    if ((kind !== "Service" && kind !== "Configuration") || id === undefined) return [];
    const status = mapAt(item, "status");
    const template = mapAt(mapAt(item, "spec"), "template");
    if (!isShallow(template)) return [];
    const applied = lastApplied(item);
    return [
      {
        ...{ kind, ...id, template: { live: template, applied } },
        ...readTemplate(mapAt(template, "spec"), templateContainer),
        latestCreated: nameAt(status, "latestCreatedRevisionName"),
        latestReady: nameAt(status, "latestReadyRevisionName"),
        traffic: readTraffic(status),
      },
    ];
  });
}

/** The template that `kubectl apply` wrote last; undefined if it was not used, or if it cannot be compared. */
function lastApplied(item: Json): unknown {
  const annotations = mapAt(mapAt(item, "metadata"), "annotations");
  const text = annotations["kubectl.kubernetes.io/last-applied-configuration"];
  const applied = typeof text === "string" ? parseJson(text) : undefined;
  const template = applied && mapAt(mapAt(applied, "spec"), "template");
  return template && isShallow(template) ? template : undefined;
}

/** Levels of a template at most: what compares it calls itself for each. Those of Knative have about ten. */
const maxNesting = 100;

function isShallow(value: object, levels = maxNesting): boolean {
  if (levels === 0) return false;
  return Object.values(value).every(
    (child: unknown) => typeof child !== "object" || child === null || isShallow(child, levels - 1),
  );
}

function readTraffic(status: Json): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  for (const target of listAt(status, "traffic")) {
    const revision = nameAt(target, "revisionName");
    const percent = target["percent"];
    if (revision === undefined || typeof percent !== "number") continue;
    shares.set(revision, (shares.get(revision) ?? 0) + percent);
  }
  return shares;
}
