// A Secret that pods are pulled with, as a text, and what must never be shown of it.

export const password = "pa55-w0rd-of-nobody";
/** The credential of each entry: user and password as docker writes them. */
export const auth = Buffer.from(`robot:${password}`).toString("base64");

/** @param auths what stands under each key */
export function pullSecretText(
  name: string,
  auths: Readonly<Record<string, unknown>>,
  namespace = "shop",
): string {
  const encoded = Buffer.from(JSON.stringify({ auths })).toString("base64");
  return `apiVersion: v1\nkind: Secret\nmetadata: { name: ${name}, namespace: ${namespace} }\ntype: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: ${encoded}\n`;
}
