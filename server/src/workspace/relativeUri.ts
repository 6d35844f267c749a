// Relative names as URIs.

/** The URI of a file that another one names by its relative path. */
export function relativeUri(uri: string, name: string): string {
  const steps = uri.split("/").slice(0, -1);
  for (const step of name.split("/")) {
    if (step === "..") steps.pop();
    else if (step !== ".") steps.push(step);
  }
  return steps.join("/");
}
