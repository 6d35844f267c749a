// Our places, changes and findings as LSP has them.

import type {
  AnnotatedTextEdit,
  CreateFile,
  Diagnostic,
  Position,
  Range,
  TextEdit,
  WorkspaceEdit,
} from "vscode-languageserver";
import { CodeActionKind, DiagnosticSeverity } from "./lspLibrary.ts";
import { TextDocument } from "vscode-languageserver-textdocument";
import { fileOffset, type FileOffset, type FileSpan } from "../document/span.ts";
import { inOrder, type FileChange } from "../edits/change.ts";
import type { Finding, RelatedPlace } from "../findings/finding.ts";
import { documentationUrl } from "../findings/findingCodes.ts";
import { fileFindings, type FileReading } from "../findings/reading.ts";
import type { Severity } from "../settings.ts";
import type { ClientProfile } from "./clientProfile.ts";

/** On save: never under `source.fixAll`, so that nobody's images change by surprise. */
export const pinImagesKind = "source.pinImages.knativeDigest";

export const actionKinds = [
  CodeActionKind.QuickFix,
  CodeActionKind.RefactorRewrite,
  pinImagesKind,
] as const;

export function rangeOf(document: TextDocument, span: FileSpan): Range {
  return { start: positionOf(document, span.start), end: positionOf(document, span.end) };
}

export function positionOf(document: TextDocument, offset: FileOffset): Position {
  return document.positionAt(offset);
}

export function offsetOf(document: TextDocument, position: Position): FileOffset {
  return fileOffset(document.offsetAt(position));
}

export function fileSpanOf(document: TextDocument, range: Range): FileSpan {
  return { start: offsetOf(document, range.start), end: offsetOf(document, range.end) };
}

export function textEdits(document: TextDocument, changes: readonly FileChange[]): TextEdit[] {
  return inOrder(changes).map((change) => ({
    range: rangeOf(document, change),
    newText: change.text,
  }));
}

/** A document's changes; its version says what they were made for, where the client looks at versions. */
export interface DocumentChanges {
  readonly document: TextDocument;
  /** Null for a file that is not open. */
  readonly version: number | null;
  readonly changes: readonly FileChange[];
  /** Changes that are made only if the user is asked and wants them. */
  readonly optional?: readonly FileChange[];
}

/** How the user is asked before changes are made. */
export interface EditConsent {
  /** What the changes are, in a preview. */
  readonly label: string;
  readonly optionalLabel: string;
  /** Whether the user should see all changes before they are made. */
  readonly preview: boolean;
}

/** Annotations, by what a preview groups. */
const annotationIds = { all: "knative-digest", optional: "knative-digest-optional" } as const;

export function workspaceEdit(
  all: readonly DocumentChanges[],
  profile: ClientProfile,
  consent?: EditConsent,
): WorkspaceEdit {
  if (!profile.documentChanges) {
    return {
      changes: Object.fromEntries(
        all.map(({ document, changes }) => [document.uri, textEdits(document, changes)]),
      ),
    };
  }
  if (consent === undefined || !profile.changeAnnotations) {
    return {
      documentChanges: all.map(({ document, version, changes }) => ({
        textDocument: { uri: document.uri, version },
        edits: textEdits(document, changes),
      })),
    };
  }
  return annotatedEdit(all, profile, consent);
}

function annotatedEdit(
  all: readonly DocumentChanges[],
  profile: ClientProfile,
  { label, optionalLabel, preview }: EditConsent,
): WorkspaceEdit {
  const isOptional = all.some(({ optional }) => optional !== undefined && optional.length > 0);
  const trigger = preview && !isOptional && profile.isOwnClient ? previewTrigger(all, profile) : [];
  const needsConfirmation = preview && !profile.isOwnClient;
  return {
    documentChanges: [
      ...trigger,
      ...all.map(({ document, version, changes, optional = [] }) => ({
        textDocument: { uri: document.uri, version },
        edits: [
          ...annotated(document, changes, annotationIds.all),
          ...annotated(document, optional, annotationIds.optional),
        ],
      })),
    ],
    changeAnnotations: {
      [annotationIds.all]: { label, needsConfirmation },
      [annotationIds.optional]: { label: optionalLabel, needsConfirmation: true },
    },
  };
}

function annotated(
  document: TextDocument,
  changes: readonly FileChange[],
  annotationId: string,
): AnnotatedTextEdit[] {
  return textEdits(document, changes).map((edit) => ({ ...edit, annotationId }));
}

/**
 * VS Code opens its preview if one change needs confirmation, and leaves exactly those unticked: users would have to
 * tick every file. So the one that needs it is the creation of a file that is there already, which it neither shows
 * nor makes, and all others stand ticked in the preview.
 */
function previewTrigger(all: readonly DocumentChanges[], profile: ClientProfile): CreateFile[] {
  const uri = all.map(({ document }) => document.uri).find((each) => each.startsWith("file:"));
  if (uri === undefined || !profile.createsFiles) return [];
  const options = { ignoreIfExists: true };
  return [{ kind: "create", uri, options, annotationId: annotationIds.optional }];
}

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/**
 * All findings of a file as diagnostics, whole: a client that says nothing of links and related places leaves out what
 * it does not know, and many that show them do not say so.
 */
export function diagnosticsOf(reading: FileReading, document: TextDocument): Diagnostic[] {
  const others = new Map<string, TextDocument>();
  const range = (place: RelatedPlace): Range => {
    const other = others.get(place.uri) ?? TextDocument.create(place.uri, "yaml", 0, place.text);
    others.set(place.uri, other);
    return rangeOf(other, place.span);
  };
  return fileFindings(reading).map(({ finding, span }) => ({
    range: rangeOf(document, span),
    severity: severities[finding.severity],
    source: "knative-digest",
    code: finding.code,
    message: finding.message,
    codeDescription: { href: documentationUrl(finding.code) },
    ...related(finding, range),
  }));
}

function related(
  finding: Finding,
  range: (place: RelatedPlace) => Range,
): Pick<Diagnostic, "relatedInformation"> {
  if (finding.related.length === 0) return {};
  return {
    relatedInformation: finding.related.map((place) => ({
      location: { uri: place.uri, range: range(place) },
      message: place.message,
    })),
  };
}
