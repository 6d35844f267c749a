// What a kustomization puts together: what it includes, and what it lays over that.

import type { YamlNode } from "../yaml/yamlDocument.ts";
import type { Scalar } from "../yaml/yamlScalar.ts";

/** A kustomization, as far as it decides which images come out. */
export interface KustomizationSource {
  /** Whether it is a `Component`, which changes what includes it. */
  readonly isComponent: boolean;
  /** `resources` and `bases`, as they are named. */
  readonly resources: readonly string[];
  readonly components: readonly string[];
  readonly patches: readonly KustomizePatch[];
  readonly images: readonly ImageRule[];
  readonly replacements: readonly KustomizeReplacement[];
  /** What it puts before and behind the names of resources. */
  readonly prefix: string;
  readonly suffix: string;
  /** The namespace that it puts resources into; empty if it leaves theirs. */
  readonly namespace: string;
  /** Whether it makes resources that are not seen here: from charts, generators, transformers. */
  readonly hasUnseen: boolean;
  /** Whether it says itself which fields hold images, next to the containers' own. */
  readonly hasOwnFields: boolean;
}

/** An item of `replacements`: what it writes into. */
export interface KustomizeReplacement {
  /** The file that holds it, as it is named; undefined if it stands here. */
  readonly file: string | undefined;
  /** What is written, for people: `ConfigMap/images data.web`. */
  readonly source: string;
  readonly targets: readonly ReplacementTarget[];
}

export interface ReplacementTarget {
  readonly select: PatchTarget;
  /** `spec.template.spec.containers.0.image`, each of its steps. */
  readonly fieldPaths: readonly (readonly string[])[];
}

/** A patch. An inline one's images stand in the kustomization itself. */
export interface KustomizePatch {
  /** The file as it is named; undefined for an inline patch. */
  readonly file: string | undefined;
  /** What the paths of an inline patch's images begin with: `patches[0].patch`. */
  readonly path: string;
  /** What it is laid over; undefined where the patch itself names its resource. */
  readonly target: PatchTarget | undefined;
}

/** Which resources a patch is for; each text is a regular expression over the whole name (kustomize `types.Selector`). */
export interface PatchTarget {
  readonly group: string | undefined;
  readonly version: string | undefined;
  readonly kind: string | undefined;
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  /** Whether labels or annotations narrow it further, which are not looked at. */
  readonly hasSelectors: boolean;
}

/** An entry of `images:`, whether or not it names a version. */
export interface ImageRule {
  /** `images[0]` */
  readonly path: string;
  readonly name: string;
  readonly newName: string | undefined;
  readonly newTag: string | undefined;
  readonly digest: string | undefined;
  readonly tagSuffix: string | undefined;
}

/** Fields that make resources, or change images, in ways that are not followed. */
const unseenFields: readonly string[] = [
  "generators",
  "transformers",
  "helmCharts",
  "helmChartInflationGenerator",
];

/** Entries read in one list of a kustomization at most. */
const maxEntries = 5000;

export function readKustomization(root: YamlNode): KustomizationSource {
  return {
    isComponent: root.get("kind")?.text() === "Component",
    resources: [...names(root, "resources"), ...names(root, "bases")],
    components: names(root, "components"),
    patches: [
      ...listed(root, "patchesStrategicMerge", (item, path) => patchOf(item.text(), path)),
      ...listed(root, "patches", (item, path) => patchItem(item, path)),
      ...listed(root, "patchesJson6902", (item, path) => patchItem(item, path)),
    ],
    images: listed(root, "images", imageRule),
    replacements: listed(root, "replacements", replacement),
    prefix: root.get("namePrefix")?.text() ?? "",
    suffix: root.get("nameSuffix")?.text() ?? "",
    namespace: root.get("namespace")?.text() ?? "",
    hasUnseen: unseenFields.some((field) => root.get(field) !== undefined),
    hasOwnFields: root.get("configurations") !== undefined,
  };
}

/** The replacements that a file of its own holds: one, or a list of them. */
export function readReplacements(root: YamlNode): KustomizeReplacement[] {
  const items = root.isMap() ? [root] : root.items();
  return items.slice(0, maxEntries).map(replacement);
}

function replacement(item: YamlNode): KustomizeReplacement {
  const source = item.get("source");
  const field = (key: string): string => source?.get(key)?.scalar()?.text ?? "";
  const targets = (item.get("targets")?.items() ?? []).map((target): ReplacementTarget => {
    const paths = target.get("fieldPaths")?.items() ?? [];
    return {
      select: targetOf(target.get("select")) ?? anything,
      fieldPaths: paths.map((path) => fieldSteps(path.text() ?? "")),
    };
  });
  return {
    file: item.get("path")?.text(),
    source: `${field("kind")}/${field("name")} ${field("fieldPath")}`,
    targets,
  };
}

/**
 * The steps of a field's path: dots part them, but not those behind a backslash or inside brackets
 * (kustomize `kyaml/utils/pathsplitter.go` `SmarterPathSplitter`).
 */
function fieldSteps(path: string): string[] {
  const steps = path.slice(0, 1000).match(/(?:\\.|\[[^\]]*\]|[^.\\[])+/g) ?? [];
  return steps.map((step) => step.replace(/\\(.)/g, "$1"));
}

function listed<Value>(
  root: YamlNode,
  field: string,
  read: (item: YamlNode, path: string) => Value | undefined,
): Value[] {
  const items = root.get(field)?.items() ?? [];
  return items.slice(0, maxEntries).flatMap((item, index) => {
    const value = read(item, `${field}[${index}]`);
    return value === undefined ? [] : [value];
  });
}

function names(root: YamlNode, field: string): string[] {
  return listed(root, field, (item) => item.text());
}

/** An item of `patchesStrategicMerge` is a file's name or the patch itself. */
function patchOf(text: string | undefined, path: string): KustomizePatch | undefined {
  if (text === undefined) return undefined;
  const isInline = text.includes("\n") || /^\s*\{/.test(text);
  return { file: isInline ? undefined : text, path, target: undefined };
}

function patchItem(item: YamlNode, path: string): KustomizePatch {
  return {
    file: item.get("path")?.text(),
    path: `${path}.patch`,
    target: targetOf(item.get("target")),
  };
}

const anything: PatchTarget = {
  ...{
    group: undefined,
    version: undefined,
    kind: undefined,
    name: undefined,
    namespace: undefined,
  },
  hasSelectors: false,
};

function targetOf(node: YamlNode | undefined): PatchTarget | undefined {
  if (node === undefined) return undefined;
  const field = (key: string): string | undefined => {
    const text = node.get(key)?.scalar()?.text;
    return text === "" ? undefined : text;
  };
  return {
    group: field("group"),
    version: field("version"),
    kind: field("kind"),
    name: field("name"),
    namespace: field("namespace"),
    hasSelectors: field("labelSelector") !== undefined || field("annotationSelector") !== undefined,
  };
}

function imageRule(item: YamlNode, path: string): ImageRule | undefined {
  const field = (key: string): string | undefined => {
    const scalar = item.get(key)?.scalar();
    return scalar === undefined || isEmpty(scalar) ? undefined : scalar.text;
  };
  const name = field("name");
  if (name === undefined) return undefined;
  return {
    path,
    name,
    newName: field("newName"),
    newTag: field("newTag"),
    digest: field("digest"),
    tagSuffix: field("tagSuffix"),
  };
}

/** Whether kustomize takes a field for one that is not there. */
export function isEmpty({ text, isString }: Scalar): boolean {
  return text === "" || (!isString && /^(?:~|null|Null|NULL)$/.test(text));
}
