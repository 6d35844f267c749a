// JSON that is fit for a terminal and for the log of a pipeline, whatever texts it holds.

/**
 * A value as JSON: what JSON itself leaves as it is of those characters is written
 * as `\uXXXX`, and so is what a pipeline would take for a command; a parser reads the same value.
 */
export function printableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|#(?=#(?:vso|teamcity)?\[)/giu,
    (text) =>
      Array.from({ length: text.length }, (_, at) => {
        const unit = text.charCodeAt(at).toString(16);
        return `\\u${unit.padStart(4, "0")}`;
      }).join(""),
  );
}
