// Detects placeholders of templates, about which nothing is reported.

import { currentGrammar, type GrammarProfile } from "./grammarProfile.ts";
import { parseImageReference, type ImageReference } from "./imageReference.ts";

/** A text that some tool fills in before Knative reads it. */
export interface Placeholder {
  readonly kind: "placeholder";
  readonly text: string;
}

/** Placeholders recognized by their brackets, anywhere in a text. */
const bracketed: readonly RegExp[] = [
  // Helm, Go templates, Jinja, Mustache, GitHub and Argo expressions.
  /\{\{|\}\}|\{%/,
  // envsubst, shells, make, Kubernetes, Tekton, OpenShift templates, Azure Pipelines.
  /\$\{|\$\(|\$\[|\$[A-Za-z_]/,
  // Documentation (`<image>`), ERB and EJS (`<%= image %>`), Harness (`<+image>`).
  /<[^<>]+>/,
  // Documentation and format strings (`{username}`), Octopus (`#{image}`); JSON has quotes inside.
  /\{[^{}"']+\}/,
  // Concourse.
  /\(\([^()]+\)\)/,
  // ytt.
  /\(@|^#@[ \t]/,
  // References of vals and of Helm secrets (`ref+vault://path#/image`).
  /^ref\+[a-z0-9]+:\/\//,
  // A tag of YAML that only a tool knows (`!Ref Image`, `!vault image`), or `!!binary`, as `Scalar.text` has it.
  /^!!?[A-Za-z]/,
];

/** Placeholders recognized by their marks; underscores stand in names, so that between them only capitals count. */
const marked: readonly RegExp[] = [
  /%[A-Za-z_][A-Za-z0-9_]*%|%\([A-Za-z_][A-Za-z0-9_]*\)/,
  /@[A-Za-z_][\w.-]*@(?!sha)/,
  /__[A-Z][A-Z0-9_]*__/,
];

/**
 * Whether the text holds a placeholder that some tool fills in before Knative reads it: `{{ … }}`, `${X}`,
 * `$(X)`, `$[x]`, `$X`, `<image>`, `{username}`, `[[ … ]]`, `((x))`, `%IMAGE%`, `@IMAGE@`, `__IMAGE__`.
 * Words in capitals (`PROJECT_ID`) are for `isPlaceholder`: in free text they may be names.
 */
export function hasPlaceholder(text: string): boolean {
  return hasDoubleBrackets(text) || [...bracketed, ...marked].some((pattern) => pattern.test(text));
}

/**
 * Go templates with other delimiters (`[[ … ]]`); an IPv6 address has single brackets. Looked for behind the first pair
 * alone, so that many of them cost no more than one.
 */
function hasDoubleBrackets(text: string): boolean {
  const start = text.indexOf("[[");
  return start >= 0 && text.includes("]]", start + 2);
}

/**
 * Whether a value of a configuration is filled in by some tool: it has a placeholder's marks, or words that stand for
 * something else.
 */
export function isPlaceholder(text: string): boolean {
  const isWord = (word: string): boolean => standsForSomething(word) || isCompound(word);
  return hasPlaceholder(text) || capitalWords(text).some(isWord);
}

/** Words that documentation writes in capitals where the reader's own name belongs. */
const standIns = new Set(
  `ACCOUNT ACCOUNTID BRANCH BUILDID CHANGEME COMMIT DIGEST DOMAIN FIXME HOST HOSTNAME IMAGE IMAGENAME IMAGETAG LOCATION
  NAME NAMESPACE ORG ORGANISATION ORGANIZATION OWNER PLACEHOLDER PROJECT PROJECTID PROJECTNAME REGION REGISTRY REPLACE
  REPLACEME REPO REPOSITORY SERVICE SHA TAG TAGNAME TBD TODO USER USERNAME VERSION XXX`.split(
    /\s+/,
  ),
);

/** The words of letters, digits and underscores that hold no lower case. */
function capitalWords(text: string): readonly string[] {
  return text.match(/(?<![A-Za-z0-9_])[A-Z][A-Z0-9_]*(?![A-Za-z0-9_])/g) ?? [];
}

/**
 * `PROJECT_ID`, `YOUR_ORG`, `REGION`, `YOURNAME`, `MYIMAGE`. No registry has an underscore, and no repository a capital
 * (`ghcr.io/ACME/app` is one written wrongly); a tag may have both, so that `REL_1_0` is one.
 */
function standsForSomething(word: string): boolean {
  const parts = word.split("_").filter((part) => part !== "");
  if (parts.some((part) => standIns.has(part) || /^YOUR|^X{3,}$|^YYYY/.test(part))) return true;
  return standIns.has(word.replace(/^MY_?/, ""));
}

/** `PROJECT_ID` and the like where capitals are never right: of several words, whatever they are. */
function isCompound(word: string): boolean {
  return /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(word);
}

/** A place in the sources that a build tool turns into an image (`../../src/app`). */
const relativePath = /^\.{1,2}\//;
/** Chinese, Japanese and Korean words, of which no part of a reference is made. */
const ideographs = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;

/** Words that are meant for people: several of them, or two that say so. */
function isSentence(text: string): boolean {
  if (!/^[A-Za-z][A-Za-z'\u2019,.!?()_-]*:?(?: [A-Za-z(][A-Za-z'\u2019,.!?()_-]*:?)+$/.test(text))
    return false;
  const words = text.toLowerCase().split(" ");
  return (
    words.length > 2 ||
    words.some((word) =>
      /^(?:replaced?|placeholder|todo|tbd|here|me|your|injected|set)\b/.test(word),
    )
  );
}

/** What only images hold: documentation's words, and signs that no reference has. */
const inImages: readonly RegExp[] = [
  // Words in single brackets (`gcr.io/[PROJECT-ID]/app`, `[parameters('image')]`); an IPv6 address has a colon in them.
  /(?:^|[/:.-])\[[A-Za-z_][^[\]:]*\]/,
  // Something left out, or asked for: `...`, `gcr.io/.../app`, `???`.
  /(?:^|\/)(?:\.{3,}|\u2026)(?=\/|$)|^[?*\u2026]+$/,
  // `x.y.z` where a version belongs.
  /[:-]v?(?:x\.y|X\.Y)(?:\.[xzXZ])?$/,
  // `xxxxxxxxxxxx.dkr.ecr.us-east-1.amazonaws.com/app`
  /(?:^|[/:])x{4,}(?=[/:.]|$)/,
  // `CHANGE-ME`, `REPLACE-ME`
  /(?<![A-Za-z0-9])(?:CHANGE|REPLACE|FIX|FILL|EDIT)-(?:ME|THIS|IN)(?![A-Za-z0-9])/,
  // `your-username/app`, `registry.your-company.com/app`, `ghcr.io/yourorg/app`
  new RegExp(
    "(?:^|[/:.])your[-_.]?(?:own[-_])?(?:account|app|application|aws|cluster|company|container|docker|domain|function|" +
      "gcp|gh|git|host|id|image|name|namespace|org|private|project|quay|registry|repo|server|service|tag|team|user|version)",
  ),
  // One word, with or without a tag, that says of itself that it is none: `image_placeholder`, `insert-your-image-here`.
  /^(?:[a-z0-9_-]*[-_])?(?:placeholder|your[-_]image)(?:[-_][a-z0-9_-]*)?(?::[\w.-]+)?$/,
  /^(?:image-?)?(?:placeholder|change-?me|replace-?me|replace-?this|to-?be-?(?:replaced|set|filled|defined|determined)|fix-?me|todo|tbd)(?:-image)?(?::[\w.-]+)?$/,
];

function isImagePlaceholder(text: string): boolean {
  if (hasPlaceholder(text) || relativePath.test(text) || isSentence(text)) return true;
  if (inImages.some((pattern) => pattern.test(text))) return true;
  if (capitalWords(text).some(standsForSomething)) return true;
  if (ideographs.test(text) && !/[/:@]/.test(text)) return true;
  const name = text.replace(/(?::[\w.-]*)?(?:@.*)?$/s, "");
  return capitalWords(name).some(isCompound);
}

/** Reads the text of an image field: a placeholder if it holds one, else a reference as Knative reads it. */
export function readImage(
  text: string,
  grammar: GrammarProfile = currentGrammar,
): ImageReference | Placeholder {
  return isImagePlaceholder(text)
    ? { kind: "placeholder", text }
    : parseImageReference(text, grammar);
}
