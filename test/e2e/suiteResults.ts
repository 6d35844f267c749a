// What the runner outside VS Code and the suite inside it tell each other, by environment variables and a file.

import type { SampleDigests } from "../demo/sampleWorkspace.ts";

/** Names the file that the suite writes its results to. */
export const resultsVariable = "KNATIVE_DIGEST_TEST_RESULTS";

/** Holds a `SuiteSubject` as JSON. */
export const subjectVariable = "KNATIVE_DIGEST_TEST_SUBJECT";

/** One test of the suite; `error` is null if it passed. */
export interface TestResult {
  readonly title: string;
  readonly error: string | null;
}

/** What the suite looks at. */
export interface SuiteSubject {
  /** The demo's registry, `localhost:PORT`. */
  readonly host: string;
  readonly digests: SampleDigests;
}
