// The edit that gives a revision another name, so that Knative accepts a changed template.

import type { Scalar } from "../document/yaml/yamlScalar.ts";
import { hasPlaceholder } from "../image/placeholder.ts";
import type { Change } from "./change.ts";

/** Kubernetes names end here (RFC 1035 label). */
const maxNameLength = 63;

/**
 * Changes the name in place; a name with escapes is rewritten.
 * @param parent the Service's or Configuration's name, null if it is not written.
 * @returns undefined where no other name can be made: a template fills it in, or it has no room.
 */
export function renameRevision(name: Scalar, parent: string | null): Change[] | undefined {
  if (hasPlaceholder(name.text)) return undefined;
  const next = nextRevisionName(name.text, parent);
  if (next === undefined) return undefined;
  if (name.content !== undefined) return [{ ...name.content, text: next }];
  return [{ ...name.span, text: JSON.stringify(next) }];
}

/**
 * The name with the number at its end one higher (`hello-v1` → `hello-v2`), or with `-2` behind it. Digits inside a
 * word (`hello-3f2a91`, a commit) are not numbers. Knative requires the parent's name and a dash in front
 * (pkg/apis/serving/metadata_validation.go `ValidateRevisionName`).
 * @internal Exported for its tests.
 */
export function nextRevisionName(name: string, parent: string | null): string | undefined {
  const prefix = parent === null || !name.startsWith(`${parent}-`) ? "" : `${parent}-`;
  const own = name.slice(prefix.length);
  const match = /^((?:.*[-.])?[a-z]*)(\d+)$/s.exec(own);
  const [front, ending] =
    match === null
      ? [own, "-2"]
      : [match[1] ?? "", String(BigInt(match[2] ?? "0") + 1n).padStart(match[2]?.length ?? 0, "0")];
  const room = maxNameLength - prefix.length - ending.length;
  const kept = front.slice(0, Math.max(0, room));
  const next = `${prefix}${kept}${ending}`;
  // Cut short it may say the same again, or begin with a dash behind the prefix.
  return room < 0 || next === name ? undefined : next.replace(/-{2,}(?=\d+$)/, "-");
}
