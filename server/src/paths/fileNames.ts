// Files that mean something by their name alone.

/** The names that kustomize looks for in a folder (api/konfig `RecognizedKustomizationFileNames`). */
export const kustomizationNames: readonly string[] = [
  "kustomization.yaml",
  "kustomization.yml",
  "Kustomization",
];

/** Whether a file is a kustomization by its name. @param file its URI, path or name */
export function isKustomizationName(file: string): boolean {
  return kustomizationNames.includes(nameOf(file));
}

/** Whether a file is a function's, as `func` writes it. @param file its URI, path or name */
export function isFunctionName(file: string): boolean {
  return /^func\.ya?ml$/.test(nameOf(file));
}

/**
 * Whether a file is a part of a resource by its name: what a test tool compares with (kuttl's `00-assert.yaml`), or a
 * patch. What is missing in it stands elsewhere.
 */
export function isPartialName(file: string): boolean {
  return /(?:^|[-_.])(?:assert|errors|patch)(?:[-_.]|$)/i.test(nameOf(file));
}

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}
