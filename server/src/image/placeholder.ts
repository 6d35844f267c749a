// Tells a template's placeholder from an image reference: of those nothing is claimed.

import { currentGrammar, type GrammarProfile } from "./grammarProfile.ts";
import { parseImageReference, type ImageReference } from "./imageReference.ts";

/** A text that some tool fills in before Knative reads it. */
export interface Placeholder {
  readonly kind: "placeholder";
  readonly text: string;
}

/** Placeholders that are told by their brackets, wherever they stand. */
const bracketed: readonly RegExp[] = [
  // Helm, Go templates, Jinja, Mustache, GitHub and Argo expressions.
  /\{\{|\}\}|\{%/,
  // envsubst, shells, make, Kubernetes, Tekton, OpenShift templates.
  /\$\{|\$\(|\$[A-Za-z_]/,
  // Documentation (`<image>`), ERB and EJS (`<%= image %>`), Harness (`<+image>`).
  /<[^<>]+>/,
  // Documentation and format strings (`{username}`), Octopus (`#{image}`).
  /\{[^{}]*\}/,
  // Go templates with other delimiters, and Concourse. An IPv6 address has single brackets.
  // Looked for behind the first pair of brackets alone, so that many of them cost no more than one.
  /^(?:(?!\[\[).)*\[\[.*\]\]|\(\([^()]+\)\)/s,
  // ytt.
  /\(@/,
];

/** Placeholders that are told by their marks, in upper case only: in lower case they may be names. */
const marked: readonly RegExp[] = [
  /%[A-Za-z_][A-Za-z0-9_]*%|%\([A-Za-z_][A-Za-z0-9_]*\)/,
  /@[A-Z_][A-Z0-9_]*@/,
  /__[A-Z][A-Z0-9_]*__/,
];

/**
 * Whether the text holds a placeholder that some tool fills in before Knative reads it: `{{ … }}`, `${X}`,
 * `$(X)`, `$X`, `<image>`, `{username}`, `[[ … ]]`, `((x))`, `%IMAGE%`, `@IMAGE@`, `__IMAGE__`.
 * Words in capitals alone (`PROJECT_ID`) are none: nothing tells them from a name written wrongly.
 */
export function hasPlaceholder(text: string): boolean {
  return [...bracketed, ...marked].some((pattern) => pattern.test(text));
}

/** Reads the text of an image field: a placeholder if it holds one, else a reference as Knative reads it. */
export function readImage(
  text: string,
  grammar: GrammarProfile = currentGrammar,
): ImageReference | Placeholder {
  return hasPlaceholder(text) ? { kind: "placeholder", text } : parseImageReference(text, grammar);
}
