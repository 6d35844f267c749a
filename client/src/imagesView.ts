// The tree of all images in the workspace, by what a reader should do about them.

import * as vscode from "vscode";
import type { ImageReport } from "../../server/src/protocol.ts";
import type { ServerClient } from "./serverClient.ts";

export interface ImagesView {
  /** Reads the images again and brings the tree to the front. */
  show(): Promise<void>;
  dispose(): void;
}

interface Group {
  readonly group: ImageReport["group"];
  readonly title: string;
  readonly images: readonly ImageItem[];
}

interface ImageItem extends ImageReport {
  /** VS Code shows nothing of a group in which two items have the same. */
  readonly id: string;
}

/** An item of the tree; commands read an image's place and digest from it. */
type Node = Group | ImageItem;

const viewId = "knativeDigest.images";

export function createImagesView(server: ServerClient): ImagesView {
  const changed = new vscode.EventEmitter<void>();
  let images: readonly ImageReport[] | undefined;
  const read = async (): Promise<void> => {
    images = await server.execute<readonly ImageReport[]>("images");
    changed.fire();
  };
  const view = vscode.window.createTreeView<Node>(viewId, {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      async getChildren(node) {
        if (node !== undefined) return "images" in node ? [...node.images] : [];
        images ??= await server.execute<readonly ImageReport[]>("images");
        return groupsOf(images);
      },
      getTreeItem: (node) => ("images" in node ? groupItem(node) : imageItem(node)),
    },
    showCollapseAll: true,
  });
  const tellTrust = (): void => {
    const words = vscode.l10n.t("Restricted Mode: registries are not contacted");
    view.message = vscode.workspace.isTrusted ? "" : words;
  };
  tellTrust();
  const readIfSeen = (): void => {
    if (view.visible) void read();
    else images = undefined;
  };
  const listeners = [
    vscode.workspace.onDidGrantWorkspaceTrust(tellTrust),
    server.onDidChangeStatus(readIfSeen),
    view.onDidChangeVisibility(({ visible }) => {
      if (visible && images === undefined) void read();
    }),
  ];
  return {
    async show() {
      await read();
      if (images?.length === 0) {
        void vscode.window.showInformationMessage(
          vscode.l10n.t("No images found in this workspace."),
        );
        return;
      }
      await vscode.commands.executeCommand("setContext", "knativeDigest.hasImages", true);
      await vscode.commands.executeCommand(`${viewId}.focus`);
    },
    dispose() {
      view.dispose();
      changed.dispose();
      vscode.Disposable.from(...listeners).dispose();
    },
  };
}

/** The server sends them in the order of their groups. */
function groupsOf(images: readonly ImageReport[]): Node[] {
  const items = itemsOf(images);
  const groups = [...new Set(items.map(({ group }) => group))];
  return groups.map((group): Group => {
    const inGroup = items.filter((image) => image.group === group);
    return { group, title: inGroup[0]?.groupTitle ?? "", images: inGroup };
  });
}

/** An image keeps its item while others come and go. In an aliased mapping one place has several images. */
function itemsOf(images: readonly ImageReport[]): ImageItem[] {
  const seen = new Map<string, number>();
  return images.map((image) => {
    const { uri, position } = image;
    const place = `${uri}#${position.line}:${position.character}`;
    const before = seen.get(place) ?? 0;
    seen.set(place, before + 1);
    return { ...image, id: `${place}#${before}` };
  });
}

/** What is well, or beyond anybody's reach, is folded away. */
const folded: readonly ImageReport["group"][] = ["pinned", "never-resolved", "ko", "template"];

function groupItem({ group, images, title }: Group): vscode.TreeItem {
  const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(title, folded.includes(group) ? Collapsed : Expanded);
  item.id = group;
  item.description = String(images.length);
  item.contextValue = `group.${group}`;
  item.iconPath = groupIcon(group);
  return item;
}

function imageItem(image: ImageItem): vscode.TreeItem {
  const { uri, position, digest, problem, runs, cluster } = image;
  const name = image.image === "" ? vscode.l10n.t("(no image)") : image.image;
  const { label, registry } = shortForm(name);
  const item = new vscode.TreeItem(label);
  const at = new vscode.Position(position.line, position.character);
  const file = vscode.workspace.asRelativePath(vscode.Uri.parse(uri));
  const place = `${file}:${position.line + 1}`;
  const owner = [image.kind, image.name].filter((part) => part !== null).join(" ");
  item.id = image.id;
  const ignored = image.isIgnored ? vscode.l10n.t("ignored") : "";
  const running = cluster === null ? "" : vscode.l10n.t("Cluster: {0}", cluster);
  item.description = [ignored, image.reason ?? "", registry, owner, running, place]
    .filter((part) => part !== "")
    .join(" · ");
  item.tooltip = [
    problem,
    cluster === null ? null : vscode.l10n.t("Cluster: {0}", cluster),
    runs ?? name,
    runs?.includes(digest ?? "") === true ? null : digest,
  ]
    .filter((part) => part !== null)
    .join("\n");
  item.accessibilityInformation = { label: `${name}, ${item.description}` };
  item.contextValue = `image.${image.group}`;
  item.command = {
    command: "vscode.open",
    title: vscode.l10n.t("Go to image"),
    arguments: [vscode.Uri.parse(uri), { selection: new vscode.Range(at, at) }],
  };
  return item;
}

/** Shortens the registry and the digest, so that a narrow view shows the parts in which images differ. */
function shortForm(image: string): { label: string; registry: string } {
  const slash = image.indexOf("/");
  const first = image.slice(0, Math.max(0, slash));
  const isRegistry =
    (/[.:]/.test(first) || first === "localhost") && /^[^/]/.test(image.slice(slash + 1));
  const [registry, rest] = isRegistry ? [first, image.slice(slash + 1)] : ["", image];
  return { label: rest.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]{52}$/, "$1…"), registry };
}

function groupIcon(group: ImageReport["group"]): vscode.ThemeIcon {
  const colored = (icon: string, color: string): vscode.ThemeIcon =>
    new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
  switch (group) {
    case "failed":
      return colored("error", "problemsErrorIcon.foreground");
    case "moved":
      return colored("sync", "problemsInfoIcon.foreground");
    case "skipped":
      return colored("circle-slash", "problemsWarningIcon.foreground");
    case "unpinned":
      return new vscode.ThemeIcon("tag");
    case "never-resolved":
      return new vscode.ThemeIcon("dash");
    case "ko":
      return new vscode.ThemeIcon("tools");
    case "pinned":
      return new vscode.ThemeIcon("pinned");
    case "template":
      return new vscode.ThemeIcon("symbol-variable");
  }
}
