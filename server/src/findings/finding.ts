// What is worth saying about a document.

import type { FileSpan, Span } from "../document/span.ts";
import type { Change, FileChange } from "../edits/change.ts";
import type { Severity } from "../settings.ts";
import type { FindingCode } from "./findingCodes.ts";

/** Another place that explains a finding. */
export interface RelatedPlace {
  readonly uri: string;
  /** Counts in that file's `text`. */
  readonly span: FileSpan;
  readonly text: string;
  readonly message: string;
}

/** A change that fixes a finding. */
export interface Fix {
  readonly title: string;
  /** Changes of the document that the finding stands in, counted from its beginning. */
  readonly changes: readonly Change[];
  /** Changes of another file, counted from the file's beginning. */
  readonly elsewhere?: OtherFileChange;
  readonly isPreferred: boolean;
}

export interface OtherFileChange {
  readonly uri: string;
  readonly text: string;
  readonly changes: readonly FileChange[];
}

export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** One sentence: editors show it above the hover. */
  readonly message: string;
  /** Offsets in the YAML document that it stands in. */
  readonly span: Span;
  readonly related: readonly RelatedPlace[];
  readonly fixes: readonly Fix[];
}
