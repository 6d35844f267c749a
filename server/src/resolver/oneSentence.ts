// Joins what is to be said of a failure: a diagnostic has one sentence, since editors show it above the hover.

/** The sentences as one, with semicolons where full stops stood between them. */
export function oneSentence(sentences: readonly string[]): string {
  return sentences
    .map((sentence, index) =>
      index === sentences.length - 1
        ? sentence
        : sentence.replace(/\.$/, ";").replace(/\u3002$/, "；"),
    )
    .join(" ");
}
