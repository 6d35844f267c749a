// The suite inside the extension host of the desktop VS Code, where there is one.

import { findDesktopEditor, runInDesktop } from "./runElectron.ts";
import { runSuite } from "./runSuite.ts";

const editor = await findDesktopEditor();
const results =
  editor.kind === "found" ? await runSuite((run) => runInDesktop(editor.executable, run)) : [];

describe("in the extension host of the desktop VS Code", () => {
  if (editor.kind === "absent") {
    it(`is not run, since ${editor.why}`, function () {
      this.skip();
    });
    return;
  }

  for (const { title, error } of results) {
    it(title, () => {
      if (error !== null) throw new Error(error);
    });
  }

  it("ran the suite", () => {
    if (results.length === 0) throw new Error("The suite has no tests.");
  });
});
