// Tells a template's placeholder from an image reference: of those nothing is claimed.

/**
 * Whether the text holds a placeholder that some tool fills in before Knative reads it:
 * `{{ … }}` (Helm, Go templates), `${X}`, `$(X)` and `$X` (envsubst, Kubernetes, Tekton),
 * `<image>` and `{username}` (documentation), `%IMAGE%`, `@IMAGE@`.
 */
export function hasPlaceholder(text: string): boolean {
  return (
    /\{\{|\}\}|\$\{|\$\(|\$[A-Za-z_]/.test(text) ||
    /<[^<>]+>/.test(text) ||
    /\{[^{}]*\}/.test(text) ||
    /%[A-Za-z_][A-Za-z0-9_]*%|@[A-Z_][A-Z0-9_]*@/.test(text)
  );
}
