// Which documents are worth reading: a search for words, so that what has nothing to do with Knative costs no parse.
//
// The search is made in bytes, so that most files of a repository are never decoded.

import { isFunctionName, isKustomizationName } from "../paths/fileNames.ts";
import { holdsDefine, type ChartFile } from "./helm/chartParts.ts";
import { createWordSearch } from "./wordSearch.ts";

/** What the search depends on besides the text. */
export interface RelevanceOptions {
  /** The file's name without its folder. */
  readonly fileName: string;
  /** What the file is to the Helm chart it lies in. */
  readonly chartFile: ChartFile | undefined;
  /** Whether Kubernetes' own workloads are looked at. */
  readonly kubernetesWorkloads: boolean;
  /** Whether the user named this very file: then all of it is read, so that a broken one is reported. */
  readonly isNamed?: boolean;
}

/** A word of which a document must hold one, and what must stand around it: a new kind of document is a new row. */
interface Row {
  readonly words: readonly string[];
  /** What ends before the word. */
  readonly before?: RegExp;
  /** What begins behind the word. */
  readonly after?: RegExp;
  /** One of them stands a little before the word: a word in a description does not count. */
  readonly near?: readonly string[];
  /** Whether it is a kind or the configuration of Knative, so that it matters if the document cannot be read. */
  readonly isKnative?: true;
  /** JSON is used for so much else that it must name a known kind, set the skip list, or be a patch. */
  readonly isInJson?: true;
}

/** The key `apiVersion`, the anchor of a value that an alias brings there, or a comment that names the kind alone. */
const apiVersionKey = ["piVersion", "&", "# serving."];

/** All words have nine letters or more: the longer the shortest one, the faster the search. */
const rows = {
  /** An `apiVersion` of Knative or KServe, also one whose version a template fills in; a label or an annotation is not one. */
  knativeKind: {
    words: ["knative.dev"],
    before: /(?:serving|caching\.internal|sources|sinks|operator)\.$/,
    after: /^\\?\/(?:v\d|[^a-z\s])/,
    near: apiVersionKey,
    isKnative: true,
    isInJson: true,
  },
  kserveKind: {
    words: ["kserve.io"],
    before: /serving\.$/,
    after: /^\\?\/(?:v\d|[^a-z\s])/,
    near: apiVersionKey,
    isKnative: true,
    isInJson: true,
  },
  configMap: { words: ["config-deployment"], isKnative: true },
  /** Settings of the ConfigMap that stand elsewhere. */
  skipList: {
    words: ["kipping-tag", "kipping-Tag", "kippingtag", "kippingTag"],
    before: /[-sS]$/,
    isInJson: true,
  },
  sidecar: { words: ["queue-sidecar-image", "queueSidecarImage"] },
  /** A development cluster's local registry (KEP-1755). */
  localRegistry: { words: ["localRegistryHosting"] },
  kserveConfig: { words: ["inferenceservice-config"] },
  pullSecret: { words: ["dockercfg", "dockerconfigjson"], near: ["type:", 'type"', "type'", "&"] },
  kustomization: { words: ["kustomize.config.k8s.io"], near: apiVersionKey },
  /** Images that Flux or Argo CD hands to kustomize. */
  fluxKustomization: { words: ["kustomize.toolkit.fluxcd.io"], near: apiVersionKey },
  argoKustomize: { words: ["kustomize"], before: /(?:^|\W)$/, after: /^["']?[ \t]*:/ },
  /** A `func.yaml` under another name. */
  functionConfig: { words: ["specVersion"] },
  ignoreComment: { words: ["knative-digest:"] },
} satisfies Readonly<Record<string, Row>>;

const rowOf: ReadonlyMap<string, Row> = new Map(
  Object.values(rows).flatMap((row: Row) => row.words.map((word) => [word, row] as const)),
);
const findWord = createWordSearch([...rowOf.keys()]);

/** As much of the text as is looked at before a word and behind it. */
const nearLength = 160;
const besideLength = 24;

/** A text as bytes that can be searched: one for each UTF-16 unit, so that places stay what they are. */
export function searchable(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

/** Whether anything may be found in a file, so that it is worth decoding. @param bytes the file as it is on disk */
export function isWorthDecoding(bytes: Buffer, options: RelevanceOptions): boolean {
  // Named templates are found without parsing.
  const isDefining = options.chartFile === "template" && holdsDefine(bytes);
  return isDefining || isWorthReading(bytes, options);
}

/**
 * Whether a stretch of a text, whole documents of it, can say anything about images or Knative's configuration.
 * One search, linear in the text; a document for which it is false needs no parsing, a file not even decoding.
 * @param bytes a file as it is on disk, or what `searchable` made of a text
 */
export function isWorthReading(
  bytes: Buffer,
  options: RelevanceOptions,
  start = 0,
  end = bytes.length,
): boolean {
  const { fileName, chartFile } = options;
  if (options.isNamed === true) return true;
  if (isFunctionName(fileName) || isKustomizationName(fileName)) return true;
  // The values of a chart are used by its templates, wherever those are.
  if (chartFile !== undefined && chartFile !== "template") return true;
  const isWanted = (row: Row): boolean => row.isInJson === true || !fileName.endsWith(".json");
  return (
    holdsWord(bytes, { start, end }, isWanted) ||
    holdsPatch(bytes, start, end) ||
    (options.kubernetesWorkloads && holdsImage(bytes, start, end))
  );
}

/** Whether a text names a kind or the configuration of Knative, so that it matters if it cannot be read. */
export function namesKnative(text: string): boolean {
  return bytesNameKnative(searchable(text));
}

/** The same of bytes that need not be text. */
export function bytesNameKnative(bytes: Buffer): boolean {
  return holdsWord(bytes, { start: 0, end: bytes.length }, (row) => row.isKnative === true);
}

/** Whether one of the wanted words stands in a document that does not define a resource type. */
function holdsWord(
  bytes: Buffer,
  { start, end }: { readonly start: number; readonly end: number },
  isWanted: (row: Row) => boolean,
): boolean {
  let at = start;
  for (let found = findWord(bytes, at, end); found; found = findWord(bytes, at, end)) {
    const row = rowOf.get(found.word);
    at = found.start + 1;
    const place = { wordStart: found.start, wordEnd: found.start + found.word.length };
    if (row === undefined || !isWanted(row)) continue;
    if (!fits(row, bytes, { start, end, ...place })) continue;
    if (!isDefinition(bytes, documentAround(bytes, found.start, start, end))) return true;
    at = documentAround(bytes, found.start, start, end).end;
  }
  return false;
}

/** Whether what a row wants around its word stands there, inside the stretch: what others say is nothing to it. */
function fits(
  { before, after, near }: Row,
  bytes: Buffer,
  {
    start,
    end,
    wordStart,
    wordEnd,
  }: Stretch & { readonly wordStart: number; readonly wordEnd: number },
): boolean {
  const behind = bytes.toString("latin1", wordEnd, Math.min(end, wordEnd + besideLength));
  if (after?.test(behind) === false) return false;
  if (before === undefined && near === undefined) return true;
  const front = bytes.toString("latin1", Math.max(start, wordStart - nearLength), wordStart);
  if (before?.test(front.slice(-besideLength)) === false) return false;
  return near === undefined || near.some((text) => front.includes(text));
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** The document that a place lies in, as far as whole lines of `---` tell. */
function documentAround(bytes: Buffer, at: number, start: number, end: number): Stretch {
  const before = bytes.lastIndexOf("\n---", at, "latin1");
  const behind = bytes.indexOf("\n---", at, "latin1");
  return {
    start: Math.max(start, before),
    end: behind < 0 ? end : Math.min(end, behind),
  };
}

/**
 * Whether a document defines a kind of resource: it tells of images, secrets and other kinds at length, and holds none.
 * Its kind stands near its beginning.
 */
function isDefinition(bytes: Buffer, { start, end }: Stretch): boolean {
  const head = bytes.toString("latin1", start, Math.min(end, start + headLength));
  return /^kind:[ \t]*["']?CustomResourceDefinition\b/m.test(head);
}

const headLength = 4_000;

/** Whether one of the documents is a JSON patch (RFC 6902), which a kustomization may name: a list of operations. */
function holdsPatch(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end;) {
    const marker = bytes.indexOf("\n---", at, "latin1");
    const stop = marker < 0 || marker >= end ? end : marker + 1;
    const head = bytes.toString("latin1", at, Math.min(stop, at + headLength));
    if (listStart.test(head) && operation.test(head)) return true;
    at = stop;
  }
  return false;
}

/** What may begin a list behind a document's marker, comments and directives; an action of a template may stand before it. */
const listStart = /^(?:\xef\xbb\xbf)?(?:---(?=\s)|(?!---))(?:\s|[#%][^\n]*\n)*[[&!{<-]/;
const operation = /\bop["']?[ \t]*:[ \t]*["']?(?:add|replace|remove|test|copy|move)\b/;

/** Whether one of the documents speaks of images and is not a definition. */
function holdsImage(bytes: Buffer, start: number, end: number): boolean {
  for (let at = bytes.indexOf("mage", start, "latin1"); at >= 0 && at < end;) {
    const document = documentAround(bytes, at, start, end);
    if (!isDefinition(bytes, document)) return true;
    at = bytes.indexOf("mage", document.end, "latin1");
  }
  return false;
}
