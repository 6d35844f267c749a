// Knative's own words for images that it refuses or cannot resolve.

/** What the Revision's condition says (pkg/reconciler/revision/background.go). */
export function unableToFetch(image: string, error: string): string {
  return `Unable to fetch image ${JSON.stringify(image)}: failed to resolve image to digest: ${error}`;
}

/** What the admission webhook says (pkg/apis/serving/k8s_validation.go). */
export function refusal(image: string, path: string): string {
  if (image === "") return `validation failed: missing field(s): ${path}`;
  return `validation failed: Failed to parse image reference: ${path}\nimage: ${JSON.stringify(image)}, error: could not parse reference: ${image}`;
}
