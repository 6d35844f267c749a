// VS Code's own questions to every extension, asked of the sample workspace, with patience.

import { randomUUID } from "node:crypto";
import {
  commands,
  languages,
  Range,
  Selection,
  Uri,
  window,
  workspace,
  type CodeAction,
  type Diagnostic,
  type Hover,
  type InlayHint,
  type MarkdownString,
  type TextDocument,
} from "vscode";
import { eventually as eventuallyIn, within } from "../../support/deadline.ts";
import { subjectVariable, type SuiteSubject } from "../suiteResults.ts";

/** How long each step of a test may take on a machine that is busy. */
const stepMs = 300_000;

/** Asks again and again for as long as an editor may take. */
export async function eventually<Value>(
  what: string,
  ask: () => Promise<Value | undefined> | Value | undefined,
): Promise<Value> {
  return await eventuallyIn(what, ask, stepMs);
}

/** The registry and the digests that the runner has prepared. */
export function subject(): SuiteSubject {
  return JSON.parse(process.env[subjectVariable] ?? "{}") as SuiteSubject;
}

/** Opens a file of the sample workspace, with the text that it has on disk. */
export async function open(name: string): Promise<TextDocument> {
  const folder = workspace.workspaceFolders?.[0];
  if (folder === undefined) throw new Error("No workspace is open.");
  const document = await workspace.openTextDocument(Uri.joinPath(folder.uri, name));
  await window.showTextDocument(document);
  if (document.isDirty) await commands.executeCommand("workbench.action.files.revert");
  return document;
}

/** The first place of a text. */
export function rangeOf(document: TextDocument, text: string): Range {
  const start = document.getText().indexOf(text);
  if (start < 0) throw new Error(`${document.fileName} does not contain ${text}.`);
  return new Range(document.positionAt(start), document.positionAt(start + text.length));
}

/** All that is shown when a user points at a text, once it satisfies `accept`. */
export async function hoverAt(
  document: TextDocument,
  text: string,
  accept: (contents: string) => boolean,
): Promise<string> {
  return await eventually(`The awaited hover on ${text}`, async () => {
    const position = rangeOf(document, text).start.translate(0, 1);
    const hovers = await commands.executeCommand<Hover[]>(
      "vscode.executeHoverProvider",
      document.uri,
      position,
    );
    const contents = hovers
      .flatMap((hover) => hover.contents)
      .map((part) => (typeof part === "string" ? part : (part as MarkdownString).value))
      .join("\n");
    return accept(contents) ? contents : undefined;
  });
}

/** The inlay hints of the whole file, once they satisfy `accept`. */
export async function hintsOf(
  document: TextDocument,
  accept: (hints: readonly InlayHint[]) => boolean,
): Promise<readonly InlayHint[]> {
  return await eventually(`The awaited hints in ${document.fileName}`, async () => {
    const hints = await commands.executeCommand<InlayHint[]>(
      "vscode.executeInlayHintProvider",
      document.uri,
      new Range(0, 0, document.lineCount, 0),
    );
    return accept(hints) ? hints : undefined;
  });
}

/** A hint's text, whether it is in parts or not. */
export function labelOf({ label }: InlayHint): string {
  return typeof label === "string" ? label : label.map(({ value }) => value).join("");
}

/** Waits for a diagnostic of ours with this code on this text. */
export async function diagnosticAt(
  document: TextDocument,
  text: string,
  code: string,
): Promise<Diagnostic> {
  return await eventually(`${code} on ${text}`, () =>
    languages
      .getDiagnostics(document.uri)
      .find(
        (each) =>
          each.source === "knative-digest" &&
          codeOf(each) === code &&
          document.getText(each.range).includes(text),
      ),
  );
}

/** A diagnostic's code, with or without a link. */
function codeOf({ code }: Diagnostic): string {
  return String(typeof code === "object" ? code.value : code);
}

/** Waits for a quick fix or refactoring at a text, with the edit that it would make. */
export async function actionAt(
  document: TextDocument,
  text: string,
  title: RegExp,
  kind?: string,
): Promise<CodeAction> {
  return await eventually(`${title.source} at ${text}`, async () => {
    const actions = await commands.executeCommand<CodeAction[]>(
      "vscode.executeCodeActionProvider",
      document.uri,
      rangeOf(document, text),
      kind,
      20,
    );
    return actions.find((action) => title.test(action.title) && action.edit !== undefined);
  });
}

const written: Uri[] = [];

/** Writes a new file into the sample workspace. */
export async function writeNew(text: string): Promise<Uri> {
  const folder = workspace.workspaceFolders?.[0];
  if (folder === undefined) throw new Error("No workspace is open.");
  // Never the name of one before: a file that was removed lives on in the editor for a while.
  const uri = Uri.joinPath(folder.uri, `${randomUUID()}.yaml`);
  written.push(uri);
  await workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return uri;
}

/** Writes a new file into the sample workspace and opens it. */
export async function openNew(text: string): Promise<TextDocument> {
  const document = await workspace.openTextDocument(await writeNew(text));
  await window.showTextDocument(document);
  return document;
}

/** Closes the file in front and removes all that a test has written. */
export async function removeNew(): Promise<void> {
  await commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  for (const uri of written) await workspace.fs.delete(uri).then(undefined, () => undefined);
}

/** A Service with the image, as it is written, and with a name of its own revision if one is given. */
export function service(image: string, revision?: string): string {
  const metadata = revision === undefined ? "" : `    metadata: { name: ${revision} }\n`;
  return `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: app
spec:
  template:
${metadata}    spec:
      containers:
        - image: ${image}
`;
}

/** Puts the cursor into the first place of a text, and waits until the editor has it there. */
export async function putCursor(document: TextDocument, text: string): Promise<void> {
  const editor = await eventually(`${document.fileName} in front`, () =>
    window.activeTextEditor?.document === document ? window.activeTextEditor : undefined,
  );
  const at = rangeOf(document, text).start.translate(0, 1);
  // What the editor tells of the cursor that it had before would otherwise come later, and stand.
  const moved = new Promise<void>((resolve) => {
    const listener = window.onDidChangeTextEditorSelection(({ textEditor, selections }) => {
      if (textEditor !== editor || selections[0]?.active.isEqual(at) !== true) return;
      listener.dispose();
      resolve();
    });
  });
  editor.selection = new Selection(at, at);
  await within(stepMs, `The cursor in ${text}`, moved);
}

/** Waits until the document's text is this. */
export async function textBecomes(document: TextDocument, text: string): Promise<void> {
  let last = "";
  await eventually(`The text of ${document.fileName}`, () => {
    last = document.getText();
    return last === text ? true : undefined;
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${last}`);
  });
}
