// The edit that gives a revision another name, so that Knative accepts a changed template.

import type { Scalar } from "../document/yamlDocument.ts";
import type { Change } from "./change.ts";

/** Kubernetes names end here (RFC 1123 label). */
const maxNameLength = 63;

/** Changes the name in place; an escaped one is written anew. */
export function renameRevision(name: Scalar): readonly Change[] {
  const next = nextRevisionName(name.text);
  if (name.content !== undefined) return [{ ...name.content, text: next }];
  return [{ ...name.span, text: JSON.stringify(next) }];
}

/** The name with its last number one higher (`hello-v1` → `hello-v2`), or with `-2` behind it. */
export function nextRevisionName(name: string): string {
  const match = /^(.*?)(\d+)$/s.exec(name);
  if (match?.[1] === undefined || match[2] === undefined) {
    return `${name.slice(0, maxNameLength - 2)}-2`;
  }
  const number = String(BigInt(match[2]) + 1n).padStart(match[2].length, "0");
  return `${match[1].slice(0, maxNameLength - number.length)}${number}`;
}
