// The language-model tool: the digest of one image, under the same rules of trust and network as everything else.

import * as vscode from "vscode";
import type { ImageAnswer } from "../../server/src/protocol.ts";
import type { ServerClient } from "./serverClient.ts";

interface ToolInput {
  readonly image: string;
}

/** The error for the model where no registry may be contacted. English, since the user does not read it. */
const untrusted =
  "The workspace is not trusted, so no registry may be asked for a digest. Do not try again: the user can trust the workspace with the command “Workspaces: Manage Workspace Trust”.";

export function registerImageTool(server: ServerClient): vscode.Disposable {
  return vscode.lm.registerTool<ToolInput>("knativeDigest_resolve_image_digest", {
    async prepareInvocation({ input }) {
      if (!vscode.workspace.isTrusted) return {};
      const question = { image: input.image };
      const { image, registry } = await server.execute<ImageAnswer>("resolveImage", question);
      if (registry === null) return {};
      return {
        invocationMessage: vscode.l10n.t("Looking up the digest of {1} in {0}", registry, image),
        confirmationMessages: {
          title: vscode.l10n.t("Contact {0}?", registry),
          message: vscode.l10n.t(
            "Knative Digest will look up the digest of {1} in the registry {0}, with your docker credentials for it.",
            registry,
            image,
          ),
        },
      };
    },
    async invoke({ input: { image } }, token) {
      if (!vscode.workspace.isTrusted) throw new Error(untrusted);
      const question = { image, ask: true };
      const answer = await server.execute<ImageAnswer>("resolveImage", question, token);
      return new vscode.LanguageModelToolResult([
        new vscode.LanguageModelTextPart(answerText(answer)),
      ]);
    },
  });
}

/** The answer as JSON without what is not known, and what to do with it. */
function answerText({ image, outcome, digest, runs, problem }: ImageAnswer): string {
  const known = Object.entries({ image, outcome, digest, runs, problem }).filter(
    ([, value]) => value !== null,
  );
  const advice =
    digest === null ? "" : ` To pin it, write ${image}@${digest} and keep the tag in front.`;
  return `${JSON.stringify(Object.fromEntries(known))}${image.includes("@") ? "" : advice}`;
}
