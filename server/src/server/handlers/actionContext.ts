// What code actions are drawn from: an open document with what is known of it.

import type { TextDocument } from "vscode-languageserver-textdocument";
import type { FileReading } from "../../findings/reading.ts";
import type { Settings } from "../../settings.ts";
import type { ClientProfile } from "../clientProfile.ts";
import type { Answers } from "../outside.ts";

export interface ActionContext {
  readonly document: TextDocument;
  readonly reading: FileReading;
  readonly settings: Settings;
  readonly profile: ClientProfile;
  /** What is known of repositories' tags. */
  readonly answers: Pick<Answers, "peekTags">;
}
