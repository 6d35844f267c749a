// Whether applying a file changes the template of a resource in the cluster: Knative makes a Revision only then.

import { isRecord } from "../base/record.ts";
import { hasPlaceholder } from "../image/placeholder.ts";
import type { YamlNode } from "../document/yaml/yamlDocument.ts";

/** `unknown`: the file has placeholders, or something that somebody else may have written into the cluster. */
export type TemplateChange = "same" | "different" | "unknown";

/** The template of a Service or a Configuration in the cluster. */
export interface ClusterTemplate {
  /** `spec.template` */
  readonly live: unknown;
  /** The same as `kubectl apply` got it last, with which it tells what was removed since; undefined if it was not used. */
  readonly applied: unknown;
}

/**
 * Compares as `kubectl apply` and Knative do together: what the file says is written over what is there, and what was
 * applied before and is gone from the file is removed; Knative fills in its defaults and makes a Revision if something
 * is another then (serving pkg/reconciler/configuration/configuration.go `latestCreatedRevision`,
 * apimachinery pkg/util/jsonmergepatch: a list of a custom resource is written as a whole).
 * @param written `spec.template` in the file
 */
export function templateChange(
  written: YamlNode,
  { live, applied }: ClusterTemplate,
): TemplateChange {
  return nodeChange(written, { live, applied, isInList: false, isQuantity: false });
}

interface Place {
  readonly live: unknown;
  readonly applied: unknown;
  readonly isInList: boolean;
  /** Whether scalars here are quantities, of which `1` and `1000m` are the same. */
  readonly isQuantity: boolean;
}

function nodeChange(written: YamlNode, place: Place): TemplateChange {
  const scalar = written.scalar();
  if (scalar !== undefined) return scalarChange(scalar.text, place);
  return written.isMap() ? mapChange(written, place) : listChange(written.items(), place);
}

function mapChange(written: YamlNode, place: Place): TemplateChange {
  const { live, applied } = place;
  if (live !== undefined && !isRecord(live)) return "different";
  const entries = written.entries();
  const keys = new Set(entries.map(({ key }) => key.text));
  const change = worst(entries, ({ key: { text: key }, value }) =>
    nodeChange(value, {
      ...{ live: live?.[key], applied: isRecord(applied) ? applied[key] : undefined },
      isInList: place.isInList,
      isQuantity: place.isQuantity || key === "limits" || key === "requests",
    }),
  );
  if (change === "different") return change;
  const extra = Object.entries(live ?? {}).filter(([key]) => !keys.has(key));
  const left = worst(extra, ([key, value]) => extraChange(key, value, place));
  return left === "same" ? change : left;
}

/** What becomes of a field that the file does not have. */
function extraChange(key: string, value: unknown, { applied, isInList }: Place): TemplateChange {
  if (isRecord(applied) && !isEmpty(applied[key])) return "different";
  if (isEmpty(value) || isDefault(key, value)) return "same";
  // Without the last applied text nobody knows whether it was removed; in a list it would be written again.
  return applied === undefined || isInList ? "unknown" : "same";
}

function listChange(items: readonly YamlNode[], { live, applied, isQuantity }: Place) {
  const theirs: readonly unknown[] = Array.isArray(live) ? live : [];
  const before: readonly unknown[] = Array.isArray(applied) ? applied : [];
  if (items.length !== theirs.length) return "different";
  return worst(items, (item, index) =>
    nodeChange(item, {
      ...{ live: theirs[index], applied: before[index] },
      ...{ isInList: true, isQuantity },
    }),
  );
}

function scalarChange(written: string, { live, isQuantity }: Place): TemplateChange {
  if (hasPlaceholder(written)) return "unknown";
  return isSameScalar(written, live, isQuantity) ? "same" : "different";
}

function isSameScalar(written: string, live: unknown, isQuantity: boolean): boolean {
  switch (typeof live) {
    case "string":
      return written === live || (isQuantity && isSameQuantity(written, live));
    case "number":
      return Number(written) === live;
    case "boolean":
      return (live ? yes : no).test(written);
    default:
      // An empty value is left out when Knative writes the resource.
      return isRecord(live) || Array.isArray(live) ? false : nothing.test(written);
  }
}

/** As YAML 1.1 has them, which kubectl reads. */
const yes = /^(?:true|yes|on|y)$/i;
const no = /^(?:false|no|off|n)$/i;
const nothing = /^(?:|~|null|0|false|no|off|n)$/i;

/** The factors of a quantity's suffixes (apimachinery pkg/api/resource/suffix.go). */
const factors: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

function isSameQuantity(a: string, b: string): boolean {
  const [one, other] = [quantity(a), quantity(b)];
  return one !== undefined && other !== undefined && Math.abs(one - other) <= 1e-9 * Math.abs(one);
}

function quantity(text: string): number | undefined {
  const match = /^([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)([a-zA-Z]*)$/.exec(text);
  const [value, factor] = [Number(match?.[1]), factors[match?.[2] ?? "?"]];
  return factor === undefined || !Number.isFinite(value) ? undefined : value * factor;
}

/**
 * The fields that Knative fills in (serving pkg/apis/serving/v1/revision_defaults.go); kn keeps its notes in
 * annotations of its own.
 */
const defaults = new Set([
  ...["containerConcurrency", "timeoutSeconds", "enableServiceLinks", "name", "protocol"],
  ...["responseStartTimeoutSeconds", "idleTimeoutSeconds", "creationTimestamp", "readOnly"],
  ...["periodSeconds", "successThreshold", "failureThreshold", "scheme", "port", "tcpSocket"],
]);

function isDefault(key: string, value: unknown): boolean {
  if (defaults.has(key)) return true;
  if (key.startsWith("client.knative.dev/")) return true;
  // A probe of somebody's own says more.
  const isWhole = key === "readinessProbe" || key === "annotations" || key === "metadata";
  return (
    isWhole && isRecord(value) && Object.entries(value).every(([each, own]) => isDefault(each, own))
  );
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isRecord(value)) return Object.values(value).every(isEmpty);
  return value === undefined || value === null || value === "" || value === 0 || value === false;
}

/** The worst change of several. The first difference decides: aliases can make far more than is written. */
function worst<One>(
  all: readonly One[],
  changeOf: (one: One, index: number) => TemplateChange,
): TemplateChange {
  let found: TemplateChange = "same";
  for (const [index, one] of all.entries()) {
    const change = changeOf(one, index);
    if (change === "different") return change;
    if (change === "unknown") found = change;
  }
  return found;
}
