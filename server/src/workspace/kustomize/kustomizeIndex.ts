// Keeps the files that kustomizations put together, and what becomes of their images. The owner of that state.

import type { DocumentAnalysis, FileAnalysis, FilePart } from "../../document/analysis.ts";
import type { AnalysisOptions } from "../../document/analysisOptions.ts";
import { analyzeFile } from "../../document/documentAnalysis.ts";
import { currentGrammar } from "../../image/grammarProfile.ts";
import { fateKey, noFates, type WorkspaceFates } from "./fate.ts";
import { candidateUris, type Included } from "./included.ts";
import { joinKustomizations } from "./joinKustomizations.ts";

export interface KustomizeIndex {
  /** Takes the newest analysis of a file of the workspace; undefined if it is none, or gone. */
  set(uri: string, analysis: FileAnalysis | undefined): void;
  /** Takes a file that says nothing of Knative, which only kustomizations may name; null if there is no such file. */
  setOther(uri: string, text: string | null): void;
  /** Whether a kustomization names the file. */
  isNamed(uri: string): boolean;
  /** The files that kustomizations name and of which nothing is known yet: as many as there is room for. */
  wanted(): readonly string[];
  /** What becomes of the images; the same object as long as nothing changed in it. */
  fates(): WorkspaceFates;
}

/** Files without Knative that are kept at most, those included that are not there. */
const maxOthers = 5000;

/** A file with its workloads, and what of it matters to kustomizations. */
interface Deep {
  readonly from: FileAnalysis | string;
  readonly analysis: FileAnalysis;
  readonly sign: string;
}

export function createKustomizeIndex(): KustomizeIndex {
  const files = new Map<string, FileAnalysis>();
  const others = new Map<string, string | null>();
  const kustomizations = new Map<string, FileAnalysis>();
  const deep = new Map<string, Deep>();
  let named: ReadonlySet<string> | undefined;
  let known: WorkspaceFates | undefined = noFates;
  let last = known;

  /** Of documents that did not change: a key in a large file costs one. */
  const signs = new WeakMap<DocumentAnalysis, string>();

  /** What of a file kustomizations make something of, as a text that is compared. */
  function signOf({ parts }: FileAnalysis): string {
    const signOfOne = ({ document }: FilePart): string => {
      const sign = signs.get(document) ?? documentSign(document);
      signs.set(document, sign);
      return sign;
    };
    return parts.map(signOfOne).join("\n");
  }
  function names(): ReadonlySet<string> {
    named ??= namesOf(kustomizations);
    return named;
  }
  /** Reads a file with its workloads, whatever the settings say. */
  function deepOf(uri: string): Deep | undefined {
    const from = files.get(uri) ?? others.get(uri) ?? undefined;
    const before = deep.get(uri);
    if (from === undefined || before?.from === from)
      return before?.from === from ? before : undefined;
    const analysis = analyzeFile(from, deepOptions(uri), before?.analysis);
    const now = { from, analysis, sign: signOf(analysis) };
    deep.set(uri, now);
    return now;
  }
  function changed(uri: string): void {
    if (known === undefined || !names().has(uri)) return;
    const before = deep.get(uri)?.sign;
    if (before === undefined || deepOf(uri)?.sign !== before) known = undefined;
  }
  function include(kustomization: string, name: string): Included {
    for (const uri of candidateUris(kustomization, name)) {
      if (kustomizations.has(uri)) return { kind: "kustomization", uri };
      const analysis = deepOf(uri)?.analysis;
      if (analysis !== undefined) return { kind: "file", uri, analysis };
    }
    return { kind: "unseen" };
  }
  return {
    set(uri, analysis) {
      if (analysis === undefined) files.delete(uri);
      else files.set(uri, analysis);
      if (analysis !== undefined) others.delete(uri);
      const isOne = analysis?.parts.some(({ document }) => document.kustomization !== undefined);
      if (isOne === true && analysis !== undefined) kustomizations.set(uri, analysis);
      else if (!kustomizations.delete(uri)) {
        changed(uri);
        return;
      }
      named = undefined;
      known = undefined;
    },
    setOther(uri, text) {
      if (files.has(uri) || (others.size >= maxOthers && !others.has(uri))) return;
      if (others.get(uri) === text && others.has(uri)) return;
      others.set(uri, text);
      changed(uri);
    },
    isNamed: (uri) => names().has(uri),
    wanted: () =>
      [...names()]
        .filter((uri) => !files.has(uri) && !others.has(uri))
        .slice(0, Math.max(0, maxOthers - others.size)),
    fates() {
      if (known !== undefined) return known;
      for (const uri of deep.keys()) if (!names().has(uri)) deep.delete(uri);
      for (const uri of others.keys()) if (!names().has(uri)) others.delete(uri);
      const fates = joinKustomizations({ kustomizations, include });
      // Equal fates keep their identity, so that what was derived from them is reused.
      last = sameFates(last, fates) ? last : fates;
      known = last;
      return known;
    },
  };
}

function sameFates(a: WorkspaceFates, b: WorkspaceFates): boolean {
  if (a.size !== b.size) return false;
  return [...a].every(([uri, fates]) => {
    const other = b.get(uri);
    return other !== undefined && JSON.stringify([...fates]) === JSON.stringify([...other]);
  });
}

function namesOf(kustomizations: ReadonlyMap<string, FileAnalysis>): ReadonlySet<string> {
  const all = new Set<string>();
  for (const [uri, { parts }] of kustomizations) {
    const entries = parts.flatMap(({ document }) => entriesOf(document));
    for (const each of entries.flatMap((name) => candidateUris(uri, name))) all.add(each);
  }
  return all;
}

function entriesOf({ kustomization }: DocumentAnalysis): string[] {
  const { resources = [], components = [], patches = [], replacements = [] } = kustomization ?? {};
  const files = [...patches, ...replacements].flatMap(({ file }) => file ?? []);
  return [...resources, ...components, ...files];
}

function deepOptions(uri: string): AnalysisOptions {
  return {
    fileName: uri.slice(uri.lastIndexOf("/") + 1),
    kubernetesWorkloads: true,
    chartFile: undefined,
    grammar: currentGrammar,
  };
}

function documentSign({ images, resources, syntaxProblems }: DocumentAnalysis): string {
  const uses = images.map((use) => [fateKey(use), use.reference.text, use.container]);
  return JSON.stringify([uses, resources, syntaxProblems.length > 0]);
}
