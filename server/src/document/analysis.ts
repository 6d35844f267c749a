// What a YAML document says, as plain values: no node of the parser is kept.

import type { ImageRole, Platform } from "../knative/outcome.ts";
import type { PiecedText } from "./yaml/piecedText.ts";
import type { ChartFile, ChartParts } from "./helm/chartParts.ts";
import type { ResourceId } from "./resources/resourceId.ts";
import type { FileOffset, Span } from "./span.ts";
import type { KustomizationSource } from "./kustomize/kustomizationSource.ts";
import type { WrittenImage } from "./writtenImage.ts";
import type { Scalar } from "./yaml/yamlScalar.ts";
import type { SyntaxProblem } from "./yaml/yamlTokens.ts";

export type { ResourceId } from "./resources/resourceId.ts";

/** One use of an image. Spans count from the beginning of the YAML document it stands in. */
export interface ImageUse extends WrittenImage {
  readonly role: ImageRole;
  /** Who runs it. */
  readonly platform: Platform;
  readonly resource: ResourceId;
  /** Whether KServe's configuration decides whether Knative runs it, since the resource says no deployment mode. */
  readonly followsKserveDefault?: boolean;
  /** The container's name; null where there is none. */
  readonly container: string | null;
  /** The container's `imagePullPolicy`, if it is written. */
  readonly pullPolicy: string | undefined;
  /** `spec.template.spec.containers[0].image` */
  readonly path: string;
  /** What kustomizations make of the resource's name and namespace, if they include it. */
  readonly appliedAs?: AppliedAs;
  /** The revision's own name, if the template sets one. */
  readonly revisionName: Scalar | undefined;
  /** Whether it names another image and no version: that of what a kustomization includes stays. */
  readonly keepsVersion?: boolean;
  /** The lines of templates that make it of values of a chart, if they do. */
  readonly madeBy?: readonly FilePlace[];
  /** The tool that writes this image itself: nothing here may change it. */
  readonly owner: ImageOwner | undefined;
}

/** The name and the namespace of a resource once it is applied; `several` if it is applied under more than one. */
export type AppliedAs = Pick<ResourceId, "name" | "namespace"> | "several";

/** A line of a file. */
export interface FilePlace {
  /** The file's URI, or its path on the command line. */
  readonly uri: string;
  /** Counted from 1. */
  readonly line: number;
}

/** A tool whose edits of an image are not ours to make. */
export type ImageOwner =
  /** knative/func builds the image and writes its name and digest into func.yaml. */
  | { readonly tool: "func" }
  /** Argo CD Image Updater, whose annotations the Application has: it writes the Application's images. */
  | { readonly tool: "argocd-image-updater" }
  /** A marker in a comment: Flux, kpt or kustomize's own setters rewrite the field. */
  | { readonly tool: "flux" | "setter"; readonly marker: string };

/** One key of `config-deployment`. */
export interface ConfigEntry {
  readonly key: Scalar;
  /** Undefined if the value is a map or a sequence, which the API server refuses. */
  readonly value: Scalar | undefined;
  /** The scalars of a sequence; undefined for everything else. */
  readonly items: readonly Scalar[] | undefined;
  /** Where the value stands. */
  readonly place: Span;
}

/** Where settings of `config-deployment` stand that Knative never looks for. */
export type ConfigMisplacement =
  /** In another ConfigMap of Knative. */
  | "other-config-map"
  /** In a KnativeServing, but not under `spec.config.deployment`. */
  | "other-level"
  /** In a KnativeServing that has both names of the map, but not under the full one, which alone is read. */
  | "overruled-level"
  /** `spec.registry.override.queue-proxy`, which changes the caching image alone. */
  | "registry-override";

/** A `config-deployment` ConfigMap, a KnativeServing resource that sets its keys, or what was meant as one. */
export interface ConfigSource {
  readonly origin: "config-map" | "knative-serving";
  /** Set where Knative never reads these entries. */
  readonly misplaced: ConfigMisplacement | undefined;
  readonly resource: ResourceId;
  readonly entries: readonly ConfigEntry[];
  /** The map the entries stand in; undefined if there is none. */
  readonly place: Span | undefined;
  /** Where the resource's name or kind stands: for findings about it as a whole. */
  readonly heading: Span;
  /** The resource's namespace as it is written. */
  readonly namespace: Scalar | undefined;
  /** Whether all entries are known: nothing is broken or still to be filled in. */
  readonly isComplete: boolean;
  /** The Knative release that the resource says it belongs to, `1.8.0`. */
  readonly release: string | undefined;
  /** The annotation `knative.dev/example-checksum`. */
  readonly checksum: Scalar | undefined;
}

/** A Secret of a pull-secret type. Its text is a secret: it is validated, never shown. */
export interface PullSecretSource {
  readonly resource: ResourceId;
  readonly type: "kubernetes.io/dockerconfigjson" | "kubernetes.io/dockercfg";
  readonly field: "data" | "stringData";
  readonly value: Scalar;
}

/** The pull secrets that a resource names: Knative signs in with them for its images. */
export interface NamedPullSecrets {
  readonly resource: ResourceId;
  /** In the order of `imagePullSecrets`. */
  readonly names: readonly Scalar[];
}

/** `# knative-digest: ignore <reason>` */
export interface IgnoreComment {
  readonly span: Span;
  /** What stands behind `ignore`; empty if no reason is given. */
  readonly reason: string;
  /** The line it speaks of: its own, or the next one if it stands alone. */
  readonly covers: Span;
  /** What goes with it: the white space in front of it, or its whole line if it stands alone. */
  readonly removal: Span;
}

/** Everything a YAML document says that matters to Knative and images. */
export interface DocumentAnalysis {
  /** In the order of the text. */
  readonly images: readonly ImageUse[];
  readonly configs: readonly ConfigSource[];
  readonly pullSecrets: readonly PullSecretSource[];
  readonly namedPullSecrets: readonly NamedPullSecrets[];
  /** What it includes and changes, if it is a kustomization. */
  readonly kustomization: KustomizationSource | undefined;
  /** The resources that it holds, with or without images. */
  readonly resources: readonly ResourceId[];
  /** The registries that a ConfigMap `local-registry-hosting` names (KEP-1755). */
  readonly localRegistries: readonly string[];
  /** The default deployment modes that KServe's configuration sets. */
  readonly kserveModes: readonly string[];
  readonly ignores: readonly IgnoreComment[];
  /** What it says as a part of a Helm chart; undefined if its file is none of a chart's. */
  readonly chart: ChartDocument | undefined;
  readonly syntaxProblems: readonly SyntaxProblem[];
  /** The document's text, kept only where values of a configuration or a secret are validated. */
  readonly text: string | undefined;
}

/** What a document of a chart's file says. */
export interface ChartDocument {
  readonly file: ChartFile;
  readonly parts: ChartParts;
}

/** A document's analysis and where the document begins in its file. */
export interface FilePart {
  readonly start: FileOffset;
  readonly end: FileOffset;
  readonly document: DocumentAnalysis;
}

/** A file cut into its documents: an edit rebuilds only the parts that it touches. */
export interface FileAnalysis extends PiecedText {
  readonly parts: readonly FilePart[];
}
