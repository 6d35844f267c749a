// The inputs of findings other than the document, and how a finding is made.

import { partAt, spanOf } from "../document/writtenImage.ts";
import type { Settings, Severity } from "../settings.ts";
import type { LocatedIntention } from "../workspace/intentions.ts";
import type { WorkspaceFacts } from "../workspace/workspaceFacts.ts";
import type { Finding, Fix, RelatedPlace } from "./finding.ts";
import { severityOf, type FindingCode } from "./findingCodes.ts";
import type { ImageState, Known } from "./imageState.ts";

/** Inputs of findings other than the document. */
export interface FindingContext {
  readonly settings: Settings;
  readonly facts: WorkspaceFacts;
  /** Skips in the workspace that were intended but have no effect. */
  readonly intentions: readonly LocatedIntention[];
  /** What a cluster says of its own configuration. */
  readonly known?: Pick<Known, "cluster">;
}

/** Codes about Knative's skip list and controller, which Cloud Run does not have. */
const knativeOnly: readonly string[] = [
  "registry-skipped",
  "skip-not-effective",
  "side-loaded-latest",
  "loopback-registry",
  "no-digest-header",
  "controller-cannot-resolve",
];

interface Draft {
  readonly message: string;
  readonly related?: readonly RelatedPlace[];
  readonly fixes?: readonly Fix[];
  /** The severity where the setting says nothing, if it is not the code's own. */
  readonly severity?: Severity;
  /** The offset in the reference's text that it is about, where that is not the whole image. */
  readonly at?: number;
}

/** A finding about a use; none if its code is switched off. */
export function useFinding(
  code: FindingCode,
  state: ImageState,
  context: FindingContext,
  draft: Draft,
): Finding[] {
  if (state.use.platform === "cloud-run" && knativeOnly.includes(code)) return [];
  const severity = severityOf(code, context.settings, draft.severity);
  if (severity === "off") return [];
  return [
    {
      code,
      severity,
      message: draft.message,
      span: spanOf(state.use, draft.at === undefined ? undefined : partAt(state.use, draft.at)),
      related: draft.related ?? [],
      fixes: draft.fixes ?? [],
    },
  ];
}
