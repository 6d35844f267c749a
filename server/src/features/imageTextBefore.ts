// Finds the reference that is being typed from the line before the cursor, since a half-typed one is often no YAML.

/**
 * The text of an `image:` value up to the cursor; undefined if the line holds none.
 * @param line the line from its beginning up to the cursor.
 */
export function imageTextBefore(line: string): string | undefined {
  const match =
    /^(?:.*[{,]|\s*(?:-\s+)*)\s*["']?image["']?:\s+(?:&\S+\s+)?["']?([^\s"'#,{}]*)$/.exec(line);
  return match?.[1];
}
