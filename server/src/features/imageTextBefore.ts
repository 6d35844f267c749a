// Finds the reference that is being typed from the line before the cursor, since a half-typed one is often no YAML.

/** An `image` key, at the front of its line or behind another entry of a flow map. */
const keyBefore = /^(.*[{,]|[ \t]*(?:-[ \t]+)*)[ \t]*(?:image|"image"|'image')[ \t]*:/;
/** The value up to the cursor: quoted or not, perhaps behind an anchor. */
const valueBefore = /^(?:&\S+[ \t]+)?(?:"([^"\\\s]*)|'([^'\s]*)|([^\s"'#,{}[\]]*))$/;

/** Nobody types into a longer line, and trying all ways to read its blanks takes the square of its length. */
const maxLine = 4096;

/**
 * The text of an `image:` value up to the cursor; undefined if the line holds none. Whether the document is one
 * that holds images is for the caller to know.
 * @param line the line from its beginning up to the cursor.
 */
export function imageTextBefore(line: string): string | undefined {
  const key = line.length > maxLine ? null : keyBefore.exec(line);
  if (key === null || /(^|\s)#/.test(key[1] ?? "")) return undefined;
  const rest = line.slice(key[0].length);
  // Without white space `image:x` is not a key, unless what follows is quoted in a flow map.
  if (!/^[ \t]/.test(rest) && !/^["']/.test(rest)) return undefined;
  const value = valueBefore.exec(rest.replace(/^[ \t]+/, ""));
  return value === null ? undefined : (value[1] ?? value[2] ?? value[3]);
}
